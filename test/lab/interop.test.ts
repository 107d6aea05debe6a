import { describe, expect, test } from "vitest";
import { type Micros, seconds } from "../../src/base/time.ts";
import { type Director, elected, type Implementation } from "./daemon.ts";
import { until } from "./run.ts";
import { Stand } from "./stand.ts";

/** A way to speak VRRP, as two routers have it in their configuration. */
interface Mode {
  readonly name: string;
  readonly interval: number; // seconds
  readonly vip: string;
  readonly lines: (own: string, peer: string, implementation: Implementation) => readonly string[];
  readonly ipv6?: boolean;
  readonly odd?: boolean; // no RFC has it: what tshark says of it does not count
}

const V2 = { interval: 1, vip: "192.0.2.100" };
const V3 = { interval: 0.2, vip: "192.0.2.100" };
const V6 = { interval: 0.2, vip: "fe80::100", ipv6: true };

const AH = ["authentication {", "  auth_type AH", "  auth_pass s3cr3t", "}"];

const MODES: readonly Mode[] = [
  { name: "v3 over IPv4", ...V3, lines: () => ["version 3"] },
  { name: "v3 over IPv4 in another group", ...V3, lines: () => ["version 3", "mcast_dst_ip 224.0.0.77"] },
  { name: "v3 over IPv4 unicast", ...V3, lines: (own, peer) => ["version 3", ...unicast("192.0.2.", own, peer)] },
  {
    name: "v3 over IPv4 unicast with the old checksum",
    odd: true,
    ...V3,
    lines: (own, peer) => ["version 3", "old_unicast_checksum", ...unicast("192.0.2.", own, peer)],
  },
  {
    name: "v3 over IPv4 unicast where the other one alone has the old checksum",
    odd: true,
    ...V3,
    lines: (own, peer, implementation) => [
      "version 3",
      implementation === "keepalived" ? "old_unicast_checksum" : "",
      ...unicast("192.0.2.", own, peer),
    ],
  },
  { name: "v2 over IPv4 unicast", ...V2, lines: (own, peer) => unicast("192.0.2.", own, peer) },
  { name: "v2 with AH", ...V2, lines: () => AH },
  { name: "v2 with AH, unicast", ...V2, lines: (own, peer) => [...AH, ...unicast("192.0.2.", own, peer)] },
  { name: "v3 over IPv6", ...V6, lines: () => [] },
  { name: "v3 over IPv6 in another group", ...V6, lines: () => ["mcast_dst_ip ff02::77"] },
  { name: "v3 over IPv6 unicast", ...V6, lines: (own, peer) => unicast("2001:db8::", own, peer) },
  { name: "v2 over IPv6", odd: true, ...V6, interval: 1, lines: () => ["version 2"] },
];

function unicast(net: string, own: string, peer: string): string[] {
  return [`unicast_src_ip ${net}${own}`, "unicast_peer {", `  ${net}${peer}`, "}"];
}

/** The two ways to have one of each. */
const SIDES: readonly (readonly [Implementation, Implementation])[] = [
  ["ours", "keepalived"],
  ["keepalived", "ours"],
];

describe.concurrent("with keepalived 2.2.7 at the other end", () => {
  for (const mode of MODES)
    test.each(SIDES)(`${mode.name}: %s is master and resigns, returns, and dies`, async (first, second) => {
      await Stand.with(async (stand) => await interoperates(stand, mode, [first, second]), {
        ipv6: mode.ipv6 ?? false,
      });
    });
});

async function interoperates(
  stand: Stand,
  mode: Mode,
  sides: readonly [Implementation, Implementation],
): Promise<void> {
  const judge = stand.lan.spawn("lan", ["tshark", "-i", "br0", "-l", "-n", "-f", VRRP, "-Y", BAD, "-o", CHECKSUMS]);
  let verdict = "";
  judge.stdout?.on("data", (chunk: Uint8Array) => {
    verdict += String(chunk);
  });
  const lb1 = stand.start("lb1", config(mode, ["11", "12"], sides[0], 200), { implementation: sides[0] });
  const lb2 = stand.start("lb2", config(mode, ["12", "11"], sides[1], 100), { implementation: sides[1] });
  const wait: Micros = seconds(3 * mode.interval + 20);
  await elected(lb1, lb2, wait);
  await holds(stand, mode, "lb1");

  const [resigned, stopped] = [stand.capture.heard.mark(), lb2.log.mark()];
  await lb1.stop();
  await lb2.waitForState("MASTER", { from: stopped });
  await holds(stand, mode, "lb2");
  const skew = takeover(stand, resigned);
  console.log(`${mode.name}, ${sides[1]} takes over from a resignation after ${skew} ms`);
  expect(skew).toBeLessThan(1000 * mode.interval + 1500);

  lb1.start();
  await elected(lb1, lb2, wait);
  await holds(stand, mode, "lb1");

  const died = lb2.log.mark();
  await lb1.killAll();
  await lb2.waitForState("MASTER", { from: died, within: wait });
  for (const director of [lb1, lb2]) expect(complaints(director)).toEqual([]);
  for (const [side, node] of [
    [sides[0], lb1],
    [sides[1], lb2],
  ] as const)
    if (side === "ours" && node.running)
      expect(await stand.metrics(node.node)).not.toMatch(/^keepalived_packets_dropped_total\{.*\} [1-9]/m);
  if (mode.odd !== true) expect(verdict).toBe("");
  judge.kill("SIGTERM");
}

const VRRP = "ip proto 112 or ip proto 51 or ip6 proto 112";
const BAD = "_ws.malformed or _ws.expert.severity >= 0x600000";
const CHECKSUMS = "ip.check_checksum:TRUE";

/** What nobody says of a peer that fits. */
function complaints(director: Director): string[] {
  return director.log.entries
    .map(({ text }) => text)
    .filter((text) => !text.includes("Setting unicast VRRPv3 checksum to old version"))
    .filter((text) =>
      /invalid|mismatch|wrong|checksum|too short|too long|not present|expected|error|unicast source/i.test(text),
    );
}

/** Milliseconds from the resignation of one to the first advertisement of the other. */
function takeover(stand: Stand, from: number): number {
  const adverts = stand.capture.heard.entries.slice(from).filter((heard) => heard.kind === "advert");
  const last = adverts.findIndex(({ priority }) => priority === 0);
  const next = adverts.slice(last).find(({ mac }) => mac === stand.lan.mac("lb2"));
  return ((next?.at ?? Number.NaN) - (adverts[last]?.at ?? Number.NaN)) / 1000;
}

/** The node has the address, and the other has not. */
async function holds(stand: Stand, { vip }: Mode, node: string): Promise<void> {
  const other = node === "lb1" ? "lb2" : "lb1";
  const has = async (name: string): Promise<boolean> =>
    (await stand.lan.run(name, ["ip", "-o", "addr", "show", "dev", "eth0"])).includes(` ${vip}/`);
  await until(`${vip} on ${node} alone`, async () => (await has(node)) && !(await has(other)), seconds(5));
}

function config(
  mode: Mode,
  [own, peer]: readonly [string, string],
  implementation: Implementation,
  priority: number,
): string {
  return `
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int ${mode.interval}
    ${mode.lines(own, peer, implementation).join("\n    ")}
    virtual_ipaddress {
        ${mode.vip}
    }
}
`;
}
