import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Lan, type NodeSpec } from "./lan.ts";
import { PROJECT } from "./run.ts";

const [VIP, INNER] = ["192.0.2.100", "192.0.2.101"];

/** What the machine that the lab runs on may lack. */
const OF_THE_MACHINE = new Set(["module-missing", "capability-missing", "descriptor-limit", "conntrack-full"]);

/** A director's configuration. */
function director(kind: "NAT" | "DR" | "TUN", more = ""): string {
  return `vrrp_instance VI_1 {
  interface ens33
  virtual_router_id 51
  virtual_ipaddress {
    ${VIP}/24
    ${INNER}/24
  }
  ${more}
}
virtual_server ${VIP} 80 {
  lb_algo rr
  lb_kind ${kind}
  protocol TCP
  real_server 192.0.2.11 8080 {
  }
}
`;
}

interface Said {
  readonly status: number;
  readonly director: boolean;
  readonly realServerOf: readonly string[];
  readonly findings: readonly { readonly code: string; readonly seen: string; readonly mend: string }[];
}

/** A LAN, and `doctor` on its nodes. */
class Ward {
  readonly lan: Lan;

  constructor(lan: Lan) {
    this.lan = lan;
  }

  static async with(use: (ward: Ward) => Promise<void>, ...more: readonly NodeSpec[]): Promise<void> {
    const node = (name: string, i: number): NodeSpec => ({ name, interface: "ens33", addresses: [`192.0.2.${i}/24`] });
    const lan = await Lan.open([node("lb1", 1), node("lb2", 2), node("rs1", 11), ...more]);
    try {
      await use(new Ward(lan));
    } finally {
      lan.close();
    }
  }

  async doctor(node: string, text: string, ...args: readonly string[]): Promise<Said> {
    const file = join(this.lan.folder, `${node}.conf`);
    writeFileSync(file, text);
    const program = [process.execPath, join(PROJECT, "dist/main.js"), "doctor", "--json", "-f", file, ...args];
    const { stdout, status } = await this.lan.attempt(node, program);
    const said = JSON.parse(stdout) as Said;
    return { ...said, status, findings: said.findings.filter(({ code }) => !OF_THE_MACHINE.has(code)) };
  }

  async codes(node: string, text: string): Promise<readonly string[]> {
    return (await this.doctor(node, text)).findings.map(({ code }) => code);
  }

  /** Carries out the command that mends the first finding, as the operator would. */
  async mend(node: string, text: string): Promise<void> {
    const [finding] = (await this.doctor(node, text)).findings;
    await this.lan.run(node, ["sh", "-ec", finding?.mend ?? "false"]);
  }

  async nft(node: string, rules: string): Promise<void> {
    await this.lan.run(node, ["nft", rules]);
  }
}

describe.concurrent("doctor", () => {
  test("a director: forwarding off, redirects, answers that conntrack does not know, each mended by what it says", async () => {
    await Ward.with(async (ward) => {
      const text = director("NAT");
      const said = await ward.doctor("lb1", text);
      expect(said).toMatchObject({ status: 1, director: true, realServerOf: [] });
      expect(said.findings.map(({ code }) => code)).toEqual(["forwarding-off", "send-redirects"]);
      await ward.mend("lb1", text);
      expect(await ward.codes("lb1", text)).toEqual(["send-redirects"]);
      await ward.mend("lb1", text);
      expect(await ward.codes("lb1", text)).toEqual([]);
      await ward.nft("lb1", "add table inet f; add chain inet f c { type filter hook forward priority 0; }");
      await ward.nft("lb1", "add rule inet f c ct state invalid drop");
      const [finding] = (await ward.doctor("lb1", text)).findings;
      expect(finding).toMatchObject({ code: "conntrack-in-the-way", mend: "sysctl -w net.ipv4.vs.conntrack=1" });
      await ward.nft("lb1", "add rule inet f c ip saddr 192.0.2.0/24 drop");
      expect(await ward.codes("lb1", text)).toEqual(["answers-dropped"]);
    });
  });

  test("a firewall that drops protocol 112, in or out, and the service's port, each mended by what it says", async () => {
    await Ward.with(async (ward) => {
      const text = director("DR");
      expect(await ward.codes("lb1", text)).toEqual([]);
      await ward.nft(
        "lb1",
        "add table inet filter; add chain inet filter input { type filter hook input priority 0; policy drop; }",
      );
      await ward.nft("lb1", "add chain inet filter output { type filter hook output priority 0; }");
      await ward.nft("lb1", "add rule inet filter output ip daddr 224.0.0.0/8 reject");
      expect(await ward.codes("lb1", text)).toEqual(["vrrp-dropped", "vrrp-dropped", "service-dropped"]);
      for (const left of [["vrrp-dropped", "service-dropped"], ["service-dropped"], []]) {
        await ward.mend("lb1", text);
        expect(await ward.codes("lb1", text)).toEqual(left);
      }
      const unicast = director("DR", "unicast_peer {\n192.0.2.2\n}\nauthentication {\nauth_type AH\nauth_pass x\n}");
      const [first] = (await ward.doctor("lb1", unicast)).findings;
      expect(first).toMatchObject({ code: "vrrp-dropped", seen: expect.stringContaining("protocol 51 from ens33") });
    });
  });

  test("an address on two hosts", async () => {
    await Ward.with(async (ward) => {
      await ward.lan.run("lb2", ["ip", "address", "add", `${VIP}/24`, "dev", "ens33"]);
      expect(await ward.codes("lb1", director("DR"))).toEqual([]);
      await ward.lan.run("rs1", ["ip", "address", "add", `${VIP}/32`, "dev", "lo"]);
      const { findings } = await ward.doctor("lb1", director("DR"));
      expect(findings.map(({ code }) => code)).toEqual(["address-twice"]);
      for (const node of ["lb2", "rs1"]) expect(findings[0]?.seen).toContain(ward.lan.mac(node));
      await ward.lan.run("rs1", ["sysctl", "-q", "net.ipv4.conf.all.arp_ignore=1"]);
      expect(await ward.codes("lb1", director("DR"))).toEqual([]);
      await ward.lan.run("lb1", ["ip", "address", "add", `${VIP}/24`, "dev", "ens33"]);
      expect((await ward.doctor("lb1", director("DR"))).findings[0]?.seen).toMatch(/^this host and /);
    });
  });

  test("a real server of DR: no address, ARP not suppressed, the address on the LAN", async () => {
    await Ward.with(async (ward) => {
      const text = director("DR");
      const said = await ward.doctor("rs1", text);
      expect(said).toMatchObject({ director: false, realServerOf: [`${VIP}:80`] });
      expect(said.findings).toMatchObject([{ code: "address-missing", mend: `keepalived-ts real-server up ${VIP}` }]);
      await ward.lan.run("rs1", ["ip", "address", "add", `${VIP}/32`, "dev", "lo"]);
      expect(await ward.codes("rs1", text)).toEqual(["arp-not-suppressed", "arp-announced"]);
      const silent = ["net.ipv4.conf.ens33.arp_ignore=1", "net.ipv4.conf.all.arp_announce=2"];
      await ward.lan.run("rs1", ["sysctl", "-q", ...silent]);
      expect(await ward.codes("rs1", text)).toEqual([]);
      await ward.lan.run("rs1", ["ip", "address", "add", `${VIP}/24`, "dev", "ens33"]);
      expect(await ward.codes("rs1", text)).toEqual(["address-on-lan"]);
      expect(await ward.doctor("rs1", text, "--role=director")).toMatchObject({ director: true, realServerOf: [] });
    });
  });

  test("a real server of NAT: no way back through the director, and a firewall before its port", async () => {
    await Ward.with(async (ward) => {
      const text = director("NAT");
      const { findings } = await ward.doctor("rs1", text);
      expect(findings).toMatchObject([{ code: "wrong-gateway", seen: "there is no default gateway" }]);
      await ward.lan.run("rs1", ["ip", "route", "add", "default", "via", "192.0.2.1"]);
      expect(await ward.codes("rs1", text)).toEqual(["wrong-gateway"]);
      await ward.mend("rs1", text);
      expect(await ward.codes("rs1", text)).toEqual([]);
      await ward.nft("rs1", "add table ip f; add chain ip f c { type filter hook input priority 0; }");
      await ward.nft("rs1", "add rule ip f c tcp dport 8080 drop");
      expect(await ward.codes("rs1", text)).toEqual(["service-dropped"]);
    });
  });

  test("TUN: packets that do not fit on the director, a strict reverse path on the real server", async () => {
    await Ward.with(async (ward) => {
      const text = director("TUN");
      expect(await ward.codes("lb1", text)).toEqual(["tunnel-mtu"]);
      await ward.lan.run("lb1", ["ip", "link", "set", "dev", "ens33", "mtu", "1520"]);
      expect(await ward.codes("lb1", text)).toEqual([]);
      const quiet = ["net.ipv4.conf.all.arp_ignore=1", "net.ipv4.conf.all.arp_announce=2"];
      await ward.lan.run("rs1", ["sysctl", "-q", ...quiet, "net.ipv4.conf.all.rp_filter=1"]);
      await ward.lan.run("rs1", ["ip", "link", "add", "tun9", "type", "bridge"]);
      await ward.lan.run("rs1", ["ip", "address", "add", `${VIP}/32`, "dev", "tun9"]);
      expect(await ward.codes("rs1", text)).toEqual(["reverse-path"]);
      await ward.mend("rs1", text);
      expect(await ward.codes("rs1", text)).toEqual([]);
    });
  });
});
