import type { Lan } from "./lan.ts";
import { run } from "./run.ts";

/** What the kernel holds for a node. */
export interface NodeTables {
  /** `ip -o addr` without interface numbers, lifetimes and loopback: `ens33 inet 192.168.110.200/32 scope global ens33`. */
  readonly addresses: string[];
  /** `ipvsadm -Sn`: services sorted (the kernel's order is chance), each with its servers in the kernel's order. */
  readonly ipvs: string[];
}

/** The address list of a node. */
export async function addresses(lan: Lan, node: string): Promise<string[]> {
  return parseAddresses(await run(["ip", "-n", lan.namespace(node), "-o", "addr"]));
}

/** The IPVS table of a node. */
export async function ipvsTable(lan: Lan, node: string): Promise<string[]> {
  return parseIpvs(await lan.run(node, ["ipvsadm", "-Sn"]));
}

/** Both tables of several nodes, by one shell: starting programs from Node is slow in the emulated kernel. */
export async function nodeTables<Name extends string>(
  lan: Lan,
  nodes: readonly Name[],
): Promise<Record<Name, NodeTables>> {
  const lines = nodes.flatMap((node) => [
    `ip -n ${lan.namespace(node)} -o addr`,
    "echo ==",
    `${lan.command(node, ["ipvsadm", "-Sn"]).join(" ")}`,
    "echo ==",
  ]);
  const texts = (await run(["sh", "-e", "-c", lines.join("\n")])).split("==\n");
  const entries = nodes.map((node, i) => {
    const [before = "", after = ""] = texts.slice(2 * i);
    return [node, { addresses: parseAddresses(before), ipvs: parseIpvs(after) }] as const;
  });
  return Object.fromEntries(entries) as Record<Name, NodeTables>;
}

function parseAddresses(text: string): string[] {
  return text
    .split("\n")
    .map((line) =>
      line
        .replace(/^\d+: /, "")
        .replace(/\\.*/, "")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter((line) => line !== "" && !line.startsWith("lo inet"));
}

function parseIpvs(text: string): string[] {
  const groups: string[][] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line.startsWith("-A")) groups.push([line]);
    else if (line !== "") groups.at(-1)?.push(line);
  }
  return groups.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)).flat();
}
