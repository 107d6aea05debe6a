import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { Notifier } from "../../src/daemon/notifier.ts";
import type { RunnableServer } from "../../src/daemon/runnable.ts";
import { createLog } from "../../src/observe/log.ts";
import { reading } from "../config/reading.ts";
import { check, PoolBench, real, service } from "../daemon/pool-bench.ts";
import { Relay } from "./relay.ts";
import { until } from "./run.ts";

// Services are told of by real scripts, FIFOs and mails; their servers are on a virtual clock, since there is no IPVS here.

let relay: Relay;
let port: number;
const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-notify-"));
const at = (name: string): string => join(folder, name);
const text = (name: string): string => (existsSync(at(name)) ? readFileSync(at(name), "utf8") : "");

beforeAll(async () => {
  port = await freePort();
  relay = await Relay.here(port);
});
afterAll(() => {
  relay.process.kill();
  rmSync(folder, { recursive: true });
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** A shell script: what `lines` say. */
function script(name: string, lines: string): string {
  writeFileSync(at(name), `#!/bin/sh\n${lines}\n`);
  chmodSync(at(name), 0o755);
  return at(name);
}

const VS = "[10.78.0.1]:tcp:80";
const RS = "[10.88.0.11]:tcp:80";

test("scripts in order though one is slow, lines of both FIFOs, mails as keepalived's; those of the stop too", async () => {
  const copy = script("copy", `exec cat "$1" >>${at("lvs.out")}`);
  const copyAll = script("copy-all", `exec cat "$1" >>${at("all.out")}`);
  const log = (word: string, pause = 0) => ({
    argv: ["/bin/sh", "-c", `sleep ${pause}; echo ${word} >>${at("scripts.out")}`],
    ...{ user: "root", group: undefined },
  });
  const said: string[] = [];
  const notifier = new Notifier(createLog([({ text: line }) => said.push(line)], true));
  const { config } = reading(`global_defs {
    router_id R1
    notification_email {
        ops@example.com
    }
    notification_email_from keepalived@example.com
    smtp_server 127.0.0.1 ${port}
    notify_fifo ${at("all")}
    notify_fifo_script ${copyAll} root
    lvs_notify_fifo ${at("lvs")}
    lvs_notify_fifo_script ${copy} root
}`);
  notifier.configure(config.global);
  const bench = new PoolBench();
  bench.notify = (notification) => notifier.tell("checkers", notification);
  const server: Partial<RunnableServer> = { checkers: [check(11, { retry: 0, warmup: 0 })] };
  const scripts = { notifyUp: log("up"), notifyDown: log("down", 0.3) };
  const quorum = { quorumUp: log("gained"), quorumDown: log("lost", 0.3), smtpAlert: true, omega: true };
  const pool = bench.start(service([real(11, { ...server, ...scripts })], quorum));
  await bench.servers.run(seconds(2));
  expect([statSync(at("lvs")).isFIFO(), statSync(at("all")).isFIFO()]).toEqual([true, true]);
  bench.servers.manners.set(11, "refused");
  await bench.servers.run(seconds(10));
  bench.servers.manners.set(11, "up"); // at once: its script for DOWN still sleeps
  await bench.servers.run(seconds(10));
  await until("both scripts", async () => text("scripts.out").split("\n").length > 5, seconds(20));
  await relay.waitFor(5);
  pool.leave("Shutting down");
  await notifier.close();
  const scriptsRun = text("scripts.out").trimEnd().split("\n");
  expect(scriptsRun.filter((word) => word === "up" || word === "down")).toEqual(["down", "up", "down"]);
  expect(scriptsRun.filter((word) => word === "gained" || word === "lost")).toEqual([
    ...["gained", "lost", "gained", "lost"],
  ]);
  const [up, down] = [`VS ${VS} UP`, `VS ${VS} DOWN`];
  const lines = [up, `RS ${RS} ${VS} DOWN`, down, `RS ${RS} ${VS} UP`, up, `RS ${RS} ${VS} DOWN`, down];
  expect(text("lvs.out")).toBe(`${lines.join("\n")}\n`);
  expect(text("all.out")).toBe(text("lvs.out"));
  expect([existsSync(at("lvs")), existsSync(at("all"))]).toEqual([false, false]);
  const rs = (state: string): string => `[R1] Realserver ${RS} of virtual server ${VS} - ${state}`;
  const vs = (state: string): string => `[R1] Virtualserver ${VS} - ${state}`;
  const mailed = relay.mails.map(({ content }) => content.slice(content.indexOf("\r\n") + 2));
  const mail = (subject: string, body: string): string =>
    `From: keepalived@example.com\r\nSubject: ${subject}\r\nX-Mailer: Keepalived\r\nTo: ops@example.com\r\n\r\n=> ${body} <=\r\n\r\n`;
  expect(mailed).toEqual([
    mail(vs("UP"), "Starting with quorum up 1+0=1 <= 1"),
    mail(vs("DOWN"), "Lost quorum 1+0=1 <= 0"),
    mail(rs("DOWN"), "TCP CHECK failed on service"),
    mail(vs("UP"), "Gained quorum 1+0=1 <= 1"),
    mail(rs("UP"), "TCP CHECK succeed on service"),
    mail(rs("DOWN"), "Shutting down"),
    mail(vs("DOWN"), "Lost quorum 1+0=1 <= 0"),
  ]);
  expect(said.filter((line) => /not|lost|fail/.test(line))).toEqual([]);
});

test("of thousands of mails that no relay takes the lost ones are said once, and counted at the end", async () => {
  const said: string[] = [];
  const notifier = new Notifier(createLog([({ text: line }) => said.push(line)], true));
  const to = "notification_email {\nops@example.com\n}\nnotification_email_from k@example.com";
  const away = await freePort();
  notifier.configure(reading(`global_defs {\n${to}\nsmtp_server 127.0.0.1 ${away}\n}`).config.global);
  for (let i = 0; i < 1500; i++) {
    const alert = { state: undefined, subject: `server ${i}`, body: "" };
    notifier.tell("checkers", {
      ...{ about: `RS ${i}`, scripts: [], line: undefined, alert, repeats: false, final: false },
    });
  }
  notifier.hurry();
  await notifier.close();
  expect(said.filter((line) => line.includes("lost"))).toEqual([
    `SMTP alert \`[${hostname()}] server 1\` is lost: too many are waiting`,
    "499 more SMTP alerts were lost: too many are waiting",
  ]);
});
