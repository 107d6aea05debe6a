import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { DbusConnection } from "../../src/daemon/dbus-connection.ts";
import { statusChange } from "../../src/dbus/vrrp.ts";
import { Clock } from "../../src/io/clock.ts";
import { Poller } from "../../src/io/poller.ts";
import type { Log } from "../../src/observe/log.ts";
import { type DbusMessage, encodeMessage } from "../../src/wire/dbus.ts";

const SERVICE = "org.keepalived.Vrrp1";
const ACQUIRED: DbusMessage = {
  ...{ type: "signal", noReply: true, serial: 1, path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus" },
  ...{ member: "NameAcquired", sender: "org.freedesktop.DBus", signature: "s", body: [SERVICE] },
};

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A bus that answers with `answer` to each connection, and one connection to it. */
async function stand(answer: string | Uint8Array, { acquired = (): void => {}, called = (): void => {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-dbus-"));
  const path = join(folder, "bus");
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {}).pause(); // it never reads
    socket.write(answer);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const poller = new Poller();
  const clock = new Clock(poller);
  const said: string[] = [];
  const say = (phrase: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    void said.push(phrase.replace(/\{(\w+)\}/g, (_, name) => String(fields[name])));
  const log: Log = { error: say, warning: say, info: say, detail: say };
  const addresses = [join(folder, "missing"), path];
  const connection = new DbusConnection({ log, clock, poller, service: SERVICE, sockets: addresses, acquired, called });
  closers.push(() => {
    connection.close();
    clock.close();
    poller.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const until = async (line: RegExp): Promise<void> => {
    while (!said.some((one) => line.test(one))) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return { connection, said, until };
}

const WELCOME = Buffer.concat([Buffer.from("OK 0123\r\n"), encodeMessage(ACQUIRED)]);

test("the second address is tried where the first is not there", async () => {
  const { until } = await stand(WELCOME);
  await until(/^Acquired DBus bus org\.keepalived\.Vrrp1$/);
});

test("a bus that does not read is given up before it costs us our memory", async () => {
  const { connection, until } = await stand(WELCOME);
  await until(/^Acquired/);
  const path = `/${"x".repeat(60_000)}`;
  for (let i = 0; i < 40; i++) connection.post(statusChange(path, "MASTER"));
  await until(/^No DBus: it does not read; /);
});

test("a refusal is said once, however often it is tried", async () => {
  const { said, until } = await stand("REJECTED EXTERNAL\r\n");
  await until(/^No DBus: it refuses us: REJECTED EXTERNAL; /);
  await new Promise((resolve) => setTimeout(resolve, 1300)); // the second try comes after a second
  expect(said).toHaveLength(1);
});

test("a mistake of ours in an answer ends the connection, not the process", async () => {
  const { until } = await stand(WELCOME, {
    acquired: () => {
      throw new TypeError("a bug");
    },
  });
  await until(/^No DBus: TypeError: a bug/);
});
