import { destinationName, type IpvsEntry, serviceName } from "../base/ipvs.ts";
import { EEXIST, ENOENT, ESRCH } from "../io/constants.ts";
import { IpvsKernel } from "../io/ipvs-kernel.ts";
import type { KernelError } from "../io/kernel-error.ts";
import { type IpvsChange, plan } from "../lvs/plan.ts";
import type { Log } from "../observe/log.ts";

/** Keeps the kernel's IPVS table as wanted: our services only, by difference, foreign ones untouched. */
export class IpvsTable {
  readonly #kernel = new IpvsKernel();
  readonly #log: Log;
  readonly #have = new Map<string, IpvsEntry>(); // the kernel's table as last read, with what we did since
  readonly #owned = new Set<string>();

  /** `owned` names services left by a process of ours before. Throws KernelError. */
  constructor(log: Log, owned: readonly string[]) {
    this.#log = log;
    for (const name of owned) this.#owned.add(name);
    this.#read();
  }

  /** Weight of a destination in the table, 0 while absent. */
  weight(service: string, destination: string): number {
    const entry = this.#have.get(service);
    return entry?.destinations.find((one) => destinationName(one) === destination)?.weight ?? 0;
  }

  /** Makes the whole table as wanted: what is ours and not in `want` goes. */
  applyAll(want: readonly IpvsEntry[]): void {
    this.#apply(want, () => [...this.#have.values()]);
  }

  /** Makes one service as wanted. */
  apply(want: IpvsEntry): void {
    const name = serviceName(want.service);
    this.#apply([want], () => {
      const entry = this.#have.get(name);
      return entry === undefined ? [] : [entry];
    });
  }

  close(): void {
    this.#kernel.close();
  }

  /** Where the kernel turns out to have another table than we thought, it is read, and the difference taken anew. */
  #apply(want: readonly IpvsEntry[], have: () => readonly IpvsEntry[]): void {
    for (const { service } of want) this.#owned.add(serviceName(service));
    for (let attempt = 0; ; attempt++) {
      const before = have();
      const changes = plan(before, want, this.#owned);
      if (changes.length === 0) return;
      const errors = this.#kernel.change(changes.map(request));
      const failed = changes.flatMap((change, i) => {
        const error = errors[i];
        return error === undefined || isGone(change, error) ? [] : [{ change, error }];
      });
      if (failed.length === 0) {
        this.#remember(before, want);
        return;
      }
      this.#read();
      if (attempt > 0 || !failed.some(({ error }) => SURPRISES.includes(error.errno))) {
        for (const { change, error } of failed) this.#log.error(describe(change, error));
        return;
      }
    }
  }

  #remember(before: readonly IpvsEntry[], want: readonly IpvsEntry[]): void {
    const wanted = new Set(want.map(({ service }) => serviceName(service)));
    for (const { service } of before) {
      const name = serviceName(service);
      if (wanted.has(name) || !this.#owned.has(name)) continue;
      this.#have.delete(name);
      this.#owned.delete(name);
    }
    for (const entry of want) this.#have.set(serviceName(entry.service), entry);
  }

  #read(): void {
    this.#have.clear();
    for (const entry of this.#kernel.read()) this.#have.set(serviceName(entry.service), entry);
  }
}

/** What is refused because the table is not what we thought: added or removed by somebody else. */
const SURPRISES: readonly number[] = [EEXIST, ENOENT, ESRCH];

/** What should go and is gone already. */
function isGone({ type }: IpvsChange, { errno }: KernelError): boolean {
  return (type === "delete-service" || type === "delete-destination") && (errno === ENOENT || errno === ESRCH);
}

function request(change: IpvsChange): Parameters<IpvsKernel["change"]>[0][number] {
  switch (change.type) {
    case "new-service":
      return (to) => to.newService(change.service);
    case "set-service":
      return (to) => to.setService(change.service);
    case "delete-service":
      return (to) => to.deleteService(change.service);
    case "new-destination":
      return (to) => to.newDestination(change.service, change.destination);
    case "set-destination":
      return (to) => to.setDestination(change.service, change.destination);
    case "delete-destination":
      return (to) => to.deleteDestination(change.service, change.destination);
  }
}

function describe(change: IpvsChange, { message }: KernelError): string {
  const where = "destination" in change ? ` -> ${destinationName(change.destination)}` : "";
  return `${change.type.replace("-", " ")} ${serviceName(change.service)}${where}: ${message}`;
}
