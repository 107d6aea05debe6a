import { NETLINK_ROUTE } from "../netlink/constants.ts";
import type { Answer, Request } from "../netlink/conversation.ts";
import {
  addLink,
  bringUp,
  deleteGroup,
  deleteLink,
  type LinkSettings,
  setGroup,
  setUpLink,
  stopAddressGeneration,
  type VirtualLinkSpec,
} from "../netlink/virtual-link.ts";
import { ENODEV } from "./constants.ts";
import { KernelError } from "./kernel-error.ts";
import { NetlinkSocket } from "./netlink-socket.ts";
import { writeSysctl } from "./sysctl.ts";

/** An interface to be made, or one that is there and to be set up like it. */
export interface LinkToMake extends LinkSettings {
  readonly name: string;
  readonly make: { readonly base: number; readonly spec: VirtualLinkSpec } | undefined;
  readonly instead: number | undefined; // ifindex of one that goes first
  readonly ipv6: boolean; // else it is switched off there
}

/** Makes and removes interfaces, many at a time: hundreds cost a few system calls and one small file each. */
export class VirtualLinks {
  readonly #netlink = new NetlinkSocket(NETLINK_ROUTE);

  /** What the kernel refused, by the index of the interface; the others are there and up. */
  make(links: readonly LinkToMake[]): ReadonlyMap<number, KernelError> {
    const refusals = new Map<number, KernelError>();
    const batch: { readonly request: Request; readonly link: number; readonly what: string | undefined }[] = [];
    links.forEach(({ name, make, instead, ...settings }, link) => {
      if (instead !== undefined) batch.push({ request: deleteLink(instead), link, what: undefined });
      if (make !== undefined)
        batch.push({
          request: addLink(name, make.base, settings.group, make.spec),
          link,
          what: `cannot make ${make.spec.kind} ${name}`,
        });
      batch.push({ request: setUpLink(name, settings), link, what: `cannot set up ${name}` });
      batch.push({ request: stopAddressGeneration(name), link, what: undefined }); // there may be no IPv6
    });
    const answers = this.#netlink.transact(batch.map(({ request }) => request));
    batch.forEach(({ link, what }, i) => {
      const refusal = what === undefined ? undefined : refused(what, answers[i]);
      if (refusal !== undefined && !refusals.has(link)) refusals.set(link, refusal);
    });
    // Before they are up: an interface that has IPv6 for a moment tells the LAN so.
    const rest = links.map((link, i) => ({ ...link, i })).filter(({ i }) => !refusals.has(i));
    for (const { name, ipv6 } of rest) writeSysctl(`net/ipv6/conf/${name}/disable_ipv6`, ipv6 ? "0" : "1");
    const up = this.#netlink.transact(rest.map(({ name }) => bringUp(name)));
    rest.forEach(({ name, i }, n) => {
      const refusal = refused(`cannot bring ${name} up`, up[n]);
      if (refusal !== undefined) refusals.set(i, refusal);
    });
    return refusals;
  }

  /**
   * Removes interfaces; what the kernel refused, by ifindex. One that is gone already is as good as removed. Several go
   * as the group `unused`, in which nothing is: one by one each costs the kernel some milliseconds in which it does
   * nothing else for us (13 measured, so 500 took longer than a stop may).
   */
  remove(ifindexes: readonly number[], unused: number): ReadonlyMap<number, KernelError> {
    if (ifindexes.length > 1) {
      const together = [...ifindexes.map((ifindex) => setGroup(ifindex, unused)), deleteGroup(unused)];
      if (this.#netlink.transact(together).at(-1)?.ok) return new Map();
    }
    const answers = this.#netlink.transact(ifindexes.map(deleteLink));
    const refusals = ifindexes.map((ifindex, i) => [ifindex, refused("cannot remove it", answers[i], ENODEV)] as const);
    return new Map(refusals.flatMap(([ifindex, error]) => (error === undefined ? [] : [[ifindex, error] as const])));
  }

  /** netlink_notify_msg: the kernel says again what these are. */
  repeat(bases: readonly { readonly ifindex: number; readonly group: number }[]): void {
    this.#netlink.transact(bases.map(({ ifindex, group }) => setGroup(ifindex, group)));
  }

  close(): void {
    this.#netlink.close();
  }
}

function refused(what: string, answer: Answer | undefined, tolerated?: number): KernelError | undefined {
  if (answer === undefined || answer.ok || answer.errno === tolerated) return undefined;
  return new KernelError(what, answer.errno, answer.text);
}
