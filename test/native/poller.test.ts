import { execFileSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds } from "../../src/base/time.ts";
import { Clock } from "../../src/io/clock.ts";
import { AF_INET, EPOLLIN, EPOLLOUT, SOCK_DGRAM } from "../../src/io/constants.ts";
import { native } from "../../src/io/native.ts";
import { Poller } from "../../src/io/poller.ts";
import { ReceiveArena } from "../../src/io/receive-arena.ts";
import { sockaddrIp } from "../../src/io/sockaddr.ts";
import { NOTHING, openSocket } from "../../src/io/socket.ts";

let poller: Poller;
let clock: Clock;
const opened: number[] = [];

beforeEach(() => {
  poller = new Poller();
  clock = new Clock(poller);
});
afterEach(() => {
  clock.close();
  poller.close();
  for (const fd of opened.splice(0)) native.close(fd);
});

/** A UDP socket on a free port of the loopback, and its address. */
function udp(): { fd: number; address: Uint8Array } {
  const address = new Uint8Array(16);
  const fd = openSocket([AF_INET, SOCK_DGRAM, 0], "udp", (socket) => {
    expect(native.bind(socket, sockaddrIp(ip("127.0.0.1"), 0))).toBe(0);
    expect(native.getsockname(socket, address)).toBe(16);
  });
  opened.push(fd);
  return { fd, address };
}

const sleep = (span: number): Promise<void> => new Promise((resolve) => void clock.wakeAt(clock.now() + span, resolve));

test("a deadline never fires early, and soon after its time", async () => {
  const late: number[] = [];
  for (const span of [1, 3, 7, 20, 20, 33].map(milliseconds)) {
    const at = clock.now() + span;
    clock.wakeAt(at, () => late.push(clock.now() - at));
  }
  await sleep(milliseconds(40));
  expect(late).toHaveLength(6);
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
  expect(Math.min(...late)).toBeLessThan(milliseconds(30)); // lenient: the machine may be busy
});

test("deadlines fire in the order of their time, equal ones in the order of their setting", async () => {
  const fired: string[] = [];
  const now = clock.now();
  for (const [at, name] of [
    [3, "c"],
    [1, "a"],
    [3, "d"],
    [2, "b"],
  ] as const)
    clock.wakeAt(now + milliseconds(at), () => fired.push(name));
  await sleep(milliseconds(10));
  expect(fired).toEqual(["a", "b", "c", "d"]);
});

test("a cancelled deadline does not fire, not even when it is due already", async () => {
  const fired: string[] = [];
  const at = clock.now() + milliseconds(1);
  clock.wakeAt(at, () => cancel());
  const cancel = clock.wakeAt(at, () => fired.push("cancelled"));
  clock.wakeAt(at, () => fired.push("kept"));
  await sleep(milliseconds(5));
  expect(fired).toEqual(["kept"]);
});

test("a deadline of the past fires, but not from within wakeAt", async () => {
  let fired = 0;
  clock.wakeAt(-5, () => fired++);
  clock.wakeAt(0.5, () => fired++);
  expect(fired).toBe(0);
  await sleep(milliseconds(1));
  expect(fired).toBe(2);
});

test("a wake that sets itself anew for now does not keep the others from their turn", async () => {
  let rounds = 0;
  let over = false;
  const again = (): void => {
    rounds++;
    if (!over) clock.wakeAt(clock.now(), again);
  };
  again();
  await sleep(milliseconds(5));
  over = true;
  expect(rounds).toBeGreaterThan(1);
});

test("a descriptor that is ready calls its handler until it is removed", async () => {
  const { fd, address } = udp();
  const seen: number[] = [];
  poller.add(fd, (events) => {
    seen.push(events);
    if (seen.length === 3) poller.remove(fd);
  });
  native.sendmsg(fd, Uint8Array.of(1), address, NOTHING, 0);
  await sleep(milliseconds(5));
  expect(seen).toEqual([EPOLLIN, EPOLLIN, EPOLLIN]);
});

test("other events can be waited for later", async () => {
  const { fd } = udp();
  const seen: number[] = [];
  poller.add(fd, (events) => {
    seen.push(events);
    poller.remove(fd);
  });
  await sleep(milliseconds(2));
  expect(seen).toEqual([]);
  poller.change(fd, EPOLLIN | EPOLLOUT);
  await sleep(milliseconds(2));
  expect(seen).toEqual([EPOLLOUT]);
});

test("a handler that closes another ready descriptor keeps that one's handler from being called", async () => {
  const [a, b] = [udp(), udp()];
  const called: number[] = [];
  for (const [own, other] of [
    [a, b],
    [b, a],
  ] as const) {
    native.sendmsg(own.fd, Uint8Array.of(1), own.address, NOTHING, 0);
    poller.add(own.fd, () => {
      called.push(own.fd);
      poller.remove(own.fd);
      poller.remove(other.fd);
    });
  }
  await sleep(milliseconds(5));
  expect(called).toHaveLength(1);
});

test("the poller refuses a descriptor that is closed, and forgets nothing by it", () => {
  expect(() => poller.add(9999, () => {})).toThrow("cannot watch descriptor 9999: EBADF (Bad file descriptor)");
  expect(() => poller.change(9999, 0)).toThrow("EBADF");
  poller.remove(9999);
});

test("what a handler throws reaches uncaughtException, and the other handlers go on", () => {
  const program = `
    const native = require(${JSON.stringify(`${process.cwd()}/prebuilds/${process.platform}-${process.arch}/keepalived.node`)});
    process.on("uncaughtException", (error) => console.log("caught", error.message));
    const timers = [native.timerCreate(), native.timerCreate()];
    const poller = native.pollerNew((fd) => {
      native.read(fd, new Uint8Array(8));
      console.log("event", timers.indexOf(fd));
      if (fd === timers[1]) native.pollerClose(poller);
      throw new Error("from handler " + timers.indexOf(fd));
    });
    for (const [i, fd] of timers.entries()) {
      native.timerSet(fd, native.now() + 1000 + 5000 * i);
      native.pollerControl(poller, 1, fd, 1);
    }`;
  const output = execFileSync(process.execPath, ["-e", program], { encoding: "utf8" });
  expect(output.trim().split("\n")).toEqual(["event 0", "caught from handler 0", "event 1", "caught from handler 1"]);
});

test("datagrams go out and come in by batches, with their lengths", () => {
  const { fd, address } = udp();
  const arena = Uint8Array.from({ length: 300 }, (_, i) => i);
  expect(native.sendBatch(fd, arena, 3, 100, address)).toBe(100);
  const received = new ReceiveArena(64, 2);
  expect(received.receive(fd)).toBe(64);
  expect([...received.data(0), ...received.data(63)]).toEqual([0, 1, 189, 190]);
  expect(received.flags(0) & 0x20).toBe(0x20); // MSG_TRUNC: the slot holds two bytes
  expect(received.receive(fd)).toBe(36);
  expect([...received.data(35)]).toEqual([41, 42]);
  expect(received.receive(fd)).toBe(-11);
});

test("a poller may be made, used and closed in a worker, or left open at its end", () => {
  const program = `
    const { Worker, isMainThread } = require("node:worker_threads");
    const native = require(${JSON.stringify(`${process.cwd()}/prebuilds/${process.platform}-${process.arch}/keepalived.node`)});
    const timer = native.timerCreate();
    const poller = native.pollerNew(() => {
      native.read(timer, new Uint8Array(8));
      if (isMainThread) native.pollerClose(poller);
      else process.exit(0);
    });
    native.pollerControl(poller, 1, timer, 1);
    native.timerSet(timer, native.now() + 2000);
    if (isMainThread) for (let i = 0; i < 3; i++) new Worker(process.env.PROGRAM, { eval: true });`;
  const env = { ...process.env, PROGRAM: program };
  expect(execFileSync(process.execPath, ["-e", program], { env, encoding: "utf8" })).toBe("");
});

test("a poller leaves no descriptors behind", async () => {
  await sleep(milliseconds(5)); // those of the tests before close in the next turn of the loop
  const before = anonymousDescriptors();
  for (let i = 0; i < 20; i++) {
    const other = new Poller();
    new Clock(other).close();
    other.close();
  }
  await sleep(milliseconds(5));
  expect(anonymousDescriptors()).toEqual(before);
});

/** The epoll and timer descriptors of this process. */
function anonymousDescriptors(): string[] {
  const links = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return `${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`;
    } catch {
      return ""; // that of readdir itself
    }
  });
  return links.filter((link) => /eventpoll|timerfd/.test(link));
}
