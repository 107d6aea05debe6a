import { type Reading, readConfig } from "../../src/config/read.ts";
import { render } from "../../src/syntax/diagnostic.ts";
import type { FileText, Source } from "../../src/syntax/source.ts";
import { matches } from "../../src/syntax/wildcard.ts";

/** Files by path, as the reader sees them. */
export type Files = Readonly<Record<string, string | Exclude<FileText, { ok: true }>["reason"]>>;

/** A source without a disk. A text of one word such as `missing` is a reason for not being read. */
export function sourceOf(files: Files, configId?: string): Source {
  const reasons = new Set(["missing", "directory", "executable", "unreadable"]);
  return {
    read(path) {
      const text = files[path] ?? "missing";
      return reasons.has(text) ? { ok: false, reason: text as "missing" } : { ok: true, text };
    },
    glob: (pattern) =>
      Object.keys(files)
        .filter((path) => matchesPath(pattern, path))
        .sort(),
    random: () => 0.5,
    environment: () => undefined,
    hostName: "node1.example.com",
    ...(configId === undefined ? {} : { configId }),
  };
}

function matchesPath(pattern: string, path: string): boolean {
  const [shapes, names] = [pattern.split("/"), path.split("/")];
  return shapes.length === names.length && shapes.every((shape, i) => matches(shape, names[i] ?? ""));
}

/** Reads one text as `/etc/keepalived/k.conf`. */
export function reading(text: string): Reading {
  return readConfig("k.conf", sourceOf({ "k.conf": text }));
}

/** `SEVERITY line:column message` of every diagnostic. */
export function findings(result: Reading): readonly string[] {
  return result.diagnostics.map(({ severity, span, message }) => `${severity} ${span.line}:${span.column} ${message}`);
}

/** What the keywords of one block end as: everything around it is there. */
export function rendered({ diagnostics }: Reading): string {
  return diagnostics.map((diagnostic) => `${render(diagnostic)}\n`).join("\n");
}

/** A vrrp_instance that is complete, with more lines in it. */
export function instance(...lines: readonly string[]): string {
  const block = ["interface eth0", "virtual_router_id 51", "virtual_ipaddress {", "192.0.2.254", "}", ...lines];
  return `vrrp_instance V {\n${block.join("\n")}\n}\n`;
}

/** A virtual_server that is complete, with more lines before its real server. */
export function service(...lines: readonly string[]): string {
  const block = ["protocol TCP", "lb_algo wlc", "lb_kind NAT", ...lines, "real_server 192.0.2.11 80 {", "}"];
  return `virtual_server 192.0.2.254 80 {\n${block.join("\n")}\n}\n`;
}

/** A virtual_server with one real server that holds these lines. */
export function server(...lines: readonly string[]): string {
  const block = ["protocol TCP", "lb_algo wlc", "lb_kind NAT", "real_server 192.0.2.11 80 {", ...lines, "}"];
  return `virtual_server 192.0.2.254 80 {\n${block.join("\n")}\n}\n`;
}
