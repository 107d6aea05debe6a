import { chmodSync, copyFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { family, type IpAddress } from "../../../src/base/ip.ts";
import { seconds } from "../../../src/base/time.ts";
import type { BfdInstanceConfig } from "../../../src/config/model/track.ts";
import { Director, type Implementation } from "../daemon.ts";
import { Journal } from "../journal.ts";
import { Lan } from "../lan.ts";
import { PROJECT, run } from "../run.ts";

/** What all sides have: the real servers' ports, a key with its certificate, perhaps a stand-in for IPVS. */
export interface Equipment {
  readonly ports: Readonly<Record<string, string>>; // corpus.ts
  readonly folder: string; //                where client.key and client.pem lie
  readonly standIn: string | undefined; //   the library; undefined: the kernel has IPVS
}

const SERVERS = join(PROJECT, "dist/lab/services.js");
const GATEWAY = { 4: "198.18.0.9", 6: "fd00:18::9" };
/** As test/config/corpus/README.md has it. */
const DIRECTOR = { 4: "192.0.2.1", 6: "2001:db8::1" };
const FARMS = ["192.0.2.0/25", "192.0.2.128/25", "198.51.100.0/24", "203.0.113.0/24"];
const FARMS6 = ["2001:db8::/32"];

/** One director, and behind one more machine all the addresses where real servers can be. The other side has its own. */
export class Side {
  readonly implementation: Implementation;
  readonly director: Director;
  readonly #lan: Lan;
  readonly #equipment: Equipment;
  readonly #table: string;
  #neighbour: Director | undefined;

  private constructor(lan: Lan, implementation: Implementation, equipment: Equipment) {
    this.#lan = lan;
    this.implementation = implementation;
    this.#equipment = equipment;
    this.#table = join(lan.folder, "table");
    const config = join(lan.folder, "keepalived.conf");
    this.director = new Director(lan, {
      ...{ node: "lb", implementation, config, options: ["-i", "lb1"] },
      environment: this.#environment(),
    });
  }

  static async open(implementation: Implementation, equipment: Equipment): Promise<Side> {
    const sysctls = [
      ...["all", "default", "eth0"].map((on) => `net.ipv6.conf.${on}.accept_dad=0`),
      ...["net.ipv6.conf.all.disable_ipv6=0", "net.ipv4.ip_nonlocal_bind=0"],
    ];
    const routing = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"];
    const unlimited = ["net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0"]; // each death is told at once
    const lan = await Lan.open([
      { name: "lb", interface: "eth0", addresses: [`${DIRECTOR[4]}/32`, "198.18.0.1/24"], sysctls },
      { name: "rs", interface: "eth0", addresses: ["198.18.0.9/24"], sysctls: [...sysctls, ...routing, ...unlimited] },
    ]);
    try {
      const ip = async (node: string, batch: readonly string[]): Promise<void> =>
        void (await run(lan.command(node, ["ip", "-batch", "-"]), batch.join("\n")));
      await ip("lb", [
        ...[`address add ${DIRECTOR[6]}/128 dev eth0 nodad`, "address add fd00:18::1/64 dev eth0 nodad"],
        ...FARMS.map((farm) => `route add ${farm} via ${GATEWAY[4]} dev eth0 src ${DIRECTOR[4]}`),
        ...FARMS6.map((farm) => `route add ${farm} via ${GATEWAY[6]} dev eth0 src ${DIRECTOR[6]}`),
      ]);
      await ip("rs", [
        ...["address add fd00:18::9/64 dev eth0 nodad", "address add fe80::11/64 dev eth0 nodad"],
        "address add fe80::12/64 dev eth0 nodad",
        ...[...FARMS, ...FARMS6].map((farm) => `route add local ${farm} dev lo`),
        ...[`${DIRECTOR[4]}/32`, `${DIRECTOR[6]}/128`].map((lb) => `route add ${lb} dev eth0 table local`),
      ]);
      const side = new Side(lan, implementation, equipment);
      await side.#serve();
      return side;
    } catch (error) {
      lan.close();
      throw error;
    }
  }

  /** Writes the configuration; its files lie in this side's folder. */
  write(text: string): void {
    const { folder } = this.#lan;
    const own = text.replaceAll(/(?<=\s"?)\/(tmp|etc\/keepalived)\//g, `${folder}/`);
    writeFileSync(join(folder, "keepalived.conf"), own);
  }

  /** What the configuration names is there as on a new machine; the table is empty. */
  clear(): void {
    const { folder } = this.#lan;
    for (const name of readdirSync(folder).filter((each) => !each.endsWith(".pid")))
      rmSync(join(folder, name), { recursive: true, force: true });
    for (const name of ["client.key", "client.pem"])
      copyFileSync(join(this.#equipment.folder, name), join(folder, name));
    this.#put("weight.sh", `#!/bin/sh\nread code 2>/dev/null <${folder}/weight-$1 || code=0\nexit $code\n`);
    for (const name of ["notify.sh", "check.sh"]) this.#put(name, "#!/bin/sh\nexit 0\n");
  }

  #put(name: string, script: string): void {
    const path = join(this.#lan.folder, name);
    writeFileSync(path, script);
    chmodSync(path, 0o755);
  }

  /** Writes a number into a file that the configuration names by this path. */
  weigh(path: string, weight: number): void {
    writeFileSync(path.replace(/^(\/tmp|\/etc\/keepalived)\//, `${this.#lan.folder}/`), `${weight}\n`);
  }

  /** From here on nothing answers at these addresses: whoever asks hears that they cannot be reached. */
  async kill(addresses: readonly IpAddress[]): Promise<void> {
    await this.#routes("add", addresses);
  }

  async revive(addresses: readonly IpAddress[]): Promise<void> {
    await this.#routes("del", addresses);
  }

  async #routes(command: "add" | "del", addresses: readonly IpAddress[]): Promise<void> {
    const lines = addresses.map((address) => {
      const length = family(address) === 4 ? 32 : 128;
      return `route ${command} unreachable ${address}/${length} table local`;
    });
    await run(this.#lan.command("rs", ["ip", "-batch", "-"]), lines.join("\n"));
  }

  /** The other ends of BFD sessions. */
  meet(instances: readonly BfdInstanceConfig[]): void {
    if (instances.length === 0) return;
    const blocks = instances.map(({ neighbor }, i) => {
      const own = [`neighbor_ip ${DIRECTOR[family(neighbor)]}`, `source_ip ${neighbor}`, "min_rx 100", "min_tx 100"];
      return `bfd_instance peer${i} {\n${[...own, "hoplimit 255", "max_hops 255"].join("\n")}\n}\n`;
    });
    const config = join(this.#lan.folder, "peer.conf");
    writeFileSync(config, blocks.join(""));
    this.#neighbour ??= new Director(this.#lan, { node: "rs", implementation: "keepalived", config, quiet: true });
    this.#neighbour.start();
  }

  async part(): Promise<void> {
    if (this.#neighbour?.running) await this.#neighbour.stop();
  }

  /** `ipvsadm -Sn`, sorted, and behind it the thresholds, timeouts and sync daemons, which that leaves out. */
  async table(): Promise<readonly string[]> {
    const asking = ["-Sn", "-Ln --thresholds", "-L --timeout", "-L --daemon"].map((options) => `ipvsadm ${options}`);
    const variables = Object.entries(this.#environment()).map(([name, value]) => `${name}=${value}`);
    const text = await this.#lan.run("lb", ["env", ...variables, "sh", "-ec", asking.join("; echo ==; ")]);
    const [saved = "", thresholds = "", ...rest] = text.split("==\n");
    const limits: string[] = [];
    let service = "";
    for (const line of thresholds.split("\n")) {
      const [first = "", second = "", upper = "0", lower = "0"] = line.trim().split(/\s+/);
      if (first !== "->") service = second;
      else if (/^\d+$/.test(upper) && upper + lower !== "00") limits.push(`${service} ${second} ${upper} ${lower}`);
    }
    const parts = [saved.split("\n"), limits, ...rest.map((part) => part.split("\n"))];
    const plain = (line: string): string => line.trim().replace(", ttl=1)", ")"); // the kernel's own
    return parts.flatMap((part) =>
      part
        .map(plain)
        .filter((line) => line !== "")
        .sort(),
    );
  }

  close(): void {
    this.#lan.close();
  }

  #environment(): Readonly<Record<string, string>> {
    const { standIn } = this.#equipment;
    return standIn === undefined ? {} : { LD_PRELOAD: standIn, IPVS_STAND_IN_TABLE: this.#table };
  }

  async #serve(): Promise<void> {
    const argv = [process.execPath, SERVERS, "serve", JSON.stringify(this.#equipment.ports), this.#equipment.folder];
    const said = new Journal<string>("real servers");
    const servers = this.#lan.spawn("rs", argv);
    for (const stream of [servers.stdout, servers.stderr]) stream?.on("data", (bytes) => said.push(String(bytes)));
    await said.waitFor("ready", (line) => line.includes("ready"), { within: seconds(300) });
  }
}
