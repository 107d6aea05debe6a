import { afterEach, beforeEach, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds } from "../../src/base/time.ts";
import { Clock } from "../../src/io/clock.ts";
import { AF_INET, SOCK_DGRAM } from "../../src/io/constants.ts";
import { Intake } from "../../src/io/intake.ts";
import { native } from "../../src/io/native.ts";
import { Poller } from "../../src/io/poller.ts";
import { sockaddrIp } from "../../src/io/sockaddr.ts";
import { NOTHING, openSocket } from "../../src/io/socket.ts";

const SPAN = milliseconds(100);
let poller: Poller;
let clock: Clock;
let socket: number;

beforeEach(() => {
  poller = new Poller();
  clock = new Clock(poller);
  socket = openSocket([AF_INET, SOCK_DGRAM, 0], "udp", (fd) => {
    expect(native.bind(fd, sockaddrIp(ip("127.0.0.1"), 0))).toBe(0);
  });
});
afterEach(() => {
  native.close(socket);
  clock.close();
  poller.close();
});

const sleep = (span: number): Promise<void> => new Promise((resolve) => void clock.wakeAt(clock.now() + span, resolve));

/** A datagram to the socket itself. */
function send(): void {
  const address = new Uint8Array(16);
  native.getsockname(socket, address);
  expect(native.sendmsg(socket, Uint8Array.of(1), address, NOTHING, 0)).toBe(1);
}

/** How often a socket is read within SPAN that stays ready; `more`: what each read says. */
async function reads(more: boolean): Promise<number> {
  let count = 0;
  const intake = new Intake({ poller, clock }, socket, () => {
    count++;
    return more;
  });
  send();
  await sleep(SPAN);
  intake.close();
  return count;
}

test("packets that come one after the other are read 20 times at once, then every half millisecond", async () => {
  const count = await reads(false);
  expect(count).toBeGreaterThan(20); // and no more than 20 + SPAN / 0.5 ms
  expect(count).toBeLessThanOrEqual(221);
});

test("where more waits than one read takes, the next read is at once", async () => {
  expect(await reads(true)).toBeGreaterThan(500);
});

test("after a flood it is awake again, and closed it reads nothing", async () => {
  await reads(false);
  const bytes = new Uint8Array(8);
  while (native.read(socket, bytes) > 0);
  let count = 0;
  const intake = new Intake({ poller, clock }, socket, () => {
    count++;
    while (native.read(socket, bytes) > 0);
    return false;
  });
  for (let i = 1; i <= 5; i++) {
    send();
    await sleep(milliseconds(15));
    expect(count).toBe(i);
  }
  intake.close();
  send();
  await sleep(milliseconds(5));
  expect(count).toBe(5);
});

test("it may be closed by what was read, also in a flood", async () => {
  let count = 0;
  const intake = new Intake({ poller, clock }, socket, () => {
    if (++count === 30) intake.close();
    return false;
  });
  send();
  await sleep(milliseconds(50));
  expect(count).toBe(30);
});
