import { changesOf } from "../../src/plan/changes.ts";
import { type Plan, planReload } from "../../src/plan/plan.ts";
import { lineOf } from "../../src/plan/text.ts";
import { reading } from "../config/reading.ts";

/** The plan from one text to another. */
export function planned(old: string, next: string): Plan {
  return planReload(reading(old).config, reading(next).config);
}

/** Its lines, without those of the blocks that only hold a change. */
export function lines(old: string, next: string): readonly string[] {
  return changesOf(planned(old, next)).map(lineOf);
}

/** An instance; `body` comes behind what it must have. */
export function router(name: string, vrid: number, body = "", addresses: readonly string[] = ["192.0.2.100"]): string {
  const must = `interface eth0\nvirtual_router_id ${vrid}\nvirtual_ipaddress {\n${addresses.join("\n")}\n}`;
  return `vrrp_instance ${name} {\n${must}\n${body}\n}\n`;
}

/** A service on a port with real servers by their last octet, and what else it has. */
export function farm(port: number, servers: Readonly<Record<number, string>>, body = ""): string {
  const reals = Object.entries(servers).map(([host, inner]) => `real_server 192.0.2.${host} ${port} {\n${inner}\n}`);
  const head = "protocol TCP\nlb_algo wlc\nlb_kind NAT\n";
  return `virtual_server 192.0.2.100 ${port} {\n${head}${body}\n${reals.join("\n")}\n}\n`;
}
