import { readConfig } from "../../src/config/read.ts";
import type { Diagnostic } from "../../src/syntax/diagnostic.ts";
import { sourceOf } from "../config/reading.ts";

/** What a list of `vrrp_instance` or of the top level makes of one line, and what is said of it. */
export interface Item {
  readonly value: unknown; // undefined where it is left out
  readonly found: readonly Diagnostic[]; // without names that do not exist
  readonly said: readonly string[]; // the messages of these
}

/** One item, read by itself. */
export function itemOf(block: string, line: string): Item {
  const list = `${block} {\n${line}\n}\n`;
  const top = ["static_ipaddress", "static_routes", "static_rules", "interface_up_down_delays"].includes(block);
  const text = top ? list : `vrrp_instance V {\ninterface eth0\nvirtual_router_id 7\n${list}}\n`;
  const { tree, diagnostics } = readConfig("k.conf", sourceOf({ "k.conf": text }));
  const number = top ? 2 : 5;
  const found = diagnostics.filter(
    ({ span, code }) => span.line === number && !/^unknown-(?!option|keyword)/.test(code),
  );
  const settings = (top ? tree : tree.vrrp_instance[0]?.value.settings) as
    | Record<string, readonly Listed[]>
    | undefined;
  const item = settings?.[block]?.[0]?.value[0];
  return { value: item?.value, found, said: found.map(({ message }) => message) };
}

interface Listed {
  readonly value: readonly { readonly value: unknown }[];
}

/** The values of the options that are given, by name: the last one where several are. */
export function optionsOf(value: unknown): Record<string, unknown> {
  const settings = Object.entries((value ?? {}) as Record<string, readonly { readonly value: unknown }[]>);
  return Object.fromEntries(
    settings.flatMap(([name, given]) => (given.length === 0 ? [] : [[name, given.at(-1)?.value]])),
  );
}
