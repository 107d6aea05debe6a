import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { proof } from "../../src/check/mysql.ts";
import type { DialogueStep } from "../../src/wire/dialogue.ts";
import { quoted } from "../../src/wire/dialogue.ts";
import {
  decodeError,
  decodeGreeting,
  decodeSwitch,
  encodeLogin,
  encodePacket,
  takePacket,
} from "../../src/wire/mysql.ts";
import { type MysqlManners, type MysqlVisit, mysqlDialogue } from "../../src/wire/mysql-visit.ts";
import { golden } from "../golden.ts";

const GREETING = golden("mysql-greeting");
const manners = (user: string, password: string, welcome: boolean): MysqlManners => ({
  ...{ user, welcome },
  prove: (plugin, nonce) => proof(plugin, password, nonce),
});
const ANYBODY = manners("keepalived", "", false);
const USER = manners("pw", "secret", true);

/** What is said to these packets, each in a chunk of its own, and what they come to. */
function visited(how: MysqlManners, ...chunks: readonly Uint8Array[]) {
  const { visit, step } = mysqlDialogue(how);
  let last: DialogueStep<MysqlVisit> = { type: "going-on", visit };
  const said: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (last.type === "over") break;
    last = step(last.visit, chunk);
    if (last.say !== undefined) said.push(last.say);
  }
  return { said, end: last.type === "over" ? (last.why ?? "up") : "going on" };
}

function payload(name: string): Uint8Array {
  const taken = takePacket(golden(name));
  if (taken === undefined || taken === "long") throw new Error(`${name} is no packet`);
  return taken.packet.payload;
}

const QUIT = Uint8Array.of(1, 0, 0, 0, 1);
const packet = (sequence: number, ...bytes: number[]): Uint8Array =>
  encodePacket({ sequence, payload: Uint8Array.from(bytes) });

test("MariaDB's greeting has a nonce of 20 bytes and names its plugin", () => {
  expect(decodeGreeting(payload("mysql-greeting"))).toEqual({
    nonce: new TextEncoder().encode(`r)t0/;xk3XC%0\`tGCZ|"`),
    plugin: "mysql_native_password",
  });
});

test("a login that MariaDB has taken, byte for byte: the answer to its nonce", () => {
  const { nonce, plugin } = decodeGreeting(payload("mysql-greeting")) ?? { nonce: new Uint8Array(), plugin: "" };
  const login = encodeLogin({ user: "pw", plugin, proof: proof(plugin, "secret", nonce) ?? new Uint8Array() });
  expect(encodePacket({ sequence: 1, payload: login })).toEqual(golden("mysql-login"));
  expect(visited(USER, GREETING).said).toEqual([golden("mysql-login")]);
});

test("an error is known before and after the server knows what we can", () => {
  const denied = { code: 1045, state: "28000", text: "Access denied for user 'pw'@'localhost' (using password: YES)" };
  expect(decodeError(payload("mysql-denied"))).toEqual(denied);
  expect(decodeError(payload("mysql-too-many"))).toEqual({ code: 1040, state: "", text: "Too many connections" });
});

test("a server may want to know us in another way", () => {
  const nonce = new TextEncoder().encode("oNz:Qi>65HGmoe-N#_75");
  expect(decodeSwitch(payload("mysql-switch"))).toEqual({ plugin: "mysql_native_password", nonce });
  const { said, end } = visited(USER, GREETING, golden("mysql-switch"), golden("mysql-ok"));
  const again = proof("mysql_native_password", "secret", nonce) ?? new Uint8Array();
  expect(said.slice(1)).toEqual([encodePacket({ sequence: 3, payload: again }), QUIT]);
  expect(end).toBe("up");
});

const DENIED = "1045 Access denied for user 'pw'@'localhost' (using password: YES)";
const TOO_MANY = "1040 Too many connections";
const ERROR = (code: number, state: string): Uint8Array =>
  packet(2, 0xff, code & 0xff, code >> 8, ...new TextEncoder().encode(`#${state}no`));

test.each<[string, MysqlManners, readonly Uint8Array[], string]>([
  ["it takes the login", USER, [GREETING, golden("mysql-ok")], "up"],
  ["it takes a login of anybody", ANYBODY, [GREETING, golden("mysql-ok")], "up"],
  ["it refuses anybody", ANYBODY, [GREETING, golden("mysql-denied")], "up"],
  ["it refuses the user", USER, [GREETING, golden("mysql-denied")], DENIED],
  ["it has too many connections at once", ANYBODY, [golden("mysql-too-many")], TOO_MANY],
  ["and later", ANYBODY, [GREETING, ERROR(1040, "08004")], "1040 no"],
  ["it is about to stop", ANYBODY, [GREETING, ERROR(1053, "08S01")], "1053 no"],
  ["it has blocked us", ANYBODY, [packet(0, 0xff, 0x69, 4, 0x48, 0x6f, 0x73, 0x74)], "1129 Host"],
  ["it speaks protocol 9", ANYBODY, [packet(0, 9, 0x33, 0)], "it does not speak MySQL"],
  ["it greets half", ANYBODY, [packet(0, ...GREETING.subarray(4, 60))], "it does not speak MySQL"],
  ["it greets without an end of its version", ANYBODY, [packet(0, 10, 0x35)], "it does not speak MySQL"],
  ["it is an HTTP server", ANYBODY, [new TextEncoder().encode("HTTP/1.1 400 Bad\r\n")], "it does not speak MySQL"],
  ["it answers a login with something else", USER, [GREETING, packet(2, 7)], "it does not speak MySQL"],
  ["it says a number that is cut off", ANYBODY, [packet(0, 0xff, 1)], "it does not speak MySQL"],
  ["half a packet", USER, [GREETING.subarray(0, 40)], "going on"],
])("%s", (_, how, chunks, end) => {
  expect(visited(how, ...chunks).end).toBe(end);
});

test("bytes come as they like", () => {
  const both = concat(GREETING, golden("mysql-ok"));
  expect(visited(USER, ...[...both].map((byte) => Uint8Array.of(byte))).end).toBe("up");
  expect(visited(USER, both).end).toBe("up");
});

test("a farewell is said to whom it let in, and nothing to whom it refused", () => {
  expect(visited(USER, GREETING, golden("mysql-ok")).said.at(-1)).toEqual(QUIT);
  expect(visited(ANYBODY, GREETING, golden("mysql-denied")).said).toHaveLength(1);
});

const SWITCH = (plugin: string): Uint8Array =>
  packet(2, 0xfe, ...new TextEncoder().encode(`${plugin}\0${"n".repeat(20)}\0`));

test("a plugin that is not spoken here is answered with nothing, which the server refuses, and named", () => {
  const { said, end } = visited(USER, GREETING, SWITCH("client_ed25519"), golden("mysql-denied"));
  expect(said[1]).toEqual(encodePacket({ sequence: 3, payload: new Uint8Array() }));
  expect(end).toBe(`${DENIED} (it wants client_ed25519, which is not spoken here)`);
  expect(visited(ANYBODY, GREETING, SWITCH("client_ed25519"), golden("mysql-denied")).end).toBe("up");
});

test("a server of MySQL 8 that remembers the password takes its hash; one that does not gets no password in clear", () => {
  const greeting = concat(GREETING.subarray(0, -22), new TextEncoder().encode("caching_sha2_password\0"));
  const { said, end } = visited(USER, greeting, packet(2, 1, 3), golden("mysql-ok"));
  expect(new TextDecoder("latin1").decode(said[0])).toContain("caching_sha2_password");
  expect([said.length, end]).toEqual([2, "up"]);
  const full = visited(USER, greeting, packet(2, 1, 4), golden("mysql-denied"));
  expect(full.said[1]).toEqual(packet(3));
  expect(full.end).toBe(`${DENIED} (it wants caching_sha2_password without TLS, which is not spoken here)`);
});

test("a server that names no plugin, and one that cuts its name, get the usual proof; no proof is an empty one", () => {
  const usual = visited(USER, golden("mysql-greeting")).said;
  const bare = packet(0, ...GREETING.subarray(4, -22));
  const cut = packet(0, ...GREETING.subarray(4, -1));
  expect([visited(USER, bare).said, visited(USER, cut).said]).toEqual([usual, usual]);
  const login = encodeLogin({ user: "pw", plugin: "mysql_native_password", proof: new Uint8Array() });
  const said = visited({ user: "pw", welcome: true, prove: () => undefined }, GREETING).said;
  expect(said).toEqual([encodePacket({ sequence: 1, payload: login })]);
});

test("no password is proved by nothing, and a password in no way that is not known", () => {
  const nonce = new Uint8Array(20);
  expect(proof("mysql_native_password", "", nonce)).toEqual(new Uint8Array());
  expect(proof("caching_sha2_password", "", nonce)).toEqual(new Uint8Array());
  expect(proof("mysql_clear_password", "secret", nonce)).toBeUndefined();
  expect(proof("caching_sha2_password", "secret", nonce)).toHaveLength(32);
});

test("what a server says fits into a line of the log", () => {
  expect(quoted("a\r\nb\x1b[31m\u0000c  d")).toBe("a b [31m c d");
  expect(quoted("x".repeat(201))).toBe(`${"x".repeat(200)}…`);
});
