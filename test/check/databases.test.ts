import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds } from "../../src/base/time.ts";
import { UP, type Verdict } from "../../src/check/checker.ts";
import { mysqlCheck } from "../../src/check/mysql.ts";
import { pgsqlCheck } from "../../src/check/pgsql.ts";
import { redisCheck } from "../../src/check/redis.ts";
import { golden } from "../golden.ts";
import { descriptors, Loopback, never } from "./loopback.ts";

let loopback: Loopback;
let folder: string;

beforeEach(() => {
  loopback = new Loopback();
  folder = mkdtempSync(join(tmpdir(), "databases-"));
});
afterEach(() => {
  loopback.close();
  rmSync(folder, { recursive: true });
});

const QUICK = milliseconds(80);
const PATIENT = milliseconds(5000);
const NOBODY = { username: undefined, password: undefined, passwordFile: undefined };

type Serve = (socket: Socket) => void;

async function redis(serve: Serve, connectTimeout = PATIENT, login: object = {}): Promise<Verdict> {
  const target = await loopback.listen(serve);
  const check = { ...target, connectTimeout, ...NOBODY, ...login, allowNoauth: false };
  return await redisCheck(check, loopback.io, never());
}

async function failure(serve: Serve, connectTimeout = PATIENT): Promise<string> {
  const verdict = await redis(serve, connectTimeout);
  expect(verdict).toMatchObject({ up: false, local: false });
  return { why: "up", ...verdict }.why;
}

/** Answers whatever comes with this, and hears it. */
function answers(text: string, heard: string[] = []): Serve {
  return (socket) =>
    socket.on("data", (bytes) => {
      heard.push(String(bytes));
      socket.write(text);
    });
}

test("a server is up that answers, and the connection is closed", async () => {
  let closed = 0;
  const serve: Serve = (socket) => {
    answers("+PONG\r\n")(socket);
    socket.on("end", () => {
      closed++;
      socket.end();
    });
  };
  const before = descriptors();
  expect(await redis(serve)).toEqual(UP);
  await expect.poll(() => closed).toBe(1);
  expect(descriptors()).toBeLessThanOrEqual(before + 2); // the server's own: its listener, and a connection that closes
});

describe("a server is down that", () => {
  test.each<[string, Serve, string]>([
    ["accepts and never answers", () => {}, "it does not answer"],
    ["says half of it", answers("+PO"), "its answer does not end"],
  ])("%s", async (_, serve, why) => {
    expect(await failure(serve, QUICK)).toBe(why);
  });

  test.each<[string, Serve, string]>([
    ["closes at once", (socket) => void socket.end(), "it closes the connection without a word"],
    ["closes in the middle", (socket) => void socket.end("+PO"), "it closes the connection early"],
    [
      "resets",
      (socket) => void setTimeout(() => socket.resetAndDestroy(), 20),
      "cannot read: ECONNRESET (Connection reset by peer)",
    ],
    [
      "refuses before it is asked",
      (socket) => void socket.end("-ERR max number of clients reached\r\n"),
      "ERR max number of clients reached",
    ],
    ["answers without end", (socket) => void socket.write("+".repeat(100_000)), "its answer does not end"],
  ])("%s", async (_, serve, why) => {
    expect(await failure(serve)).toBe(why);
  });

  test("trickles: all of it has connect_timeout once", async () => {
    const began = loopback.io.now();
    const why = await failure((socket) => {
      const timer = setInterval(() => socket.write("+"), 10);
      socket.on("close", () => clearInterval(timer));
    }, QUICK);
    expect(why).toBe("its answer does not end");
    expect(loopback.io.now() - began).toBeLessThan(4 * QUICK);
  });

  test("refuses the connection", async () => {
    const check = { ...(await loopback.closedPort()), connectTimeout: PATIENT, ...NOBODY, allowNoauth: false };
    const why = "connect: ECONNREFUSED (Connection refused)";
    expect(await redisCheck(check, loopback.io, never())).toEqual({ up: false, why, local: false });
  });
});

test("a check that is stopped ends at once", async () => {
  const target = await loopback.listen(() => {});
  const stop = new AbortController();
  const check = { ...target, connectTimeout: PATIENT, ...NOBODY, allowNoauth: false };
  const verdict = redisCheck(check, loopback.io, stop.signal);
  loopback.io.wakeAt(loopback.io.now() + milliseconds(30), () => stop.abort());
  expect(await verdict).toMatchObject({ up: false, why: "stopped" });
});

test("trouble of our own says nothing of the server", async () => {
  const check = { ...(await loopback.closedPort()), bindAddress: ip("192.0.2.1"), connectTimeout: QUICK };
  const verdict = await pgsqlCheck({ ...check, username: "a", database: undefined }, loopback.io, never());
  expect(verdict).toMatchObject({ up: false, local: true });
});

describe("a password of a file", () => {
  const AUTH = "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n*1\r\n$4\r\nPING\r\n";

  test.each([
    ["a line", "secret\n"],
    ["a line of Windows", "secret\r\nand more\r\n"],
    ["no end of line", "secret"],
  ])("is its first line: %s", async (_, text) => {
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, text);
    const heard: string[] = [];
    const verdict = await redis(answers("+OK\r\n+PONG\r\n", heard), PATIENT, { passwordFile, password: "other" });
    expect([verdict, heard]).toEqual([UP, [AUTH]]);
  });

  test("is read at each check", async () => {
    const passwordFile = join(folder, "password");
    const heard: string[] = [];
    for (const text of ["one", "two"]) {
      writeFileSync(passwordFile, text);
      await redis(answers("+OK\r\n+PONG\r\n", heard), PATIENT, { passwordFile });
    }
    expect(heard.map((each) => /one|two/.exec(each)?.[0])).toEqual(["one", "two"]);
  });

  test("that cannot be read is trouble of our own, and nobody waits for a pipe", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    writeFileSync(join(folder, "empty"), "\nsecret\n");
    const whys: string[] = [];
    for (const passwordFile of [join(folder, "none"), folder, pipe, join(folder, "empty")]) {
      const verdict = await redis(() => {}, PATIENT, { passwordFile });
      expect(verdict).toMatchObject({ up: false, local: true });
      whys.push({ why: "up", ...verdict }.why.replaceAll(folder, "DIR"));
    }
    expect(whys).toEqual([
      "password_file: ENOENT: no such file or directory, open 'DIR/none'",
      "password_file: DIR is no file",
      "password_file: DIR/pipe is no file",
      "password_file: the first line of DIR/empty is empty",
    ]);
  });
});

test("MySQL: the server speaks first, hears a login and, let in, a farewell", async () => {
  const heard: Buffer[] = [];
  const target = await loopback.listen((socket) => {
    socket.write(golden("mysql-greeting"));
    socket.on("data", (bytes: Buffer) => {
      heard.push(bytes);
      if (heard.length === 1) socket.write(golden("mysql-ok"));
    });
  });
  const login = { username: "pw", password: "secret", passwordFile: undefined };
  expect(await mysqlCheck({ ...target, connectTimeout: PATIENT, ...login }, loopback.io, never())).toEqual(UP);
  await expect.poll(() => Buffer.concat(heard).length).toBe(golden("mysql-login").length + 5);
  expect(Uint8Array.from(heard[0] ?? [])).toEqual(golden("mysql-login"));
});

test("PostgreSQL: a server that wants a password is up, and hears nothing more", async () => {
  const heard: Buffer[] = [];
  const target = await loopback.listen((socket) => {
    socket.on("data", (bytes: Buffer) => {
      heard.push(bytes);
      socket.write(golden("pgsql-scram"));
    });
  });
  const check = { ...target, connectTimeout: PATIENT, username: "keepalived", database: undefined };
  expect(await pgsqlCheck(check, loopback.io, never())).toEqual(UP);
  expect(heard).toHaveLength(1);
});
