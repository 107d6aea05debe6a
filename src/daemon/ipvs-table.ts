import { destinationName, type IpvsEntry, serviceName } from "../base/ipvs.ts";
import { EEXIST, ENOENT, ESRCH } from "../io/constants.ts";
import { IpvsKernel } from "../io/ipvs-kernel.ts";
import { KernelError } from "../io/kernel-error.ts";
import type { NamedNetwork } from "../io/network-namespace.ts";
import type { BufferWish } from "../io/socket.ts";
import { changeWords, refusalHint } from "../lvs/change-words.ts";
import { deviations } from "../lvs/deviations.ts";
import { granted, type IpvsChange, plan, withHandWeights } from "../lvs/plan.ts";
import type { Log } from "../observe/log.ts";
import type { ServiceTraffic, TrafficWish } from "../observe/traffic.ts";
import { type CountedPool, type CountingKernel, readTraffic } from "./traffic-reader.ts";

/** Services of one virtual server that are looked at before they are written: each takes two system calls. */
const LOOKED_AT = 64;
/** Services that are looked at in one turn. */
const SLICE = 64;

/** What it needs of the kernel. */
export type TableKernel = Pick<IpvsKernel, "read" | "services" | "destinations" | "change" | "buffer" | "close"> &
  CountingKernel;

/** Keeps the kernel's IPVS table as wanted: our services only, by difference, foreign ones untouched. */
export class IpvsTable {
  readonly #kernel: TableKernel;
  readonly #log: Log;
  readonly #have = new Map<string, IpvsEntry>(); // the kernel's table as last read, and what we did since
  readonly #asked = new Map<string, IpvsEntry>(); // what was wanted when it was last made so
  readonly #owned = new Set<string>();
  readonly #weights = new WeakMap<IpvsEntry, ReadonlyMap<string, number>>(); // of what was asked for
  readonly #complaints = new Set<string>(); // said since the table was last as wanted
  #writes = 0; // how often the table was written

  /** `owned` names services left by a process of ours before. Throws KernelError. */
  constructor(
    log: Log,
    owned: readonly string[],
    namespace: NamedNetwork | undefined,
    open: (namespace: NamedNetwork | undefined) => TableKernel = (which) => new IpvsKernel(which),
  ) {
    this.#kernel = open(namespace);
    this.#log = log;
    for (const name of owned) this.#owned.add(name);
  }

  /** How large the buffer for the kernel's answers is from now on. */
  buffer(wish: BufferWish): void {
    this.#kernel.buffer(wish);
  }

  /** Weight of a destination in the table, 0 while absent. */
  weight(service: string, destination: string): number {
    const entry = this.#have.get(service);
    if (entry === undefined) return 0;
    let weights = this.#weights.get(entry);
    if (weights === undefined) {
      weights = new Map(entry.destinations.map((one) => [destinationName(one), one.weight]));
      this.#weights.set(entry, weights);
    }
    return weights.get(destination) ?? 0;
  }

  /** Every service of the namespace goes, whoever made it. False: refused, which was said. */
  flush(): boolean {
    return this.#guarded(() => {
      const [error] = this.#kernel.change([(to) => to.flush()]);
      if (error !== undefined) throw error;
      this.#have.clear();
      return true;
    });
  }

  /** Makes the whole table as wanted, whatever the kernel has now: what is ours and not in `want` goes. False: refused. */
  applyAll(want: readonly IpvsEntry[]): boolean {
    const made = this.#guarded(() => {
      this.#read();
      return this.#apply(want, () => [...this.#have.values()]);
    });
    const wanted = new Set(want.map(({ service }) => serviceName(service)));
    for (const name of this.#owned) {
      if (wanted.has(name) || this.#have.has(name)) continue;
      this.#owned.delete(name);
      this.#asked.delete(name);
    }
    if (made) this.#complaints.clear();
    return made;
  }

  /** Makes some services as wanted. False where the kernel refused some of it: it was said, and is to be tried again. */
  apply(want: readonly IpvsEntry[]): boolean {
    const names = want.map(({ service }) => serviceName(service));
    const known = (): IpvsEntry[] =>
      names.flatMap((name) => {
        const entry = this.#have.get(name);
        return entry === undefined ? [] : [entry];
      });
    return this.#guarded(() => {
      // Of a group of thousands what we did last must do: who changes it by hand is met where the kernel refuses.
      if (want.length <= LOOKED_AT)
        for (const { service } of known())
          this.#have.set(serviceName(service), { service, destinations: this.#kernel.destinations(service) });
      return this.#apply(want, known);
    });
  }

  /**
   * Looks at what the kernel has of the services that we made, a slice with each turn; what deviates is the last value,
   * and is remembered as what there is. Undefined where the table was written meanwhile.
   */
  *look(): Generator<undefined, readonly string[] | undefined> {
    const writes = this.#writes;
    const asked = [...this.#asked.values()];
    const found = new Map(this.#kernel.services().map((service) => [serviceName(service), service]));
    const have = new Map<string, IpvsEntry>();
    for (const [i, { service }] of asked.entries()) {
      if (i > 0 && i % SLICE === 0) yield;
      if (writes !== this.#writes) return undefined;
      const name = serviceName(service);
      const there = found.get(name);
      if (there !== undefined) have.set(name, { service: there, destinations: this.#kernel.destinations(there) });
    }
    for (const { service } of asked) {
      const name = serviceName(service);
      const entry = have.get(name);
      if (entry === undefined) this.#have.delete(name);
      else this.#have.set(name, entry);
    }
    return deviations(asked, have);
  }

  /** All of ours goes, at the end. What the kernel has of it need not be read: a service goes with its servers. */
  release(): void {
    this.#guarded(() => {
      const changes = plan([...this.#have.values()], [], this.#owned);
      for (const change of changes) this.#log.detail("IPVS: {change}", { change: changeWords(change) });
      const errors = changes.length === 0 ? [] : this.#kernel.change(changes.map(request));
      return this.#complain(refusals(changes, errors).filter((one) => !isGone(one)));
    });
  }

  /** What the kernel counted of these services, in parts. Throws KernelError. */
  traffic(pools: readonly CountedPool[], wish: TrafficWish): Iterable<readonly ServiceTraffic[]> {
    return readTraffic(this.#kernel, pools, wish);
  }

  close(): void {
    this.#kernel.close();
  }

  /** Where the kernel turns out to have another table than we thought, it is read, and the difference taken anew. */
  #apply(want: readonly IpvsEntry[], have: () => readonly IpvsEntry[]): boolean {
    for (const { service } of want) this.#owned.add(serviceName(service));
    for (let attempt = 0; ; attempt++) {
      const before = have();
      const target = want.map((entry) => this.#respecting(entry));
      const changes = plan(before, target, this.#owned);
      if (changes.length > 0) this.#writes++;
      for (const change of changes) this.#log.detail("IPVS: {change}", { change: changeWords(change) });
      const errors = changes.length === 0 ? [] : this.#kernel.change(changes.map(request));
      const refused = refusals(changes, errors);
      if (refused.length === 0) {
        this.#remember(before, target);
        for (const entry of want) this.#asked.set(serviceName(entry.service), entry);
        return true;
      }
      this.#read();
      if (attempt === 0 && refused.some(({ error }) => SURPRISES.includes(error.errno))) continue;
      this.#rememberGranted(want, refused);
      return this.#complain(refused.filter((one) => !isGone(one)));
    }
  }

  /** A conversation that breaks down, for want of memory say, is said and tried again like a refusal. */
  #guarded(write: () => boolean): boolean {
    try {
      return write();
    } catch (error) {
      if (!(error instanceof KernelError) || error.code === "EPERM") throw error;
      if (!this.#complaints.has(error.message)) this.#log.error("IPVS: {error}", { error: error.message });
      this.#complaints.add(error.message);
      return false;
    }
  }

  #respecting(want: IpvsEntry): IpvsEntry {
    const name = serviceName(want.service);
    const [asked, have] = [this.#asked.get(name), this.#have.get(name)];
    return asked === undefined || have === undefined ? want : withHandWeights(want, asked, have);
  }

  /** Says each refusal once; those of a service's destinations follow from its own. */
  #complain(refused: readonly Refusal[]): boolean {
    const broken = new Set(
      refused.flatMap(({ change }) => ("destination" in change ? [] : [serviceName(change.service)])),
    );
    for (const { change, error } of refused) {
      if ("destination" in change && broken.has(serviceName(change.service))) continue;
      const complaint = describe(change, error);
      if (!this.#complaints.has(complaint)) this.#log.error("{error}", { error: complaint });
      this.#complaints.add(complaint);
    }
    return refused.length === 0;
  }

  #remember(before: readonly IpvsEntry[], want: readonly IpvsEntry[]): void {
    for (const { service } of before)
      if (this.#owned.has(serviceName(service))) this.#have.delete(serviceName(service));
    for (const entry of want) this.#have.set(serviceName(entry.service), entry);
  }

  /** Of those that the kernel has now. */
  #rememberGranted(want: readonly IpvsEntry[], refused: readonly Refusal[]): void {
    const changes = new Map<string, IpvsChange[]>();
    for (const { change } of refused) {
      const name = serviceName(change.service);
      const known = changes.get(name);
      if (known === undefined) changes.set(name, [change]);
      else known.push(change);
    }
    for (const entry of want) {
      const name = serviceName(entry.service);
      if (this.#have.has(name)) this.#asked.set(name, granted(entry, this.#asked.get(name), changes.get(name) ?? []));
    }
  }

  #read(): void {
    this.#have.clear();
    for (const entry of this.#kernel.read()) this.#have.set(serviceName(entry.service), entry);
  }
}

interface Refusal {
  readonly change: IpvsChange;
  readonly error: KernelError;
}

function refusals(changes: readonly IpvsChange[], errors: readonly (KernelError | undefined)[]): readonly Refusal[] {
  return changes.flatMap((change, i) => {
    const error = errors[i];
    return error === undefined ? [] : [{ change, error }];
  });
}

/** What is refused because the table is not what we thought: added or removed by somebody else. */
const SURPRISES: readonly number[] = [EEXIST, ENOENT, ESRCH];

/** What should go and is gone already. */
function isGone({ change: { type }, error: { errno } }: Refusal): boolean {
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

function describe(change: IpvsChange, { message, code }: KernelError): string {
  const hint = refusalHint(change, code);
  return `${changeWords(change)}: ${message}${hint === undefined ? "" : `: ${hint}`}`;
}
