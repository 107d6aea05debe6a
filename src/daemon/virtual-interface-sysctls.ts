import type { HostNetwork } from "../io/host-network.ts";
import { type ChangedSysctl, configuredInterfaces, readSysctl, SysctlChanges } from "../io/sysctl.ts";
import type { Link } from "../netlink/link.ts";
import type { Log } from "../observe/log.ts";
import { parseMark } from "../vrrp/link-mark.ts";

/** What the base of a virtual MAC interface must not do: answer ARP for addresses that are not its own. */
const BASE = { arp_ignore: "1", arp_filter: "1" } as const;
const ALL = "net/ipv4/conf/all/rp_filter";
const LOCAL_REPORTS = "net/ipv4/igmp_link_local_mcast_reports";

/**
 * Settings of other interfaces that virtual MAC interfaces need, put back when there are none any more. Keepalived
 * differs (2.2.7): those of the base stay as they are.
 */
export class VirtualInterfaceSysctls {
  readonly #log: Log;
  readonly #changes: SysctlChanges;

  constructor(log: Log, known: readonly ChangedSysctl[]) {
    this.#log = log;
    this.#changes = new SysctlChanges(known);
  }

  get changed(): readonly ChangedSysctl[] {
    return this.#changes.all;
  }

  /** What the marks of interfaces say that a killed process had changed. */
  learn(links: readonly Link[], network: HostNetwork): void {
    for (const { base, alias } of links) {
      const before = parseMark(alias)?.before ?? {};
      const name = base === undefined ? undefined : network.linkAt(base)?.name;
      if (before.rp_filter !== undefined) this.#changes.adopt({ path: ALL, before: before.rp_filter, after: "0" });
      for (const [setting, after] of Object.entries(BASE)) {
        const value = before[setting];
        if (name !== undefined && value !== undefined)
          this.#changes.adopt({ path: path(name, setting), before: value, after });
      }
    }
  }

  setBase(name: string): void {
    for (const [setting, value] of Object.entries(BASE)) this.#changes.set(path(name, setting), value);
  }

  /**
   * The kernel applies the greater of the two values, `all` and that of the interface; a virtual MAC interface needs 0.
   * So what `all` says is said of each interface instead.
   */
  setReversePath(): void {
    const level = readSysctl(ALL) ?? "0";
    if (Number(level) === 0) return;
    for (const name of configuredInterfaces()) {
      const setting = path(name, "rp_filter");
      const before = readSysctl(setting);
      if (before === undefined || Number(before) >= Number(level)) continue;
      if (this.#changes.set(setting, level) && name === "default") this.#notice("setting", setting, before, level);
    }
    if (this.#changes.set(ALL, "0")) this.#notice("setting", ALL, level, "0");
  }

  /** What a mark has to remember of a base. */
  before(base: string): Record<string, string> {
    const paths = { ...Object.fromEntries(Object.keys(BASE).map((name) => [name, path(base, name)])), rp_filter: ALL };
    return Object.fromEntries(
      Object.entries(paths).flatMap(([name, at]) => {
        const value = this.#changes.before(at);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  /** Restores bases that are none any more. */
  restoreBases(bases: ReadonlySet<string>): void {
    const kept = new Set([...bases].flatMap((base) => Object.keys(BASE).map((setting) => path(base, setting))));
    this.#changes.restore((at) => /\/arp_\w+$/.test(at) && !kept.has(at));
  }

  /** disable_local_igmp: the kernel does not report memberships of 224.0.0.0/24. */
  silenceLocalGroups(): void {
    this.#changes.set(LOCAL_REPORTS, "0");
  }

  /** Restores the reverse path filters; `all` before the interfaces, so that no packet comes in unchecked. */
  restoreReversePath(): void {
    const restored = [
      ...this.#changes.restore((at) => at === ALL),
      ...this.#changes.restore((at) => at.endsWith("/rp_filter")),
    ];
    for (const { path: at, before } of restored)
      if (at === ALL || at.includes("/default/"))
        this.#log.info("NOTICE: resetting sysctl {name} to {value}", { name: dotted(at), value: before });
  }

  /** Restores everything. */
  restoreAll(): void {
    this.restoreReversePath();
    this.#changes.restore(() => true);
  }

  #notice(doing: string, at: string, from: string, to: string): void {
    this.#log.info(`NOTICE: ${doing} sysctl {name} from {from} to {to}`, { name: dotted(at), from, to });
  }
}

function path(name: string, setting: string): string {
  return `net/ipv4/conf/${name}/${setting}`;
}

function dotted(at: string): string {
  return at.replaceAll("/", ".");
}
