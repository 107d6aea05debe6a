import type { Lan } from "./lan.ts";
import { run } from "./run.ts";

/**
 * `ip -o addr` without what differs from run to run (interface numbers, lifetimes): one line an address, such as
 * `ens33 inet 192.168.110.200/32 scope global ens33`. The loopback's own addresses are left out.
 */
export async function addresses(lan: Lan, node: string): Promise<string[]> {
  const text = await run(["ip", "-n", lan.namespace(node), "-o", "addr"]);
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

/** `ipvsadm -Sn`: services sorted (the kernel lists them by a hash that differs from run to run), each with its servers in order. */
export async function ipvsTable(lan: Lan, node: string): Promise<string[]> {
  const text = await lan.run(node, ["ipvsadm", "-Sn"]);
  const groups: string[][] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line.startsWith("-A")) groups.push([line]);
    else if (line !== "") groups.at(-1)?.push(line);
  }
  return groups.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)).flat();
}
