import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Lan } from "./lan.ts";
import { type Ended, PROJECT } from "./run.ts";

const VIP = "192.0.2.100";
const SETTINGS = ["all", "lo", "ens33", "tun9"].flatMap((name) =>
  ["arp_ignore", "arp_announce", "rp_filter"].map((one) => `net.ipv4.conf.${name}.${one}`),
);

/** A client and a server on one LAN, and `real-server` on the server with a /run and a systemd folder of its own. */
class Pair {
  readonly lan: Lan;
  readonly units: string;
  readonly #run: string;

  constructor(lan: Lan) {
    this.lan = lan;
    [this.#run, this.units] = [join(lan.folder, "run"), join(lan.folder, "units")];
    for (const folder of [this.#run, this.units]) mkdirSync(folder);
  }

  static async with(use: (pair: Pair) => Promise<void>): Promise<void> {
    const lan = await Lan.open([
      { name: "client", interface: "ens33", addresses: ["192.0.2.1/24"] },
      { name: "rs1", interface: "ens33", addresses: ["192.0.2.11/24"] },
    ]);
    try {
      await lan.run("rs1", ["ip", "link", "add", "tun9", "type", "bridge"]);
      await use(new Pair(lan));
    } finally {
      lan.close();
    }
  }

  async realServer(...args: readonly string[]): Promise<Ended> {
    const mounts = `mount --bind ${this.#run} /run && mount --bind ${this.units} /etc/systemd/system`;
    const program = [process.execPath, join(PROJECT, "dist/main.js"), "real-server", ...args];
    const apart = ["unshare", "--mount", "sh", "-ec", `${mounts}; exec "$@"`, "sh", ...program];
    return await this.lan.attempt("rs1", apart);
  }

  /** Settings, interfaces and addresses. */
  async picture(): Promise<readonly string[]> {
    const settings = await this.lan.run("rs1", ["sysctl", ...SETTINGS]);
    const links = await this.lan.run("rs1", ["ip", "-o", "addr"]);
    const up = await this.lan.run("rs1", ["ip", "-o", "link", "show", "up"]);
    return [settings, links, up].map((text) => text.replaceAll(/valid_lft.*/g, ""));
  }

  /** Whether the server answers for the VIP by ARP. */
  async resolves(): Promise<boolean> {
    await this.lan.attempt("client", ["ip", "neigh", "flush", "dev", "ens33"]);
    return (await this.#ping()).status === 0;
  }

  /** Whether it takes packets for it, when they come to its MAC address. */
  async takes(): Promise<boolean> {
    const entry = [VIP, "lladdr", this.lan.mac("rs1"), "dev", "ens33"];
    await this.lan.run("client", ["ip", "neigh", "replace", ...entry, "nud", "permanent"]);
    const { status } = await this.#ping();
    await this.lan.run("client", ["ip", "neigh", "del", ...entry.slice(0, 1), "dev", "ens33"]);
    return status === 0;
  }

  async #ping(): Promise<Ended> {
    return await this.lan.attempt("client", ["ping", "-c1", "-W1", VIP]);
  }
}

describe.concurrent("real-server", () => {
  test("up: the server takes packets for the address and does not answer for it; down leaves the host as it was", async () => {
    await Pair.with(async (pair) => {
      const found = await pair.picture();
      expect(await pair.takes()).toBe(false);
      expect(await pair.realServer("up", VIP)).toMatchObject({ status: 0, stderr: "" });
      expect(await pair.takes()).toBe(true);
      expect(await pair.resolves()).toBe(false);
      expect(await pair.realServer("status")).toMatchObject({ status: 0, stdout: `${VIP} on lo: ready\n` });
      expect(await pair.realServer("up", VIP)).toMatchObject({ status: 0, stdout: `ready: ${VIP} on lo\n` });
      await pair.lan.run("rs1", ["sysctl", "-q", "net.ipv4.conf.all.arp_ignore=0", "net.ipv4.conf.lo.arp_ignore=0"]);
      expect(await pair.resolves()).toBe(true);
      const { status, stdout } = await pair.realServer("status", VIP);
      expect([status, stdout]).toEqual([
        2,
        `${VIP} on lo: net.ipv4.conf.all.arp_ignore is not 1; net.ipv4.conf.lo.arp_ignore is not 1\n`,
      ]);
      expect(await pair.realServer("down", VIP)).toMatchObject({ status: 0 });
      expect(await pair.picture()).toEqual(found);
    });
  });

  test("--tun --dev: the interface comes up with a loose reverse path, and goes down again", async () => {
    await Pair.with(async (pair) => {
      await pair.lan.run("rs1", ["sysctl", "-q", "net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.tun9.rp_filter=1"]);
      const found = await pair.picture();
      expect(await pair.realServer("up", "--tun", "--dev", "tun9", VIP)).toMatchObject({ status: 0 });
      const prepared = await pair.picture();
      expect(prepared[0]).toContain("net.ipv4.conf.tun9.rp_filter = 2");
      expect(prepared[0]).toContain("net.ipv4.conf.all.rp_filter = 1");
      expect(prepared[1]).toMatch(/tun9 +inet 192\.0\.2\.100\/32 scope global/);
      expect(prepared[2]).toContain("tun9");
      expect(await pair.realServer("down")).toMatchObject({ status: 0 });
      expect(await pair.picture()).toEqual(found);
      expect(await pair.realServer("up", "--dev", "eth9", VIP)).toMatchObject({
        status: 2,
        stderr: "error: there is no interface `eth9`\n",
      });
    });
  });

  test("an address that was there stays at down; --persist writes and enables a unit, which down removes", async () => {
    await Pair.with(async (pair) => {
      await pair.lan.run("rs1", ["ip", "address", "add", `${VIP}/32`, "dev", "lo"]);
      const found = await pair.picture();
      expect(await pair.realServer("up", "--persist", VIP)).toMatchObject({ status: 0 });
      const unit = "keepalived-ts-real-server.service";
      expect(readdirSync(pair.units).sort()).toEqual([unit, "multi-user.target.wants"]);
      expect(readdirSync(join(pair.units, "multi-user.target.wants"))).toEqual([unit]);
      expect(readFileSync(join(pair.units, unit), "utf8")).toContain(` real-server up --dev lo ${VIP}\n`);
      expect((await pair.realServer("status")).stdout).toBe(`${VIP} on lo: ready, also after a restart\n`);
      await pair.realServer("down", "--keep-unit", VIP);
      expect(existsSync(join(pair.units, unit))).toBe(true);
      expect(await pair.picture()).toEqual(found);
      await pair.realServer("down", VIP);
      expect(readdirSync(pair.units)).toEqual(["multi-user.target.wants"]);
      expect(readdirSync(join(pair.units, "multi-user.target.wants"))).toEqual([]);
    });
  });
});

test("wrong arguments change nothing", async () => {
  await Pair.with(async (pair) => {
    const found = await pair.picture();
    for (const [args, words] of [
      [["up"], "`real-server up` needs a virtual address"],
      [["over", VIP], "`real-server` takes `up`, `down` or `status`, not `over`"],
      [["up", "192.0.2.300"], "`192.0.2.300` is no address"],
      [["up", "--dev", "a/b", VIP], "`a/b` is no name of an interface"],
    ] as const)
      expect(await pair.realServer(...args)).toMatchObject({ status: 1, stderr: expect.stringContaining(words) });
    expect(await pair.picture()).toEqual(found);
  });
});
