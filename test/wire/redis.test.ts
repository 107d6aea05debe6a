import { expect, test } from "vitest";
import { fromByteString, toByteString } from "../../src/base/bytes.ts";
import type { DialogueStep } from "../../src/wire/dialogue.ts";
import { encodeCommand, type RedisManners, redisDialogue } from "../../src/wire/redis.ts";
import { golden } from "../golden.ts";

const ALONE: RedisManners = { login: undefined, allowNoauth: false };
const LOGIN: RedisManners = { login: { user: "check", password: "secret" }, allowNoauth: false };

/** What these answers, each a packet, come to. */
function visited(manners: RedisManners, ...answers: readonly string[]): DialogueStep<unknown> {
  const { visit, step } = redisDialogue(manners);
  let last: DialogueStep<typeof visit> = { type: "going-on", visit };
  for (const answer of answers) {
    if (last.type === "over") break;
    last = step(last.visit, fromByteString(answer));
  }
  return last;
}

const UP = { type: "over", why: undefined, say: undefined };

test.each([
  ["redis-ping", ["PING"]],
  ["redis-auth", ["AUTH", "check", "secret"]],
  ["redis-auth-default", ["AUTH", "secret"]],
])("redis-cli's own bytes: %s", (name, words) => {
  expect(encodeCommand(...words)).toEqual(golden(name));
});

test("a word is as long as its bytes", () => {
  expect(toByteString(encodeCommand("ü"))).toBe("*1\r\n$2\r\n\xc3\xbc\r\n");
});

test("it asks at once, after AUTH where there is a login", () => {
  expect(redisDialogue(ALONE).say).toEqual(encodeCommand("PING"));
  const asked = [...encodeCommand("AUTH", "check", "secret"), ...encodeCommand("PING")];
  expect([...(redisDialogue(LOGIN).say ?? [])]).toEqual(asked);
});

test.each<[RedisManners, readonly string[]]>([
  [ALONE, ["+PONG\r\n"]],
  [ALONE, ["+", "PONG", "\r", "\n"]],
  [LOGIN, ["+OK\r\n+PONG\r\n"]],
  [LOGIN, ["+OK\r\n", "+PONG\r\n"]],
  [{ ...ALONE, login: { user: undefined, password: "secret" } }, ["+OK\r\n", "+PONG\r\n"]],
  [LOGIN, ["+OK\r", "\n+PON", "G\r\n"]],
  [{ ...ALONE, allowNoauth: true }, ["-NOAUTH Authentication required.\r\n"]],
])("up: %j hears %j", (manners, answers) => {
  expect(visited(manners, ...answers)).toEqual(UP);
});

const NOAUTH = "NOAUTH Authentication required.";

test.each<[RedisManners, readonly string[], string]>([
  [ALONE, [`-${NOAUTH}\r\n`], NOAUTH],
  [ALONE, ["-LOADING Redis is loading the dataset in memory\r\n"], "LOADING Redis is loading the dataset in memory"],
  [ALONE, ["-MASTERDOWN Link with MASTER is down\r\n"], "MASTERDOWN Link with MASTER is down"],
  [ALONE, ["-ERR max number of clients reached\r\n"], "ERR max number of clients reached"],
  [{ ...ALONE, allowNoauth: true }, ["-LOADING x\r\n"], "LOADING x"],
  [{ ...ALONE, allowNoauth: true }, ["-NOAUTHOR x\r\n"], "NOAUTHOR x"],
  [LOGIN, ["-WRONGPASS invalid\r\n-NOAUTH x\r\n"], "WRONGPASS invalid"],
  [{ ...LOGIN, allowNoauth: true }, ["-NOAUTH x\r\n"], "NOAUTH x"],
  [LOGIN, ["+PONG\r\n"], "it answers AUTH with `+PONG`"],
  [ALONE, ["HTTP/1.1 400 Bad Request\r\n\r\n"], "it answers PING with `HTTP/1.1 400 Bad Request`"],
  [ALONE, [":1\r\n"], "it answers PING with `:1`"],
  [ALONE, ["\r\n"], "it answers PING with ``"],
  [ALONE, ["-\r\n"], "it refuses without a word"],
  [ALONE, ["-\x1b[2J\x07a\u0085b\r\n"], "[2J a b"],
  [ALONE, [`-${"x".repeat(300)}\r\n`], `${"x".repeat(200)}…`],
  [ALONE, ["+".repeat(10_000), "+".repeat(10_000)], "its answer does not end"],
])("down: %j hears %j", (manners, answers, why) => {
  expect(visited(manners, ...answers)).toEqual({ type: "over", why });
});

test("half an answer is none", () => {
  expect(visited(ALONE, "+PONG\n").type).toBe("going-on");
  expect(visited(LOGIN, "+OK\r\n").type).toBe("going-on");
});
