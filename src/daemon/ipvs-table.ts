import { destinationName, type IpvsEntry, serviceName } from "../base/ipvs.ts";
import { EEXIST, ENOENT, ESRCH } from "../io/constants.ts";
import { IpvsKernel } from "../io/ipvs-kernel.ts";
import type { KernelError } from "../io/kernel-error.ts";
import type { NamedNetwork } from "../io/network-namespace.ts";
import type { BufferWish } from "../io/socket.ts";
import { type IpvsChange, plan, withHandWeights } from "../lvs/plan.ts";
import type { Log } from "../observe/log.ts";
import type { ServiceTraffic, TrafficWish } from "../observe/traffic.ts";
import { type CountedPool, readTraffic } from "./traffic-reader.ts";

/** Keeps the kernel's IPVS table as wanted: our services only, by difference, foreign ones untouched. */
export class IpvsTable {
  readonly #kernel: IpvsKernel;
  readonly #log: Log;
  readonly #have = new Map<string, IpvsEntry>(); // the kernel's table as last read, and what we did since
  readonly #asked = new Map<string, IpvsEntry>(); // what was wanted when it was last made so
  readonly #owned = new Set<string>();
  readonly #complaints = new Set<string>(); // said since the table was last as wanted

  /** `owned` names services left by a process of ours before. Throws KernelError. */
  constructor(log: Log, owned: readonly string[], namespace: NamedNetwork | undefined) {
    this.#kernel = new IpvsKernel(namespace);
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
    return entry?.destinations.find((one) => destinationName(one) === destination)?.weight ?? 0;
  }

  /** Makes the whole table as wanted, whatever the kernel has now: what is ours and not in `want` goes. False: refused. */
  applyAll(want: readonly IpvsEntry[]): boolean {
    this.#read();
    const made = this.#apply(want, () => [...this.#have.values()]);
    const wanted = new Set(want.map(({ service }) => serviceName(service)));
    for (const name of this.#owned) {
      if (wanted.has(name) || this.#have.has(name)) continue;
      this.#owned.delete(name);
      this.#asked.delete(name);
    }
    if (made) this.#complaints.clear();
    return made;
  }

  /** Makes one service as wanted. False where the kernel refused some of it: it was said, and is to be tried again. */
  apply(want: IpvsEntry): boolean {
    const name = serviceName(want.service);
    const known = this.#have.get(name);
    if (known !== undefined)
      this.#have.set(name, { service: known.service, destinations: this.#kernel.destinations(known.service) });
    return this.#apply([want], () => {
      const entry = this.#have.get(name);
      return entry === undefined ? [] : [entry];
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
      for (const change of changes) this.#log.detail("IPVS: {change}", { change: words(change) });
      const errors = changes.length === 0 ? [] : this.#kernel.change(changes.map(request));
      const refused = changes.flatMap((change, i) => {
        const error = errors[i];
        return error === undefined ? [] : [{ change, error }];
      });
      if (refused.length === 0) {
        this.#remember(before, target);
        for (const entry of want) this.#asked.set(serviceName(entry.service), entry);
        return true;
      }
      this.#read();
      if (attempt === 0 && refused.some(({ error }) => SURPRISES.includes(error.errno))) continue;
      return this.#complain(refused.filter((one) => !isGone(one)));
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

  #read(): void {
    this.#have.clear();
    for (const entry of this.#kernel.read()) this.#have.set(serviceName(entry.service), entry);
  }
}

interface Refusal {
  readonly change: IpvsChange;
  readonly error: KernelError;
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

/** `set destination [10.9.0.100]:tcp:80 -> [10.9.0.11]:80 weight 2`. */
function words(change: IpvsChange): string {
  const what = `${change.type.replace("-", " ")} ${serviceName(change.service)}`;
  if (!("destination" in change)) return what;
  const weight = change.type === "delete-destination" ? "" : ` weight ${change.destination.weight}`;
  return `${what} -> ${destinationName(change.destination)}${weight}`;
}

function describe(change: IpvsChange, { message, errno }: KernelError): string {
  const hint = "destination" in change || errno !== ENOENT ? "" : `: no scheduler ${change.service.scheduler}?`;
  return `${words(change)}: ${message}${hint}`;
}
