import {
  destinationName,
  type IpvsDestination,
  type IpvsEntry,
  type IpvsService,
  serviceName,
} from "../../src/base/ipvs.ts";
import type { TableKernel } from "../../src/daemon/ipvs-table.ts";
import { KernelError } from "../../src/io/kernel-error.ts";
import type { IpvsChange } from "../../src/lvs/plan.ts";
import type { IpvsRequests } from "../../src/netlink/ipvs.ts";
import { applyChanges } from "../lvs/kernel.ts";

const [ENOENT, ESRCH, EEXIST] = [2, 3, 17];

/** The kernel's IPVS table, as a function, with its refusals; `refuse` adds more of them. */
export class FakeIpvsKernel implements TableKernel {
  table: readonly IpvsEntry[] = [];
  readonly asked: (IpvsChange | { readonly type: "flush" })[] = [];
  readonly looked: string[] = []; // services whose destinations were read
  refuse = (_: IpvsChange): number => 0;
  broken: number | undefined; // what every conversation ends with

  read(): IpvsEntry[] {
    return this.services().map((service) => ({ service, destinations: this.destinations(service) }));
  }

  /** It counts nothing. */
  serviceStatistics(): [] {
    return [];
  }

  destinationStatistics(): [] {
    return [];
  }

  services(): IpvsService[] {
    this.#converse();
    return this.table.map(({ service }) => service);
  }

  destinations(service: IpvsService): IpvsDestination[] {
    this.#converse();
    this.looked.push(serviceName(service));
    return [...(this.#find(service)?.destinations ?? [])];
  }

  change(requests: Parameters<TableKernel["change"]>[0]): readonly (KernelError | undefined)[] {
    this.#converse();
    return requests.map((request) => {
      const errno = this.#answer(requested(request));
      return errno === 0 ? undefined : new KernelError("IPVS", errno);
    });
  }

  buffer(): void {}

  close(): void {}

  #answer(change: IpvsChange | { readonly type: "flush" }): number {
    this.asked.push(change);
    if (change.type === "flush") {
      this.table = [];
      return 0;
    }
    const errno = this.refuse(change) || this.#wrong(change);
    if (errno === 0) this.table = applyChanges(this.table, [change]);
    return errno;
  }

  #wrong(change: IpvsChange): number {
    const entry = this.#find(change.service);
    if (change.type === "new-service") return entry === undefined ? 0 : EEXIST;
    if (entry === undefined) return ESRCH;
    if (!("destination" in change)) return 0;
    const there = entry.destinations.some((row) => destinationName(row) === destinationName(change.destination));
    if (change.type === "new-destination") return there ? EEXIST : 0;
    return there ? 0 : ENOENT;
  }

  #find(service: IpvsService): IpvsEntry | undefined {
    return this.table.find((one) => serviceName(one.service) === serviceName(service));
  }

  #converse(): void {
    if (this.broken !== undefined) throw new KernelError("cannot ask the kernel", this.broken);
  }
}

/** What a request asks for. */
function requested(request: Parameters<TableKernel["change"]>[0][number]): FakeIpvsKernel["asked"][number] {
  let asked: FakeIpvsKernel["asked"][number] = { type: "flush" };
  const service = (type: "new-service" | "set-service" | "delete-service") => (service: IpvsService) => {
    asked = { type, service };
  };
  const destination =
    (type: "new-destination" | "set-destination" | "delete-destination") =>
    (service: IpvsService, destination: IpvsDestination) => {
      asked = { type, service, destination };
    };
  request({
    ...{ newService: service("new-service"), setService: service("set-service") },
    ...{ deleteService: service("delete-service"), newDestination: destination("new-destination") },
    ...{ setDestination: destination("set-destination"), deleteDestination: destination("delete-destination") },
    flush: () => {},
  } as unknown as IpvsRequests);
  return asked;
}
