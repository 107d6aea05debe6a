import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { mac } from "../../src/base/mac.ts";
import { examine } from "../../src/doctor/doctor.ts";
import { dutiesOf } from "../../src/doctor/duties.ts";
import type { DoctorFacts } from "../../src/doctor/facts.ts";
import { reading } from "../config/reading.ts";
import { healthy, lan } from "./facts.ts";

/** A service of 192.0.2.100 with servers 192.0.2.11 and further. */
function service(kind: string, { more = "", servers = 1, checks = 0 } = {}): string {
  const check = "TCP_CHECK {\n}\n".repeat(checks);
  const list = Array.from({ length: servers }, (_, i) => `real_server 192.0.2.${11 + i} 80 {\n${check}}\n`);
  return `virtual_server 192.0.2.100 80 {\nlb_algo wlc\nlb_kind ${kind}\nprotocol TCP\n${more}\n${list.join("")}}\n`;
}
const INSTANCE = "vrrp_instance V {\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {\n192.0.2.100/24\n}\n}\n";

function codes(text: string, facts: DoctorFacts, named = true): readonly string[] {
  const { config } = reading(text);
  return examine(dutiesOf(config, facts, undefined, named), facts).map(({ code }) => code);
}

test("a healthy director has no findings, and a host with nothing to do neither", () => {
  expect(codes(INSTANCE + service("DR"), healthy())).toEqual([]);
  expect(codes("", healthy())).toEqual([]);
});

test("modules: IPVS itself alone, or the scheduler and the persistence engine; what is not known is no finding", () => {
  const text = service("DR", { more: "persistence_timeout 10\npersistence_engine sip" });
  const without = (...names: readonly string[]) => healthy({}, { module: (name) => !names.includes(name) });
  const seen = (facts: DoctorFacts) =>
    examine(dutiesOf(reading(text).config, facts, undefined, true), facts).map((one) => one.seen);
  expect(seen(without("ip_vs", "ip_vs_wlc"))).toEqual(["this kernel has no module `ip_vs`"]);
  expect(seen(without("ip_vs_wlc", "ip_vs_pe_sip"))).toEqual([
    "this kernel has no module `ip_vs_wlc`",
    "this kernel has no module `ip_vs_pe_sip`",
  ]);
  expect(seen(healthy({}, { module: () => undefined }))).toEqual([]);
});

test("a real server of TUN needs the module of its tunnel, unless the interface is there", () => {
  const own = [lan("eth0", "192.0.2.11/24"), { ...lan("tunl0", "192.0.2.100/32"), answersArp: false }];
  const text = service("TUN");
  const settings = { "net/ipv4/conf/all/arp_ignore": "1", "net/ipv4/conf/all/arp_announce": "2" };
  expect(codes(text, healthy(settings, { interfaces: own, module: () => false }))).toEqual([]);
  const gre = text.replace("80 {\n}\n", "80 {\nlvs_method TUN type gre\n}\n");
  expect(codes(gre, healthy(settings, { interfaces: own, module: () => false }))).toEqual(["module-missing"]);
});

test("conntrack: nearly full, full, and one that forgets before IPVS does", () => {
  const filled = (count: number) =>
    healthy({ "net/netfilter/nf_conntrack_count": `${count}`, "net/netfilter/nf_conntrack_max": "100" });
  const severity = (facts: DoctorFacts) => {
    const found = examine(dutiesOf(reading("").config, facts, undefined, true), facts);
    return found.map((one) => `${one.code} ${one.severity}`);
  };
  expect(severity(filled(89))).toEqual([]);
  expect(severity(filled(90))).toEqual(["conntrack-full warning"]);
  expect(severity(filled(100))).toEqual(["conntrack-full error"]);
  const timeout = "net/netfilter/nf_conntrack_tcp_timeout_established";
  const forgets = (seconds: string, conntrack: string) =>
    healthy({ [timeout]: seconds, "net/ipv4/vs/conntrack": conntrack });
  expect(codes(service("DR"), forgets("899", "1"))).toEqual(["conntrack-forgets"]);
  expect(codes(service("DR"), forgets("900", "1"))).toEqual([]);
  expect(codes(service("DR"), forgets("899", "0"))).toEqual([]);
  const longer = `global_defs {\nlvs_timeouts tcp 3600\n}\n${service("DR")}`;
  expect(codes(longer, forgets("900", "1"))).toEqual(["conntrack-forgets"]);
});

test("descriptors for every check at a time, and room beside them", () => {
  const text = service("DR", { servers: 4, checks: 10 });
  expect(codes(text, healthy({}, { descriptorLimit: 104 }))).toEqual([]);
  expect(codes(text, healthy({}, { descriptorLimit: 103 }))).toEqual(["descriptor-limit"]);
});

test("capabilities: those of VRRP only where there is an instance", () => {
  const none = healthy({}, { capabilities: 0n });
  expect(codes(service("DR"), none)).toHaveLength(2);
  expect(codes(INSTANCE, none)).toHaveLength(5);
  expect(codes(INSTANCE, healthy({}, { capabilities: undefined }))).toEqual([]);
});

test("IPv6 is forwarded by a setting of its own", () => {
  const text = service("NAT").replaceAll("192.0.2.", "2001:db8::");
  const off = { "net/ipv4/ip_forward": "0", "net/ipv6/conf/all/forwarding": "0" };
  const facts = healthy(off);
  const [finding] = examine(dutiesOf(reading(text).config, facts, undefined, true), facts);
  expect(finding).toMatchObject({ code: "forwarding-off", mend: "sysctl -w net.ipv6.conf.all.forwarding=1" });
  expect(codes(text, healthy({ ...off, "net/ipv6/conf/all/forwarding": "1" }))).toEqual([]);
});

test("an address that one other host has is the master's; of two, or beside ours, it is there twice", () => {
  const [one, two] = [mac("02:00:00:00:00:01"), mac("02:00:00:00:00:02")];
  expect(codes(INSTANCE, healthy({}, { owners: () => [one] }))).toEqual([]);
  expect(codes(INSTANCE, healthy({}, { owners: () => [one, two] }))).toEqual(["address-twice"]);
  const held = [lan("eth0", "192.0.2.1/24", "192.0.2.100/24")];
  expect(codes(INSTANCE, healthy({}, { owners: () => [one], interfaces: held }))).toEqual(["address-twice"]);
});

test("who is a director: with the daemon's own file also a host that is a real server in it", () => {
  const facts = healthy({ "net/ipv4/ip_forward": "0" }, { interfaces: [lan("eth0", "192.0.2.11/24")] });
  const text = service("NAT");
  expect(codes(text, facts, true)).toEqual(["wrong-gateway"]);
  expect(codes(text, facts, false)).toEqual(["forwarding-off"]);
});

test("without any configuration, what was put on lo by hand is looked at", () => {
  const lo = { ...lan("lo", "127.0.0.1/8", "::1/128", "192.0.2.100/32"), answersArp: false };
  expect(codes("", healthy({}, { interfaces: [lo, lan("eth0", "192.0.2.11/24")] }))).toEqual([
    "arp-not-suppressed",
    "arp-announced",
  ]);
});

test("what `real-server up` did and somebody undid is missing", () => {
  const kept = { places: [{ address: ip("192.0.2.100"), device: "tunl0", tunnel: true }], settings: [], raised: [] };
  const facts = healthy({}, { kept });
  const [finding] = examine(dutiesOf(reading("").config, facts, undefined, true), facts);
  expect(finding).toMatchObject({ code: "address-missing", mend: "keepalived-ts real-server up --tun 192.0.2.100" });
});

test("iptables-legacy is said, as its rules are not read", () => {
  expect(codes(INSTANCE, healthy({}, { legacyTables: ["filter"], ruleset: undefined }))).toEqual(["iptables-legacy"]);
});
