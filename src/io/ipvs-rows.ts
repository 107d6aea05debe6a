import type { IpvsSyncDaemon } from "../base/ipvs.ts";
import type { ListedService, RowPlace, RowTimeouts, ServiceRow } from "../base/ipvs-row.ts";
import { NETLINK_GENERIC } from "../netlink/constants.ts";
import type { Answer, Request } from "../netlink/conversation.ts";
import { decodeFamilyId, getFamily } from "../netlink/genetlink.ts";
import { decodeInfo, IPVS_FAMILY, type IpvsInfo, ipvsRequests } from "../netlink/ipvs.ts";
import { decodeSyncDaemon, type SyncDaemonRequests } from "../netlink/ipvs-daemon.ts";
import {
  decodeServerRow,
  decodeServiceRow,
  decodeTimeouts,
  type RowRequests,
  rowRequests,
} from "../netlink/ipvs-row.ts";
import { decodeDestinationStatistics, decodeServiceStatistics } from "../netlink/ipvs-statistics.ts";
import { ENOENT } from "./constants.ts";
import { KernelError } from "./kernel-error.ts";
import { loadKernelModule } from "./kernel-module.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

/** What can be asked for by a row, and of the sync daemons. */
export type IpvsRequestsByRow = RowRequests & Pick<SyncDaemonRequests, "newDaemon" | "deleteDaemon">;

const NO_STATISTICS = {
  ...{ connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 },
  ...{ connectionRate: 0, inPacketRate: 0, outPacketRate: 0, inByteRate: 0, outByteRate: 0 },
};
const NO_CONNECTIONS = { active: 0, inactive: 0, persistent: 0 };

/** The whole IPVS table of this network namespace with its counters, whoever made it. For the daemon's own: IpvsKernel. */
export class IpvsRows {
  readonly #netlink: NetlinkSocket;
  readonly #requests: IpvsRequestsByRow;
  readonly #ipvs: ReturnType<typeof ipvsRequests>;
  readonly info: IpvsInfo;

  /** Loads ip_vs if need be. Throws KernelError: ENOENT where the kernel has no IPVS, EPERM without CAP_NET_ADMIN. */
  constructor() {
    this.#netlink = new NetlinkSocket(NETLINK_GENERIC);
    const id = this.#family();
    this.#ipvs = ipvsRequests(id);
    this.#requests = { ...this.#ipvs, ...rowRequests(id) };
    const [message] = this.#ask(this.#ipvs.getInfo(), "cannot read the IPVS version");
    const info = decodeInfo(message?.body ?? new Uint8Array());
    this.info = info.ok ? info.value : { version: 0, connectionTableSize: 0 };
  }

  /** Every service, in the kernel's order. Throws KernelError. */
  all(): readonly ListedService[] {
    return this.#listed(this.#ask(this.#requests.dumpServices(), "cannot read the IPVS services"));
  }

  /** One service. Throws KernelError: ESRCH where there is none. */
  one(place: RowPlace): readonly ListedService[] {
    return this.#listed(this.#ask(this.#requests.getService(place), "cannot read an IPVS service"));
  }

  timeouts(): RowTimeouts {
    const [message] = this.#ask(this.#requests.getTimeouts(), "cannot read the IPVS timeouts");
    const timeouts = decodeTimeouts(message?.body ?? new Uint8Array());
    return timeouts.ok ? timeouts.value : { tcp: 0, tcpFin: 0, udp: 0 };
  }

  syncDaemons(): readonly IpvsSyncDaemon[] {
    return this.#ask(this.#ipvs.dumpDaemons(), "cannot read the IPVS sync daemons").flatMap(({ body }) => {
      const daemon = decodeSyncDaemon(body);
      return daemon.ok ? [daemon.value] : [];
    });
  }

  /** Carries out requests in their order, pipelined: what was refused, by index. */
  change(requests: readonly ((to: IpvsRequestsByRow) => Request)[]): readonly (KernelError | undefined)[] {
    const answers = this.#netlink.transact(requests.map((request) => request(this.#requests)));
    return answers.map((answer) => (answer.ok ? undefined : new KernelError("IPVS", answer.errno, answer.text)));
  }

  close(): void {
    this.#netlink.close();
  }

  /** The services of these messages, each with its servers: one that goes meanwhile has none. */
  #listed(messages: Extract<Answer, { ok: true }>["messages"]): readonly ListedService[] {
    const services = messages.flatMap(({ body }) => {
      const row = decodeServiceRow(body);
      const counted = decodeServiceStatistics(body);
      return row.ok ? [{ row: row.value, statistics: counted.ok ? counted.value : NO_STATISTICS }] : [];
    });
    const answers = this.#netlink.transact(services.map(({ row }) => this.#requests.dumpServers(row)));
    return services.map(({ row, statistics }, i) => ({ ...row, statistics, servers: servers(row, answers[i]) }));
  }

  #ask(request: Request, what: string): Extract<Answer, { ok: true }>["messages"] {
    const [answer] = this.#netlink.transact([request]);
    if (answer?.ok) return answer.messages;
    throw new KernelError(what, answer?.errno ?? ENOENT, answer?.text);
  }

  #family(): number {
    let [answer] = this.#netlink.transact([getFamily(IPVS_FAMILY)]);
    if (answer?.ok === false && loadKernelModule("ip_vs")) [answer] = this.#netlink.transact([getFamily(IPVS_FAMILY)]);
    const id = decodeFamilyId(answer?.ok ? answer.messages : []);
    if (!id.ok) throw new KernelError("cannot find IPVS in the kernel", ENOENT);
    return id.value;
  }
}

function servers(service: ServiceRow, answer: Answer | undefined): ListedService["servers"] {
  if (!answer?.ok) return [];
  return answer.messages.flatMap(({ body }) => {
    const row = decodeServerRow(body, service.family);
    if (!row.ok) return [];
    const counted = decodeDestinationStatistics(body);
    const { statistics, connections } = counted.ok
      ? counted.value
      : { statistics: NO_STATISTICS, connections: NO_CONNECTIONS };
    return [{ ...row.value, ...connections, statistics }];
  });
}
