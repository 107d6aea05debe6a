import { type Family, family, type IpAddress } from "../../base/ip.ts";
import type { PeerItem } from "../../keywords/read-peer.ts";
import type { Span } from "../../syntax/span.ts";
import { last, type Setting } from "../../syntax/table.ts";
import type { UnicastConfig, UnicastPeer } from "../model/vrrp.ts";
import { firstAt } from "../reference.ts";
import { endOf, type Instance } from "./instance-context.ts";

/** A peer with its place. */
export interface FoundPeer extends UnicastPeer {
  readonly checked: boolean; // a TTL is given for it
  readonly order: number;
  readonly span: Span;
  readonly at: string;
}

/** The peers of an instance, of any family. */
export function findPeers(instance: Instance): readonly FoundPeer[] {
  return instance.given.unicast_peer.flatMap(({ value }) => value.map((item) => peer(item, instance)));
}

function peer({ value, span, at, order }: Setting<PeerItem>, { name, report }: Instance): FoundPeer {
  const { address, minTtl, maxTtl } = value;
  const checked = minTtl !== undefined || maxTtl !== undefined;
  const found = { address, minTtl: minTtl ?? 0, maxTtl: maxTtl ?? 255, checked, order, span, at };
  if (found.minTtl > found.maxTtl) {
    const keepalived = `${at}(${name}) min_ttl ${found.minTtl} > max_ttl ${found.maxTtl} - all packets will be discarded`;
    const message = `no packet of \`${address}\` is accepted: \`min_ttl\` is above \`max_ttl\``;
    report.error(["bad-number", message], span, { keepalived });
  }
  return found;
}

/** Who is sent advertisements one by one; undefined: nobody, so they are multicast. */
export function unicast(
  instance: Instance,
  peers: readonly FoundPeer[],
  of: Family,
  standardCheck: boolean,
): UnicastConfig | undefined {
  const { given } = instance;
  const own = fitting(instance, peers, of);
  if (own.length === 0) {
    withoutPeers(instance);
    return undefined;
  }
  const multicast = last(given.mcast_dst_ip);
  if (multicast !== undefined) {
    const keepalived = `(${instance.name}) multicast destination specified with unicast - ignoring`;
    const message = "`mcast_dst_ip` has no effect beside `unicast_peer`";
    instance.report.warning(["no-effect", message], multicast.span, { status: 5, keepalived });
  }
  return {
    peers: own.map(({ address, minTtl, maxTtl }) => ({ address, minTtl, maxTtl })),
    checkSource: standardCheck || given.check_unicast_src.length > 0 || own.some(({ checked }) => checked),
    ttl: last(given.unicast_ttl)?.value,
  };
}

function fitting({ name, report }: Instance, peers: readonly FoundPeer[], of: Family): readonly FoundPeer[] {
  const found = new Map<IpAddress, FoundPeer>();
  for (const each of peers) {
    const { address, span, at } = each;
    const twin = found.get(address);
    if (family(address) !== of) {
      const logged = `Configuration error: VRRP instance[${name}] and unicast peer address[${address}] MUST be of the same family !!! Skipping...`;
      const message = `\`${address}\` is of another family than the instance; it is no peer`;
      report.error(["bad-address", message], span, { keepalived: at + logged });
    } else if (twin !== undefined) {
      const message = `\`${address}\` is a peer already; 2.2.7 sends it every advertisement twice`;
      report.warning(["duplicate", message], span, firstAt(twin.span));
    } else found.set(address, each);
  }
  return [...found.values()];
}

/** Keywords of unicast without peers are a slip: what was meant to be unicast is multicast. */
function withoutPeers(instance: Instance): void {
  const { name, given, report } = instance;
  const ttl = last(given.unicast_ttl);
  if (ttl !== undefined) {
    const keepalived = `${endOf(instance)}(${name}): Cannot use unicast_ttl without unicast peers - resetting`;
    const message = "`unicast_ttl` has no effect without `unicast_peer`";
    report.error(["no-effect", message], ttl.span, { keepalived, help: HELP });
  }
  const { unicast_src_ip, check_unicast_src, unicast_peer, old_unicast_checksum } = given;
  const place = last<unknown>(unicast_src_ip, check_unicast_src, unicast_peer, old_unicast_checksum);
  if (place === undefined || given.unicast_fault_no_peer.length > 0) return;
  const keepalived = `(${name}) A unicast keyword has been specified without any unicast peers. Defaulting to multicast. This usage is deprecated - please update your configuration.`;
  const message = `\`${name}\` has a keyword of unicast and no peer: it sends multicast`;
  report.warning(["unicast-without-peer", message], place.keyword, { status: 5, keepalived, help: HELP });
}
const HELP = "add `unicast_peer { ADDRESS }`, or delete the keyword";
