import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { type ChangedSysctl, SysctlChanges } from "../io/sysctl.ts";

const SETTING = "promote_secondaries";

/**
 * `promote_secondaries`: where the first address of a network is removed from an interface, the next one takes its place
 * instead of going with it. On the interfaces of instances that ask for it, as long as they do; then it is what it was.
 */
export class PromotedSecondaries {
  readonly #changes: SysctlChanges;
  #names: ReadonlySet<string> = new Set();

  /** `known`: sysctls that a process before this one had changed. */
  constructor(known: readonly ChangedSysctl[]) {
    this.#changes = new SysctlChanges(known.filter(({ path }) => isPromotion(path)));
  }

  /** To be put back at the end. */
  get sysctls(): readonly ChangedSysctl[] {
    return this.#changes.all;
  }

  /** Follows a configuration. */
  configure({ vrrpInstances }: Pick<Config, "vrrpInstances">): void {
    this.#names = new Set(vrrpInstances.filter(promotes).map(({ interface: name }) => name));
    const kept = new Set([...this.#names].map(pathOf));
    this.#changes.restore((path) => !kept.has(path));
    this.#set(this.#names);
  }

  /** Interfaces have come, or have other names. */
  changed(links: ReadonlySet<string>): void {
    this.#set(links);
  }

  /** Puts all back. */
  restore(): void {
    this.#changes.restore(() => true);
  }

  #set(names: Iterable<string>): void {
    for (const name of names) if (this.#names.has(name)) this.#changes.set(pathOf(name), "1");
  }
}

/** Whether a sysctl is one of these. */
export function isPromotion(path: string): boolean {
  return path.endsWith(`/${SETTING}`);
}

/** A virtual MAC interface has it anyway. */
function promotes({ promoteSecondaries, interface: name, virtualInterface }: VrrpInstanceConfig): boolean {
  return promoteSecondaries && name !== "" && virtualInterface?.type !== "vmac";
}

function pathOf(name: string): string {
  return `net/ipv4/conf/${name}/${SETTING}`;
}
