import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds } from "../../src/base/time.ts";
import { down, type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { smtpCheck } from "../../src/check/smtp.ts";
import { descriptors, Loopback, never } from "./loopback.ts";

let loopback: Loopback;

beforeEach(() => {
  loopback = new Loopback();
});
afterEach(() => loopback.close());

const QUICK = milliseconds(80);
const PATIENT = milliseconds(2000);
const GOOD = ["220 mx ESMTP\r\n", "250 mx\r\n", "221 bye\r\n"];

/** A server that greets, and answers each line with the next of `replies`; after the last it closes, or stays. */
function speaks(replies: readonly string[], last: "closes" | "stays" = "closes"): (socket: Socket) => void {
  return (socket) => {
    const rest = [...replies];
    const say = (): void => {
      const reply = rest.shift();
      if (reply !== undefined) socket.write(reply, "latin1");
      if (rest.length === 0 && last === "closes") socket.end();
    };
    let heard = "";
    socket.on("data", (bytes: Buffer) => {
      heard += String(bytes);
      for (; heard.includes("\n"); heard = heard.slice(heard.indexOf("\n") + 1)) say();
    });
    socket.on("end", () => socket.end());
    say();
  };
}

async function checked(serve: (socket: Socket) => void, connectTimeout = PATIENT): Promise<[Verdict, Target]> {
  const target = await loopback.listen(serve);
  return [await smtpCheck({ ...target, connectTimeout, heloName: "lb" }, loopback.io, never()), target];
}

/** Why a server failed, without its name. */
async function failure(serve: (socket: Socket) => void, connectTimeout = QUICK): Promise<string> {
  const [verdict, { port }] = await checked(serve, connectTimeout);
  expect(verdict).toMatchObject({ up: false, local: false });
  const { why } = { why: "up", ...verdict };
  expect(why.endsWith(` server [127.0.0.1]:${port}`)).toBe(true);
  return why.slice(0, why.indexOf(" server "));
}

describe("a server is up that", () => {
  test.each([
    ["greets, takes HELO and QUIT", GOOD],
    ["greets in several lines (2.2.7: Bad greeting banner)", ["220-mx\r\n220-rules\r\n220 go\r\n", ...GOOD.slice(1)]],
    ["greets without text (2.2.7: Bad greeting banner)", ["220\r\n", ...GOOD.slice(1)]],
    ["answers HELO in several lines", ["220 mx\r\n", "250-mx\r\n250 SIZE\r\n", "221 bye\r\n"]],
    ["does not know QUIT", ["220 mx\r\n", "250 mx\r\n", "500 what\r\n"]],
    ["ends lines as it likes", ["220 mx\n", "250 mx\n", "221\n"]],
  ])("%s", async (_, replies) => {
    expect((await checked(speaks(replies)))[0]).toEqual(UP);
  });

  test("sends a byte at a time, each reply within connect_timeout", async () => {
    const slow = (socket: Socket): void => {
      speaks([], "stays")(socket);
      const bytes = [...GOOD.join("")];
      const timer = setInterval(() => socket.write(bytes.shift() ?? ""), 2);
      socket.on("close", () => clearInterval(timer));
    };
    expect((await checked(slow))[0]).toEqual(UP);
  });
});

describe("a server is down that", () => {
  test.each([
    ["refuses to serve", ["554 no\r\n"], "Bad greeting banner from"],
    ["is too busy", ["220-mx\r\n421 busy\r\n"], "Bad greeting banner from"],
    ["speaks something else", ["SSH-2.0-OpenSSH_9.2\r\n"], "Bad greeting banner from"],
    ["does not like our name", ["220 mx\r\n", "501 who\r\n"], "Bad HELO response from"],
    ["closes at once", [""], "Read failure from"],
    ["closes after its greeting", ["220 mx\r\n", ""], "Read failure from"],
    ["closes without a word at QUIT", ["220 mx\r\n", "250 mx\r\n", ""], "Read failure from"],
    ["greets without end", [`220${"-x".repeat(10_000)}`], "Bad greeting banner from"],
  ])("%s", async (_, replies, why) => {
    expect(await failure(speaks(replies), PATIENT)).toBe(why);
  });

  test.each([
    ["accepts and never greets", []],
    ["never answers HELO", ["220 mx\r\n"]],
    ["never answers QUIT", ["220 mx\r\n", "250 mx\r\n"]],
    ["greets half", ["220 m"]],
  ])("%s", async (_, replies) => {
    expect(await failure(speaks(replies, "stays"))).toBe("Read timeout from");
  });

  test("resets", async () => {
    expect(await failure((socket) => void setTimeout(() => socket.resetAndDestroy(), 10))).toBe("Read failure from");
  });

  test("trickles: bytes do not make a step longer, so that the whole takes four connect_timeouts at most", async () => {
    const began = loopback.io.now();
    const why = await failure((socket) => {
      socket.write("220-");
      const timer = setInterval(() => socket.write("x"), 10);
      socket.on("close", () => clearInterval(timer));
    });
    expect(why).toBe("Read timeout from");
    expect(loopback.io.now() - began).toBeLessThan(4 * QUICK);
  });

  test("refuses the connection", async () => {
    const target = await loopback.closedPort();
    const check = { ...target, connectTimeout: PATIENT, heloName: "lb" };
    const why = `Could not connect to server [127.0.0.1]:${target.port}`;
    expect(await smtpCheck(check, loopback.io, never())).toEqual(down(why));
  });

  test("does not answer the connection", async () => {
    const silent: typeof loopback.io = {
      ...loopback.io,
      connect: async (_, deadline) => {
        await new Promise<void>((resolve) => loopback.io.wakeAt(deadline, resolve));
        return { ok: false, why: "connect: ETIMEDOUT", local: false };
      },
    };
    const check = { ...(await loopback.closedPort()), port: 25, connectTimeout: QUICK, heloName: "lb" };
    expect(await smtpCheck(check, silent, never())).toEqual(down("Connection timeout to server [127.0.0.1]:25"));
  });
});

test("trouble of our own says nothing of the server", async () => {
  const check = { ...(await loopback.closedPort()), bindAddress: ip("192.0.2.1"), connectTimeout: QUICK, heloName: "" };
  expect(await smtpCheck(check, loopback.io, never())).toMatchObject({ up: false, local: true });
});

test("it says what RFC 5321 says, and its own name", async () => {
  let heard = "";
  const [verdict] = await checked((socket) => {
    socket.on("data", (bytes: Buffer) => {
      heard += String(bytes);
    });
    speaks(GOOD)(socket);
  });
  expect([verdict, heard]).toEqual([UP, "HELO lb\r\nQUIT\r\n"]);
});

test("a check that is stopped leaves no connection, and none leaves a descriptor", async () => {
  const target = await loopback.listen(speaks([], "stays"));
  const check = { ...target, connectTimeout: PATIENT, heloName: "lb" };
  const good = await loopback.listen(speaks(GOOD));
  const before = descriptors();
  for (let i = 0; i < 50; i++) await smtpCheck({ ...check, port: good.port }, loopback.io, never());
  const stop = new AbortController();
  const verdict = smtpCheck(check, loopback.io, stop.signal);
  await sleep(20);
  stop.abort();
  expect(await verdict).toMatchObject({ up: false });
  for (let i = 0; i < 200 && loopback.connections > 0; i++) await sleep(5);
  expect(loopback.connections).toBe(0);
  expect(descriptors()).toBeLessThanOrEqual(before);
});
