// node raw-sender.mjs INTERFACE GAP_MS COUNT HEX...: sends Ethernet frames as they are, one after the other, again and
// again until COUNT are out. GAP_MS 0: as fast as the interface takes them.
// node raw-sender.mjs INTERFACE: says when it is ready, then sends each line of its input, a frame in hexadecimal.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const native = createRequire(import.meta.url)(`../../prebuilds/${process.platform}-${process.arch}/keepalived.node`);
const [name, gap, count, ...hex] = process.argv.slice(2);
const AF_PACKET = 17;
const SOCK_RAW = 3;
const fd = native.socket(AF_PACKET, SOCK_RAW, 0);
const address = Buffer.alloc(20); // struct sockaddr_ll: family, protocol, ifindex
address.writeUInt16LE(AF_PACKET, 0);
address.writeInt32LE(native.ifNametoindex(name), 4);
const send = (frame) => native.sendmsg(fd, frame, address, new Uint8Array(0), 0);

if (gap === undefined) {
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) send(Buffer.from(line, "hex"));
} else {
  const frames = hex.map((text) => Buffer.from(text, "hex"));
  for (let sent = 0; sent < Number(count); ) {
    const took = send(frames[sent % frames.length]);
    if (took > 0) sent++;
    if (took <= 0 || Number(gap) > 0) await sleep(Number(gap));
  }
}
