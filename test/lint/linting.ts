import type { FileFact, HostFacts } from "../../src/base/host.ts";
import { ip } from "../../src/base/ip.ts";
import { type LintOptions, lint } from "../../src/lint/diagnose.ts";
import { reading } from "../config/reading.ts";

/** The codes that are found in a text, in the order of their places. */
export function codes(text: string, options: Partial<LintOptions> = {}): readonly string[] {
  return lint(reading(text), { off: new Set(), ...options }).map(({ code }) => code);
}

/** `SEVERITY LINE:COLUMN MESSAGE` of every finding of one lint. */
export function found(code: string, text: string, options: Partial<LintOptions> = {}): readonly string[] {
  return lint(reading(text), { off: new Set(), ...options })
    .filter((each) => each.code === code)
    .map(({ severity, span, message }) => `${severity} ${span.line}:${span.column} ${message}`);
}

/** A host with these interfaces, each with its networks: `{ eth0: ["192.0.2.2/24"] }`. */
export function host(interfaces: Readonly<Record<string, readonly string[]>>): { host: HostFacts } {
  const facts = Object.entries(interfaces).map(([name, networks]) => ({
    name,
    addresses: networks.map((network) => {
      const [address = "", length] = network.split("/");
      return { address: ip(address), prefixLength: Number(length) };
    }),
  }));
  return { host: { interfaces: facts } };
}

/** A host with these files; the folders above them are root's. */
export function files(facts: Readonly<Record<string, FileFact>>): { host: HostFacts } {
  return { host: { files: new Map(Object.entries(facts)) } };
}

/** Scripts that `script-security` has nothing to say about. */
export const SECURE = "global_defs {\nenable_script_security\nscript_user joe\n}\n";

/** A vrrp_script `S` with that command, and more lines. */
export function script(command: string, ...lines: readonly string[]): string {
  return `vrrp_script S {\nscript "${command}"\n${lines.join("\n")}\n}\n`;
}

/** `track_script` with these items. */
export function track(...items: readonly string[]): string {
  return `track_script {\n${items.join("\n")}\n}`;
}
