import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { hmacSha256 } from "../../src/io/keyed-hash.ts";
import { type HmacParameters, type HmacState, sign, UNSIGNED, verify } from "../../src/vrrp/hmac.ts";
import { decodeHmacTrailer, HMAC_TRAILER } from "../../src/wire/hmac-trailer.ts";
import { fromHex } from "../golden.ts";

const NOW = seconds(1_700_000_000.5);
const FROM = ip("192.0.2.1");
const MESSAGE = fromHex("31 33 64 01 00 64 75 93 0a 09 00 64");
const KEY = new Uint8Array(32).fill(7);
const OTHER = new Uint8Array(32).fill(8);
const PARAMETERS: HmacParameters = {
  keys: new Map([
    [1, KEY],
    [2, OTHER],
  ]),
  activeKey: 1,
  window: seconds(5),
  checksClock: true,
  acceptsBare: false,
  sends: true,
  neighbours: 4,
};

function signed(wallClock = NOW, state = UNSIGNED, parameters = PARAMETERS) {
  const made = sign(parameters, state, { from: FROM, message: MESSAGE, wallClock }, hmacSha256);
  if (made === undefined) throw new Error("not signed");
  return made;
}

function verified(
  trailer: Uint8Array,
  { parameters = PARAMETERS, state = UNSIGNED, from = FROM, message = MESSAGE, wallClock = NOW } = {},
): ReturnType<typeof verify> {
  return verify(parameters, state, { from, message, trailer, wallClock }, hmacSha256);
}

test("what one router signs another believes, once", () => {
  const { trailer } = signed();
  expect(trailer).toHaveLength(HMAC_TRAILER);
  const first = verified(trailer);
  expect(first.problem).toBeUndefined();
  expect(verified(trailer, { state: first.state }).problem).toBe("replay");
  const next = signed(NOW, signed().state).trailer;
  expect(verified(next, { state: first.state }).problem).toBeUndefined();
});

test("the number is the clock in parts of 1/65536 s, and then a counter", () => {
  const { trailer, state } = signed();
  expect(decodeHmacTrailer(trailer)).toMatchObject({
    value: { key: 1, sequence: (1_700_000_000n << 32n) | (0x8000n << 16n) },
  });
  expect(decodeHmacTrailer(signed(NOW, state).trailer)).toMatchObject({ value: { sequence: BigInt(state.sent) + 1n } });
  expect(BigInt(signed(NOW - seconds(60), state).state.sent)).toBe(BigInt(state.sent) + 1n); // the clock went back
});

test.each<[string, Parameters<typeof verified>[1]]>([
  ["another source", { from: ip("192.0.2.9") }],
  ["another message", { message: MESSAGE.with(2, 200) }],
  ["another key of that number", { parameters: { ...PARAMETERS, keys: new Map([[1, OTHER]]) } }],
])("%s makes the HMAC invalid", (_, changed) => {
  expect(verified(signed().trailer, changed).problem).toBe("invalid-hmac");
});

test("the checksum is not signed: each unicast peer gets another", () => {
  expect(verified(signed().trailer, { message: MESSAGE.with(6, 0) }).problem).toBeUndefined();
});

test("each byte of the trailer counts", () => {
  const { trailer } = signed();
  for (let i = 0; i < trailer.length; i++)
    expect(verified(trailer.with(i, (trailer[i] ?? 0) ^ 1)).problem, `byte ${i}`).toBeDefined();
});

test("an advert with a clock outside the window is stale, both ways; monotonic does not look at it", () => {
  for (const late of [seconds(5.01), seconds(-5.01)])
    expect(verified(signed().trailer, { wallClock: NOW + late }).problem).toBe("stale");
  for (const late of [seconds(4.99), seconds(-4.99)])
    expect(verified(signed().trailer, { wallClock: NOW + late }).problem).toBeUndefined();
  const parameters = { ...PARAMETERS, checksClock: false };
  expect(verified(signed().trailer, { parameters, wallClock: NOW + seconds(1e6) }).problem).toBeUndefined();
});

test("a bare advert is refused, unless the mode accepts it", () => {
  const bare = new Uint8Array(0);
  expect(verified(bare).problem).toBe("missing");
  expect(verified(bare, { parameters: { ...PARAMETERS, acceptsBare: true } }).problem).toBeUndefined();
});

test("what is no trailer is malformed, a key that nobody has unknown", () => {
  expect(verified(signed().trailer.subarray(1)).problem).toBe("malformed");
  expect(verified(concat(signed().trailer, Uint8Array.of(0))).problem).toBe("malformed");
  expect(verified(signed().trailer.with(0, 2)).problem).toBe("malformed");
  expect(verified(signed().trailer.with(1, 3)).problem).toBe("unknown-key");
});

test("without an active key, or in a mode that only receives, nothing is signed", () => {
  const message = { from: FROM, message: MESSAGE, wallClock: NOW };
  expect(sign({ ...PARAMETERS, activeKey: undefined }, UNSIGNED, message, hmacSha256)).toBeUndefined();
  expect(sign({ ...PARAMETERS, sends: false }, UNSIGNED, message, hmacSha256)).toBeUndefined();
});

test("what is refused is forgotten, and of many neighbours the one that was silent longest", () => {
  const state: HmacState = { sent: "0", heard: [] };
  expect(verified(signed().trailer, { from: ip("192.0.2.9"), state }).state).toBe(state);
  let known = state;
  for (const host of [1, 2, 3, 4, 5]) {
    const from = ip(`192.0.2.${host}`);
    const made = sign(PARAMETERS, UNSIGNED, { from, message: MESSAGE, wallClock: NOW }, hmacSha256);
    known = verified(made?.trailer ?? MESSAGE, { from, state: known }).state;
  }
  expect(known.heard.map(({ from }) => from)).toEqual(["192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"]);
});

test("numbers go on behind the last of 64 bits", () => {
  const last = 2n ** 64n - 1n;
  const { state } = signed(0, { sent: String(last), heard: [] });
  expect(state.sent).toBe("0");
  const heard = [{ from: FROM, sequence: String(last) }];
  const parameters = { ...PARAMETERS, checksClock: false };
  const { trailer } = signed(0, { sent: "0", heard: [] }, parameters);
  expect(verified(trailer, { parameters, state: { sent: "0", heard } }).problem).toBeUndefined();
});
