import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { family, type IpAddress, ip } from "../../src/base/ip.ts";
import { Clock } from "../../src/io/clock.ts";
import { readArrival } from "../../src/io/control-data.ts";
import { Poller } from "../../src/io/poller.ts";
import { addressOf, sockaddrIp, sockaddrUn } from "../../src/io/sockaddr.ts";
import { type Datagram, UdpListener, UdpSender } from "../../src/io/udp-socket.ts";

const ends: { close(): void }[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end.close();
});
function closing<T extends { close(): void }>(end: T): T {
  ends.push(end);
  return end;
}

/** Of the ports that sessions use, some that are likely to be free. */
const ports = Array.from({ length: 20 }, () => 49152 + Math.floor(Math.random() * 16000));

function listen(address: IpAddress, port: number, onDatagram: (datagram: Datagram) => void): UdpListener {
  const poller = closing(new Poller());
  const clock = closing(new Clock(poller));
  return closing(new UdpListener({ poller, clock }, { family: family(address), address, port }, onDatagram));
}

test.each([
  ["127.0.0.9", "127.0.0.8", 254],
  ["::1", "::1", 7],
])("a datagram arrives with its addresses and what is left of its TTL: %s", async (to, from, ttl) => {
  const [port = 0, ...others] = ports;
  const heard = new Promise<Datagram>((resolve) => {
    listen(ip(to), port, (datagram) => resolve({ ...datagram, bytes: datagram.bytes.slice() }));
  });
  const sender = closing(new UdpSender({ family: family(ip(from)), address: ip(from) }, others));
  sender.ttl = ttl;
  sender.send(Uint8Array.of(1, 2, 3), ip(to), port);
  expect(await heard).toEqual({ bytes: Uint8Array.of(1, 2, 3), from: ip(from), to: ip(to), ttl });
});

test("what has arrived can be asked for before the poller tells of it", () => {
  const heard: number[] = [];
  const [port = 0, ...others] = ports;
  const listener = listen(ip("127.0.0.1"), port, ({ bytes }) => heard.push(bytes[0] ?? -1));
  const sender = closing(new UdpSender({ family: 4, address: undefined }, others));
  for (let i = 0; i < 150; i++) sender.send(Uint8Array.of(i), ip("127.0.0.1"), port);
  listener.drain();
  expect(heard).toEqual(Array.from({ length: 150 }, (_, i) => i));
});

test("a port that is taken is passed over; where all are, it is an error", () => {
  const [taken = 0, free = 0] = ports;
  const end = { family: 4, address: ip("127.0.0.1") } as const;
  closing(new UdpSender(end, [taken]));
  closing(new UdpSender(end, [taken, free]));
  expect(() => new UdpSender(end, [taken, free])).toThrow(/cannot find a free UDP port: EADDRINUSE/);
});

test("a source that is not on this host is an error when something is sent, not before", () => {
  const sender = closing(new UdpSender({ family: 4, address: ip("192.0.2.77") }, ports));
  expect(() => sender.send(Uint8Array.of(1), ip("127.0.0.1"), 9)).toThrow(
    /cannot send to 127.0.0.1: E(INVAL|NETUNREACH)/,
  );
});

test("the address of a sender is read back from what the kernel writes", () => {
  for (const address of [ip("192.0.2.1"), ip("fd00::1")]) expect(addressOf(sockaddrIp(address, 7))).toBe(address);
  expect(addressOf(sockaddrUn("/run/some/very/long/path/of/a/socket"))).toBeUndefined();
  expect(addressOf(new Uint8Array(3))).toBeUndefined();
});

test("no control data make reading throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 256 }), (bytes) => void readArrival(bytes)));
  expect(readArrival(new Uint8Array(0))).toEqual({ to: undefined, ifindex: 0, ttl: undefined });
});
