import {
  type IpvsDestination,
  type IpvsEntry,
  type IpvsService,
  type IpvsStatistics,
  type IpvsSyncDaemon,
  type IpvsTimeouts,
  serviceName,
} from "../base/ipvs.ts";
import { NETLINK_GENERIC } from "../netlink/constants.ts";
import type { Answer, Request } from "../netlink/conversation.ts";
import { decodeFamilyId, getFamily } from "../netlink/genetlink.ts";
import { decodeInfo, IPVS_FAMILY, type IpvsInfo, type IpvsRequests, ipvsRequests } from "../netlink/ipvs.ts";
import { decodeSyncDaemon } from "../netlink/ipvs-daemon.ts";
import { decodeDestination } from "../netlink/ipvs-destination.ts";
import { decodeService } from "../netlink/ipvs-service.ts";
import {
  type DestinationStatistics,
  decodeDestinationStatistics,
  decodeServiceStatistics,
} from "../netlink/ipvs-statistics.ts";
import { decodeTimeouts } from "../netlink/ipvs-timeouts.ts";
import { ENOENT } from "./constants.ts";
import { KernelError } from "./kernel-error.ts";
import { loadKernelModule } from "./kernel-module.ts";
import { NetlinkSocket } from "./netlink-socket.ts";
import { inNetwork, type NamedNetwork } from "./network-namespace.ts";
import type { BufferWish } from "./socket.ts";

/** The IPVS table of a network namespace, over generic netlink: that of the socket counts. */
export class IpvsKernel {
  readonly #netlink: NetlinkSocket;
  readonly #requests: IpvsRequests;

  /** Of this namespace, or of that one. Loads ip_vs if need be. Throws KernelError: ENOENT where the kernel has no IPVS, EPERM without CAP_NET_ADMIN. */
  constructor(namespace: NamedNetwork | undefined = undefined) {
    const open = (): NetlinkSocket => new NetlinkSocket(NETLINK_GENERIC);
    this.#netlink = namespace === undefined ? open() : inNetwork(namespace, open);
    this.#requests = ipvsRequests(this.#family());
  }

  /** How large the receive buffer is from now on. */
  buffer(wish: BufferWish): void {
    this.#netlink.buffer(wish);
  }

  info(): IpvsInfo {
    const [message] = this.#ask(this.#requests.getInfo(), "cannot read the IPVS version");
    const info = decodeInfo(message?.body ?? new Uint8Array());
    return info.ok ? info.value : { version: 0, connectionTableSize: 0 };
  }

  /** All services that this project can express, with their destinations. Throws KernelError. */
  read(): IpvsEntry[] {
    return this.services().map((service) => ({ service, destinations: this.destinations(service) }));
  }

  /** The same without their destinations. Throws KernelError. */
  services(): IpvsService[] {
    return this.#ask(this.#requests.dumpServices(), "cannot read the IPVS services").flatMap(({ body }) => {
      const service = decodeService(body);
      return service.ok ? [service.value] : [];
    });
  }

  /** The destinations of one service; none where there is no such service. Throws KernelError. */
  destinations(service: IpvsService): IpvsDestination[] {
    const what = `cannot read the IPVS destinations of ${serviceName(service)}`;
    return this.#ask(this.#requests.dumpDestinations(service), what).flatMap(({ body }) => {
      const destination = decodeDestination(body);
      return destination.ok ? [destination.value] : [];
    });
  }

  /** What was counted of every service that this project can express. Throws KernelError. */
  serviceStatistics(): { readonly service: IpvsService; readonly statistics: IpvsStatistics }[] {
    return this.#ask(this.#requests.dumpServices(), "cannot read the IPVS statistics").flatMap(({ body }) => {
      const [service, statistics] = [decodeService(body), decodeServiceStatistics(body)];
      return service.ok && statistics.ok ? [{ service: service.value, statistics: statistics.value }] : [];
    });
  }

  /** The same of the destinations of one service; none where there is no such service. Throws KernelError. */
  destinationStatistics(service: IpvsService): (DestinationStatistics & { readonly destination: IpvsDestination })[] {
    const what = `cannot read the IPVS statistics of ${serviceName(service)}`;
    return this.#ask(this.#requests.dumpDestinations(service), what).flatMap(({ body }) => {
      const [destination, counted] = [decodeDestination(body), decodeDestinationStatistics(body)];
      return destination.ok && counted.ok ? [{ destination: destination.value, ...counted.value }] : [];
    });
  }

  /** The kernel's sync daemons: none, one, or one of each state. Throws KernelError. */
  syncDaemons(): IpvsSyncDaemon[] {
    return this.#ask(this.#requests.dumpDaemons(), "cannot read the IPVS sync daemons").flatMap(({ body }) => {
      const daemon = decodeSyncDaemon(body);
      return daemon.ok ? [daemon.value] : [];
    });
  }

  /** How long connections are remembered. Throws KernelError. */
  timeouts(): IpvsTimeouts {
    const what = "cannot read the IPVS timeouts";
    const [message] = this.#ask(this.#requests.readTimeouts(), what);
    const timeouts = decodeTimeouts(message?.body ?? new Uint8Array());
    if (!timeouts.ok) throw new KernelError(`${what} (${timeouts.reason})`, ENOENT);
    return timeouts.value;
  }

  /** Carries out changes in their order, pipelined; what was refused, by index. */
  change(requests: readonly ((to: IpvsRequests) => Request)[]): readonly (KernelError | undefined)[] {
    const answers = this.#netlink.transact(requests.map((request) => request(this.#requests)));
    return answers.map((answer) => (answer.ok ? undefined : new KernelError("IPVS", answer.errno, answer.text)));
  }

  close(): void {
    this.#netlink.close();
  }

  #ask(request: Request, what: string): Extract<Answer, { ok: true }>["messages"] {
    const [answer] = this.#netlink.transact([request]);
    if (answer?.ok) return answer.messages;
    throw new KernelError(what, answer?.errno ?? ENOENT, answer?.text);
  }

  /** Asking may load the module by itself; where the kernel cannot, modprobe does. */
  #family(): number {
    let [answer] = this.#netlink.transact([getFamily(IPVS_FAMILY)]);
    if (answer?.ok === false && loadKernelModule("ip_vs")) [answer] = this.#netlink.transact([getFamily(IPVS_FAMILY)]);
    if (!answer?.ok) throw new KernelError("cannot find IPVS in the kernel", answer?.errno ?? ENOENT, answer?.text);
    const id = decodeFamilyId(answer.messages);
    if (!id.ok) throw new KernelError(`cannot find IPVS in the kernel (${id.reason})`, ENOENT);
    return id.value;
  }
}
