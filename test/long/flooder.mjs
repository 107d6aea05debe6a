// node flooder.mjs INTERFACE RATE SECONDS HEX...: sends Ethernet frames of one length, RATE a second, each in turn. Says
// on stdout how many went out.
import { createRequire } from "node:module";

const native = createRequire(import.meta.url)(`../../prebuilds/${process.platform}-${process.arch}/keepalived.node`);
const [name, rate, seconds, ...hex] = process.argv.slice(2);
const frames = hex.map((text) => Buffer.from(text, "hex"));
const { length: size } = frames[0];
const BATCH = 64;
const arena = Buffer.concat(Array.from({ length: BATCH }, (_, i) => frames[i % frames.length]));
const AF_PACKET = 17;
const SOCK_RAW = 3;
const fd = native.socket(AF_PACKET, SOCK_RAW, 0);
const address = Buffer.alloc(20); // struct sockaddr_ll: family, protocol, ifindex
address.writeUInt16LE(AF_PACKET, 0);
address.writeInt32LE(native.ifNametoindex(name), 4);
const cell = new Int32Array(new SharedArrayBuffer(4));
const begin = performance.now();
let sent = 0;
for (let now = 0; now < 1000 * Number(seconds); now = performance.now() - begin) {
  for (const due = (now * Number(rate)) / 1000; sent < due && performance.now() - begin < now + 20; ) {
    const took = native.sendBatch(fd, arena, size, BATCH, address);
    if (took <= 0) break;
    sent += took;
  }
  Atomics.wait(cell, 0, 0, 1);
}
console.log(sent);
