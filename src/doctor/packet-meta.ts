import { viewOf } from "../base/bytes.ts";
import { family } from "../base/ip.ts";
import { LITTLE_ENDIAN } from "../netlink/message.ts";
import * as nft from "../netlink/nft-constants.ts";
import type { NamedLink, TestPacket } from "./packet.ts";
import type { Cell } from "./registers.ts";

/** What `meta` says of a packet, its mark aside; undefined: not known here. linux/netfilter/nf_tables.h, nft_meta_keys. */
export function metaValue(
  key: number | undefined,
  { protocol, source, in: from, out: to }: TestPacket,
): readonly Cell[] | undefined {
  const v4 = family(source) === 4;
  switch (key) {
    case nft.NFT_META_PROTOCOL:
      return v4 ? [0x08, 0x00] : [0x86, 0xdd];
    case nft.NFT_META_NFPROTO:
      return [v4 ? nft.NFPROTO_IPV4 : nft.NFPROTO_IPV6];
    case nft.NFT_META_L4PROTO:
      return [protocol];
    case nft.NFT_META_IIF:
      return hostWord(from?.ifindex ?? 0, 4);
    case nft.NFT_META_OIF:
      return hostWord(to?.ifindex ?? 0, 4);
    case nft.NFT_META_IIFNAME:
      return linkName(from);
    case nft.NFT_META_OIFNAME:
      return linkName(to);
    case nft.NFT_META_IIFTYPE:
      return from === undefined ? undefined : hostWord(from.type, 2);
    case nft.NFT_META_OIFTYPE:
      return to === undefined ? undefined : hostWord(to.type, 2);
    default:
      return undefined;
  }
}

/** In the byte order of the host. */
export function hostWord(value: number, size: 2 | 4): readonly Cell[] {
  const bytes = new Uint8Array(size);
  if (size === 4) viewOf(bytes).setUint32(0, value, LITTLE_ENDIAN);
  else viewOf(bytes).setUint16(0, value, LITTLE_ENDIAN);
  return [...bytes];
}

/** 16 bytes; what is no packet of an interface has none. */
function linkName(link: NamedLink | undefined): readonly Cell[] {
  const bytes = new Uint8Array(16);
  bytes.set(new TextEncoder().encode(link?.name ?? "").subarray(0, 15));
  return [...bytes];
}
