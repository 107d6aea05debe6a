import fc from "fast-check";
import { expect, test } from "vitest";
import { native } from "../../src/io/native.ts";

/** The addon as JavaScript sees it: anything may be passed. */
const calls = native as unknown as Record<string, (...values: readonly unknown[]) => unknown>;

/** For native.spawn: no other groups, and all processors. */
const SAME = [new Int32Array(0), new Uint8Array(0)] as const;

/** The functions that are harmless whatever integers they get: all others get no integers at all. */
const SAFE_WITH_INTEGERS = new Set([
  "bind",
  "connect",
  "getsockname",
  "sendmsg",
  "read",
  "write",
  "timerSet",
  "getsockopt",
]);
const NO_ARGUMENTS = new Set([
  "inotifyInit",
  "mallocTrim",
  "mlockall",
  "munlockall",
  "now",
  "patternOpen",
  "timerCreate",
  "wallClock",
]);
const ANY_NUMBER_OR_STRING = new Set(["ifNametoindex", "mlock"]);

test("the addon offers exactly the functions that native.ts declares", () => {
  expect(Object.keys(native).sort()).toMatchInlineSnapshot(`
    [
      "attachFilter",
      "bind",
      "catchSignal",
      "close",
      "connect",
      "exec",
      "flock",
      "getsockname",
      "getsockopt",
      "ifNametoindex",
      "ignoreSignal",
      "inotifyAdd",
      "inotifyInit",
      "inotifyRemove",
      "interfaceIoctl",
      "kill",
      "mallocTrim",
      "mkfifo",
      "mlock",
      "mlockall",
      "munlockall",
      "now",
      "patternCompile",
      "patternMatch",
      "patternMessage",
      "patternOpen",
      "pidfdOpen",
      "pollerClose",
      "pollerControl",
      "pollerNew",
      "prctl",
      "read",
      "recvBatch",
      "schedSetaffinity",
      "schedSetscheduler",
      "sendBatch",
      "sendmsg",
      "setPriority",
      "setns",
      "setrlimit",
      "setsockopt",
      "socket",
      "spawn",
      "timerCreate",
      "timerSet",
      "waitpid",
      "wallClock",
      "write",
    ]
  `);
});

test("missing arguments throw a TypeError", () => {
  for (const [name, call] of Object.entries(calls)) {
    if (!NO_ARGUMENTS.has(name)) expect(() => call(), name).toThrow(TypeError);
  }
});

test("arguments of a wrong type throw a TypeError, whatever they are", () => {
  const wrong = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.double({ noInteger: true }),
    fc.constantFrom(null, undefined, Number.NaN, 2 ** 31, -(2 ** 31) - 1, 1n, Symbol("s"), new Map()),
    fc.object(),
    fc.constantFrom(new Float64Array(4), new Uint16Array(4), new DataView(new ArrayBuffer(8)), new ArrayBuffer(8)),
  );
  for (const [name, call] of Object.entries(calls)) {
    if (NO_ARGUMENTS.has(name) || ANY_NUMBER_OR_STRING.has(name)) continue;
    fc.assert(
      fc.property(fc.array(wrong, { minLength: 6, maxLength: 6 }), (values) => {
        expect(() => call(...values), name).toThrow(TypeError);
      }),
      { numRuns: 50 },
    );
  }
});

test("a wrong argument behind good ones throws a TypeError that says which", () => {
  for (const name of SAFE_WITH_INTEGERS) expect(() => calls[name]?.(-1, "text"), name).toThrow(/argument 2 must be/);
  expect(() => calls["setsockopt"]?.(-1, 1, 1, "text")).toThrow("argument 4 must be a Uint8Array");
  for (const range of [
    [-1, 0],
    [0, -1],
    [Number.NaN, 0],
    [0, Number.POSITIVE_INFINITY],
    ["", 0],
  ])
    expect(() => calls["mlock"]?.(...range)).toThrow(TypeError);
  expect(() => calls["setrlimit"]?.(99, -1, 0)).toThrow("a limit must not be negative");
  expect(() => calls["setrlimit"]?.(99, Number.NaN, 0)).toThrow("a limit must not be negative");
});

test("a bad descriptor is EBADF", () => {
  const bytes = new Uint8Array(16);
  for (const result of [native.close(-1), native.read(-1, bytes), native.write(9999, bytes), native.bind(-1, bytes)])
    expect(result).toBe(-9);
});

test("sizes beyond the memory that was given throw a TypeError", () => {
  const arena = new Uint8Array(1000);
  const lengths = new Int32Array(4);
  for (const [size, count] of [
    [1001, 1],
    [1, 1001],
    [0, 1],
    [-1, -1],
    [2 ** 30, 2 ** 30],
  ] as const)
    expect(() => native.sendBatch(-1, arena, size, count, arena)).toThrow(TypeError);
  for (const [slots, size] of [
    [0, 500],
    [65, 500],
    [1, 384],
    [1, 1001],
    [2, 500],
    [2, -500],
  ] as const)
    expect(() => native.recvBatch(-1, arena, slots, size, lengths)).toThrow(TypeError);
  expect(native.recvBatch(-1, arena, 1, 1000, lengths)).toBe(-9);
  expect(() => native.timerSet(-1, -1)).toThrow(TypeError);
  expect(() => native.timerSet(-1, Number.NaN)).toThrow(TypeError);
});

test("strings for the kernel must not contain NUL", () => {
  expect(() => native.spawn(["/bin/tr\0ue"], [], -1, -1, ...SAME)).toThrow(TypeError);
  expect(() => native.spawn(["/bin/true"], ["A=\0"], -1, -1, ...SAME)).toThrow(TypeError);
  expect(() => native.spawn([], [], -1, -1, ...SAME)).toThrow("argv must not be empty");
  for (const path of ["/tmp", "/t\0mp\0", ""])
    expect(() => native.inotifyAdd(-1, new TextEncoder().encode(path), 8)).toThrow(TypeError);
  expect(() => native.ifNametoindex("l\0o")).toThrow(TypeError);
  expect(native.ifNametoindex("lo")).toBe(1);
  expect(native.ifNametoindex("no-such-name-0")).toBe(-19);
});

test("what is no poller is refused, a closed one is EBADF", () => {
  for (const thing of [{}, [], () => {}, Object.create(null), new Proxy({}, {})])
    expect(() => native.pollerControl(thing, 1, 0, 1)).toThrow("argument 1 must be a poller");
  const poller = native.pollerNew(() => {});
  native.pollerClose(poller);
  native.pollerClose(poller);
  expect(native.pollerControl(poller, 1, 0, 1)).toBe(-9);
});

test("a detached buffer is empty, not freed memory", () => {
  const bytes = new Uint8Array(64);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  expect(native.write(-1, bytes)).toBe(-9);
  expect(() => native.recvBatch(-1, bytes, 1, 400, new Int32Array(4))).toThrow(TypeError);
});
