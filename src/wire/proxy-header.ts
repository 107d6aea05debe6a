import { concat, fromByteString, viewOf } from "../base/bytes.ts";
import { family, type IpAddress, toBytes } from "../base/ip.ts";

/** How a connection is announced. `local`: it is the sender's own; `proxy`: somebody's, whose addresses follow. */
export interface ProxyManner {
  readonly version: 1 | 2;
  readonly command: "local" | "proxy";
}

/** An end of a connection. */
export interface ProxyEnd {
  readonly address: IpAddress;
  readonly port: number; // 0..65535
}

const SIGNATURE = fromByteString("\r\n\r\n\0\r\nQUIT\n");
const COMMANDS = { local: 0x20, proxy: 0x21 } as const; // version 2 in the upper half
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;

/**
 * The header that goes before everything else on a TCP connection, TLS included. Both ends are of one family. The PROXY
 * protocol, versions 1 and 2 (proxy-protocol.txt of haproxy.org, §2.1 and §2.2).
 *
 *     PROXY TCP4 192.0.2.1 192.0.2.11 40000 80 CR LF         `PROXY UNKNOWN` stands for `local` in version 1
 *
 *     | signature 12 | version, command u8 | family u8 | length u16 | from 4 or 16 | to | from u16 | to u16 |
 */
export function encodeProxyHeader({ version, command }: ProxyManner, from: ProxyEnd, to: ProxyEnd): Uint8Array {
  const v4 = family(from.address) === 4;
  if (version === 1) {
    const words = [v4 ? "TCP4" : "TCP6", from.address, to.address, from.port, to.port].join(" ");
    return fromByteString(`PROXY ${command === "local" ? "UNKNOWN" : words}\r\n`);
  }
  const ports = new Uint8Array(4);
  viewOf(ports).setUint16(0, from.port);
  viewOf(ports).setUint16(2, to.port);
  // The receiver skips the block of a local connection (§2.2): there is none.
  const block = command === "local" ? new Uint8Array() : concat(toBytes(from.address), toBytes(to.address), ports);
  const type = command === "local" ? 0 : v4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6;
  return concat(SIGNATURE, Uint8Array.of(COMMANDS[command], type, 0, block.length), block);
}
