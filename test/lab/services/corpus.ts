import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { family, type IpAddress } from "../../../src/base/ip.ts";
import type { CheckerConfig } from "../../../src/config/model/check.ts";
import type { Config } from "../../../src/config/model/model.ts";
import { readConfig } from "../../../src/config/read.ts";
import { PROJECT } from "../run.ts";
import type { Pace } from "./pace.ts";

/** A configuration of the corpus that is about services: what both directors are given. */
export interface ServicesFile {
  readonly name: string; // `lvs/web-nat`
  readonly text: string; // as published, with the times of the laboratory
}

const AREAS = ["lvs", "checkers", "services"];

/** Every good configuration of the corpus with a service in it, that keepalived 2.2.7 knows all keywords of. */
export function servicesFiles(pace: Pace): readonly ServicesFile[] {
  return AREAS.flatMap((area) => {
    const folder = join(PROJECT, "test/config/corpus", area);
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^(?!bad-|new-).*\.conf$/.test(name)) : [];
    return names.sort().flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      return /^virtual_server /m.test(text)
        ? [{ name: `${area}/${file.replace(".conf", "")}`, text: hurried(text, pace) }]
        : [];
    });
  });
}

/** The same with every check at the pace of the laboratory. */
function hurried(text: string, { delayLoop, retry, timeout }: Pace): string {
  const paces = { delay_loop: delayLoop, delay_before_retry: retry, warmup: retry, connect_timeout: timeout };
  const inherited = Object.entries(paces).map(([keyword, value]) => `    ${keyword} ${value}\n`);
  return text
    .replace(/^( +)(delay_loop|delay_before_retry|warmup|connect_timeout) .*/gm, (_, blank, keyword) => {
      return `${blank}${keyword} ${paces[keyword as keyof typeof paces]}`;
    })
    .replace(/^ +bind_port .*\n/gm, "") // at this pace the port would still be waiting for the end of the last connection
    .replace(/^( +)misc_timeout .*\n/gm, "")
    .replace(/^( +)MISC_CHECK \{\n/gm, (line, blank) => `${line}${blank}    misc_timeout 9\n`)
    .replace(/^virtual_server .*\{\n/gm, (line) => line + inherited.join(""));
}

/** A machine that is asked: its address, and where it answers. */
export interface Asked {
  readonly address: IpAddress;
  readonly server: "tcp" | "http" | "ssl" | "smtp" | "udp" | "dns";
  readonly port: number;
}

const SERVERS: Partial<Record<CheckerConfig["type"], Asked["server"]>> = {
  ...{ tcp: "tcp", http: "http", ssl: "ssl", smtp: "smtp", udp: "udp", dns: "dns" },
};

/** The typed configuration. */
export function configOf(text: string): Config {
  const read = () => ({ ok: true, text }) as const;
  const source = { read, glob: () => [], random: () => 0.5, environment: () => undefined, hostName: "lb1" };
  return readConfig("/etc/keepalived/keepalived.conf", source).config;
}

/** All real servers of all services, in the order of the file. */
function realServers(config: Config) {
  const services = [...config.virtualServers, ...config.fwmarkServers, ...config.groupServers];
  return services.sort((a, b) => a.number - b.number).flatMap(({ realServers: servers }) => servers);
}

/** Whom the checks ask. */
export function asked(config: Config): readonly Asked[] {
  return realServers(config).flatMap(({ checkers }) =>
    checkers.flatMap((checker) => {
      const server = SERVERS[checker.type];
      return server !== undefined && "port" in checker
        ? [{ address: checker.address, server, port: checker.port }]
        : [];
    }),
  );
}

/** The machines whose death is noticed, each once, in the order of the file: those that are asked, and BFD neighbours. */
export function mortal(config: Config): readonly IpAddress[] {
  const neighbours = new Map(config.bfdInstances.map(({ name, neighbor }) => [name, neighbor]));
  const all = realServers(config).flatMap(({ checkers }) =>
    checkers.flatMap((checker) => {
      if (checker.type === "bfd") return neighbours.get(checker.instance) ?? [];
      return "address" in checker ? [checker.address] : [];
    }),
  );
  return [...new Set(all)].filter((address) => family(address) === 4 || !address.startsWith("fe80"));
}

/**
 * Which kind of server answers where: `tcp :: 80` → `http`; where several ask, the one that speaks most. Datagrams are
 * answered by a socket of each address, as the answer must come from there.
 */
export function ports(configs: readonly Config[]): Readonly<Record<string, Asked["server"]>> {
  const order: readonly Asked["server"][] = ["udp", "dns", "tcp", "http", "smtp", "ssl"];
  const all = configs.flatMap(asked).sort((a, b) => order.indexOf(a.server) - order.indexOf(b.server));
  return Object.fromEntries(
    all.map(({ server, address, port }) => {
      return [server === "udp" || server === "dns" ? `udp ${address} ${port}` : `tcp :: ${port}`, server];
    }),
  );
}
