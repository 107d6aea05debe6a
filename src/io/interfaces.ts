import type { Network } from "../base/host.ts";
import { decodeAddress, dumpAddresses } from "../netlink/address.ts";
import { NETLINK_ROUTE } from "../netlink/constants.ts";
import type { Request } from "../netlink/conversation.ts";
import { decodeLink, dumpLinks, type Link } from "../netlink/link.ts";
import { KernelError } from "./kernel-error.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

/** An interface and its addresses, in the kernel's order. */
export interface AddressedLink {
  readonly link: Link;
  readonly addresses: readonly Network[];
}

/** Every interface of this network namespace, also one that is down or has no address. Throws KernelError. */
export function readInterfaces(): readonly AddressedLink[] {
  const netlink = new NetlinkSocket(NETLINK_ROUTE);
  try {
    const addresses = new Map<number, Network[]>();
    for (const body of dump(netlink, dumpAddresses(), "cannot read the addresses")) {
      const read = decodeAddress(body);
      if (!read.ok) continue;
      const { ifindex, address, prefixLength } = read.value;
      const known = addresses.get(ifindex);
      if (known === undefined) addresses.set(ifindex, [{ address, prefixLength }]);
      else known.push({ address, prefixLength });
    }
    return dump(netlink, dumpLinks(), "cannot read the interfaces").flatMap((body) => {
      const read = decodeLink(body);
      return read.ok ? [{ link: read.value, addresses: addresses.get(read.value.ifindex) ?? [] }] : [];
    });
  } finally {
    netlink.close();
  }
}

/** The bodies of the messages that a dump consists of. Throws KernelError, saying `what` was tried. */
export function dump(netlink: NetlinkSocket, request: Request, what: string): readonly Uint8Array[] {
  const [answer] = netlink.transact([request]);
  if (answer?.ok) return answer.messages.map(({ body }) => body);
  throw new KernelError(what, answer?.errno ?? 0, answer?.text);
}
