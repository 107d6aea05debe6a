import { afterEach, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { BfdPath } from "../../src/bfd/select.ts";
import { BfdListeners } from "../../src/daemon/bfd-listeners.ts";
import { Clock } from "../../src/io/clock.ts";
import { Poller } from "../../src/io/poller.ts";
import { UdpListener, UdpSender } from "../../src/io/udp-socket.ts";
import { createLog } from "../../src/observe/log.ts";

const [SINGLE, MULTI] = [3784, 4784];
/** An address of this host that nobody else is likely to listen at. */
const SOURCE = ip(`127.${1 + (process.pid % 250)}.${Math.floor(Math.random() * 250)}.9`);
const path = (multihop: boolean): BfdPath => ({
  ...{ neighbor: ip("127.0.0.1"), source: SOURCE, multihop, ttl: undefined, maxHops: undefined },
});

const ends: { close(): void }[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end.close();
});
function closing<T extends { close(): void }>(end: T): T {
  ends.push(end);
  return end;
}

test("§9.1.9: sockets for one hop and for several hear side by side, also after one came or went, and all are closed", () => {
  const poller = closing(new Poller());
  const waker = { poller, clock: closing(new Clock(poller)) };
  const heard: string[] = [];
  const listeners = closing(
    new BfdListeners({
      ...waker,
      log: createLog([({ text }) => heard.push(text)], true),
      received: ({ bytes }, multihop) => heard.push(`${multihop ? "several" : "one"} ${bytes[0]}`),
    }),
  );
  const ports = Array.from({ length: 20 }, () => 49152 + Math.floor(Math.random() * 16000));
  const sender = closing(new UdpSender({ family: 4, address: undefined }, ports));
  let number = 0;
  const hears = (...paths: readonly boolean[]): string[] => {
    listeners.apply(paths.map(path));
    for (const port of [SINGLE, MULTI]) sender.send(Uint8Array.of(++number), SOURCE, port);
    listeners.drain();
    return heard.splice(0).sort();
  };
  expect(hears(false, true)).toEqual(["one 1", "several 2"]);
  expect(hears(true)).toEqual(["several 4"]);
  expect(hears(false, true)).toEqual(["one 5", "several 6"]);
  expect(hears(false)).toEqual(["one 7"]);
  listeners.close();
  for (const port of [SINGLE, MULTI]) closing(new UdpListener(waker, { family: 4, address: SOURCE, port }, () => {})); // it is free
});
