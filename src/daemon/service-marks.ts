import { family } from "../base/ip.ts";
import type { Config } from "../config/model/model.ts";
import type { KernelError } from "../io/kernel-error.ts";
import { KernelMarks } from "../io/mark-tables.ts";
import type { NamedNetwork } from "../io/network-namespace.ts";
import { allocateMarks, type MarkedGroup, type Marks, markedRanges, markKey } from "../lvs/group-marks.ts";
import type { Log } from "../observe/log.ts";

type Marking = Pick<Config, "fwmarkServers" | "groupServers" | "virtualServerGroups"> & {
  readonly global: { readonly ipvs: Pick<Config["global"]["ipvs"], "table" | "tablePriority" | "firstMark"> };
};

/**
 * The marks by which IPVS knows the addresses of groups: none without `nftables_ipvs`. `known`: those of before, which
 * stay.
 */
export function marksOf(config: Marking, known: Marks): Marks {
  const { table, firstMark: first } = config.global.ipvs;
  if (table === undefined) return {};
  const entries = config.virtualServerGroups.flatMap((group) => group.entries);
  const taken = new Set([...config.fwmarkServers, ...entries].flatMap((one) => ("fwmark" in one ? [one.fwmark] : [])));
  return allocateMarks(markedGroups(config), { first, taken, known });
}

/** The mark of what a `virtual_server group` has by addresses; undefined: each address is a service of its own. */
export function markOf(
  marks: Marks,
  { group, protocol }: Pick<Config["groupServers"][number], "group" | "protocol">,
): number | undefined {
  return protocol === undefined ? undefined : marks[markKey({ name: group, protocol })];
}

/** The groups that services name and that have addresses, in the order of the services. */
function markedGroups({ groupServers, virtualServerGroups }: Marking): readonly MarkedGroup[] {
  const groups = new Map(virtualServerGroups.map(({ name, entries }) => [name, entries]));
  return groupServers.flatMap(({ group, protocol, family: only }) => {
    const ranges = (groups.get(group) ?? []).flatMap((entry) => {
      if (entry.type === "fwmark" || (only !== undefined && family(entry.from) !== only)) return [];
      const { from, to, port } = entry;
      return [{ from, to, port }];
    });
    return protocol === undefined || ranges.length === 0 ? [] : [{ name: group, protocol, ranges }];
  });
}

/** Keeps the tables of `nftables_ipvs` as a configuration wants them. */
export class ServiceMarks {
  readonly #log: Log;
  readonly #namespace: NamedNetwork | undefined;
  #kernel: KernelMarks | undefined; // undefined: no table was ever wanted
  #complaint: string | undefined;

  /** `namespace`: where the IPVS table is. */
  constructor(log: Log, namespace: NamedNetwork | undefined) {
    this.#log = log;
    this.#namespace = namespace;
  }

  /** False where the kernel refused it: that was said, once, and is to be tried again. */
  want(config: Marking, marks: Marks): boolean {
    const { table, tablePriority: priority } = config.global.ipvs;
    if (table === undefined && this.#kernel === undefined) return true;
    const refused =
      table === undefined
        ? this.#remove()
        : this.#open((kernel) => kernel.want({ table, priority }, markedRanges(markedGroups(config), marks)));
    if (refused !== undefined && refused.message !== this.#complaint)
      this.#log.error("{error}: groups are not reached", { error: refused.message });
    this.#complaint = refused?.message;
    return refused === undefined;
  }

  /** `release`: the tables go; else they stay, as the services do. */
  close({ release }: { readonly release: boolean }): void {
    this.#kernel?.close({ remove: release });
    this.#kernel = undefined;
  }

  #remove(): undefined {
    this.close({ release: true });
  }

  #open(use: (kernel: KernelMarks) => KernelError | undefined): KernelError | undefined {
    this.#kernel ??= new KernelMarks(this.#namespace);
    return use(this.#kernel);
  }
}
