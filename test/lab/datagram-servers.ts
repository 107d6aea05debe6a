import { createSocket } from "node:dgram";

type Answers = (datagram: Buffer) => readonly Uint8Array[];

/** What each UDP port says to a datagram. Those of 5300 and more are DNS servers. */
const PORTS: Readonly<Record<number, Answers>> = {
  7: (datagram) => [datagram],
  9: () => [],
  1001: () => [Uint8Array.of(0xab)],
  1002: () => [new Uint8Array(0)],
  1003: () => [new Uint8Array(300)],
  1004: () => [Uint8Array.of(0xab, 0xce)],
  1005: () => [Uint8Array.of(0xab, 0xce), Uint8Array.of(0xab, 0xcd)],
  5301: (query) => [reply(query).fill(query[1] ? 0 : 1, 1, 2)],
  5302: (query) => [query],
  5303: (query) => [Buffer.concat([reply(query).subarray(0, 12), Buffer.from("\x03foo\0\0\x01\0\x01", "latin1")])],
  5304: (query) => [reply(query).subarray(0, 11)],
  5305: (query) => [reply(query).fill(0x83, 2, 3)],
  5306: (query) => [reply(query).fill(0x02, 3, 4)],
  5307: (query) => [query, reply(query).subarray(0, 11), Buffer.alloc(4000, 0xff), reply(query)],
  5308: (query) => [reply(query).subarray(0, 12).fill(0, 5, 6).fill(0x01, 3, 4)],
  5309: () => [],
};

/** The bare reply to a query: no error, no records. */
function reply(query: Buffer): Buffer {
  return Buffer.from(query).fill(0x81, 2, 3);
}

/** UDP servers, most of them awkward, on all addresses of both families; says whom each has heard: `7 from ::1 4000`. */
export function serveDatagrams(): void {
  let waiting = Object.keys(PORTS).length;
  for (const [port, answers] of Object.entries(PORTS)) {
    const socket = createSocket("udp6");
    socket.on("message", (datagram, from) => {
      console.log(`${port} from ${from.address.replace("::ffff:", "")} ${from.port}`);
      for (const bytes of answers(datagram)) socket.send(bytes, from.port, from.address);
    });
    socket.on("error", () => {}); // whoever asked is gone
    socket.bind(Number(port), "::", () => {
      if (--waiting === 0) console.log("ready");
    });
  }
}
