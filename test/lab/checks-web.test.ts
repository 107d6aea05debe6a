import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { Authority, type Issued } from "../check/authority.ts";
import { ChecksBench } from "./checks-stand.ts";
import type { Director } from "./daemon.ts";
import type { Lan } from "./lan.ts";
import { PROJECT, until } from "./run.ts";
import { Stand } from "./stand.ts";

/*
 * HTTP_GET and SSL_GET of the real daemon, beside Keepalived's, against servers that behave badly (awkward-web.mjs), and the
 * certificates of s_server. Verdicts are read off the logs.
 */

type Verdict = "up" | "down" | undefined; // undefined: none is given, the check goes on without end
type Theirs = Verdict | "either"; // now one, now the other

/** In the order of awkward-web.mjs: without and with TLS the same with ours. */
const CASES: readonly (readonly [name: string, ours: Verdict, theirs: readonly [plain: Theirs, tls: Theirs]])[] = [
  ["is healthy", "up", ["up", "up"]],
  ["keeps the connection", "up", ["down", "down"]],
  ["has no reason phrase", "up", ["down", "down"]],
  ["speaks HTTP/9.7", "up", ["up", "up"]],
  ["has a body of no byte", "up", ["up", "up"]],
  ["closes its half first", "up", ["up", "up"]],
  ["never answers", "down", ["down", "down"]],
  ["resets", "down", ["down", "down"]],
  ["closes without a byte", "down", ["down", "down"]],
  ["sends a byte now and then", "down", [undefined, "either"]],
  ["has headers without end", "down", ["down", "down"]],
  ["has a body without end", "down", [undefined, "either"]],
  ["redirects far", "down", ["down", "down"]],
];
const FIRST = 9001;
const SERVERS = "192.0.2.12";

const bench = new ChecksBench();
afterAll(() => bench.close());

/** A real server on lb2, checked every second with patience for one. */
function server(port: number, keyword: "HTTP_GET" | "SSL_GET", ...lines: readonly string[]): string {
  const pace = ["connect_timeout 1", "delay_loop 1", "retry 0", "warmup 0"];
  return `real_server ${SERVERS} ${port} {\n${keyword} {\n${[...pace, ...lines].join("\n")}\nurl {\npath /page\nstatus_code 200\n}\n}\n}\n`;
}

const service = (...servers: readonly string[]): string =>
  `virtual_server 192.0.2.100 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\n${servers.join("")}}\n`;

const awkward = CASES.flatMap((_, i) => [server(FIRST + i, "HTTP_GET"), server(FIRST + 100 + i, "SSL_GET")]);

/** The last verdict of a real server. */
function verdict({ log }: Director, port: number): Verdict {
  const about = `[${SERVERS}]:tcp:${port} `;
  const lines = log.entries.map(({ text }) => text).filter((text) => text.includes(about));
  const last = lines.findLast((text) => / succeed on service|_CHECK on service .* failed/.test(text));
  return last === undefined ? undefined : last.includes("succeed") ? "up" : "down";
}

/** Starts a program on lb2; resolves when it has said this line. */
async function start(lan: Lan, argv: readonly string[], ready: string): Promise<void> {
  const child = lan.spawn("lb2", argv);
  if (child.stdout === null) throw new Error("no output");
  const output = createInterface({ input: child.stdout });
  await new Promise<void>((resolve) => output.on("line", (line) => line === ready && resolve()));
}

function store(folder: string, { chain, key }: Issued): void {
  writeFileSync(join(folder, "certificate.pem"), chain);
  writeFileSync(join(folder, "key.pem"), key);
  writeFileSync(join(folder, "page"), "hello\n");
}

test("servers that behave badly, and certificates, are judged by the daemon as they deserve, within seconds", async () => {
  await Stand.with(async ({ lan }) => {
    const root = Authority.root(join(lan.folder, "root"), "Root of the lab");
    const certificates = {
      9201: { issued: root.issue({ name: "www.example", to: 6.5 }), why: undefined },
      9202: {
        issued: root.issue({ name: "www.example", from: -9, to: -3 }),
        why: 'the certificate of "www.example" has expired at',
      },
      9203: {
        issued: root.issue({ name: "shop.example" }),
        why: 'the certificate is for "shop.example", not for "www.example"',
      },
    };
    for (const [port, { issued }] of Object.entries(certificates)) {
      const folder = join(lan.folder, port);
      mkdirSync(folder);
      store(folder, issued);
      const files = `-cert ${folder}/certificate.pem -key ${folder}/key.pem`;
      await start(lan, ["sh", "-c", `cd ${folder} && exec openssl s_server -WWW ${files} -accept ${port}`], "ACCEPT");
    }
    store(lan.folder, root.issue({ name: "www.example" }));
    const program = join(PROJECT, "test/lab/awkward-web.mjs");
    await start(lan, [process.execPath, program, SERVERS, lan.folder, `${FIRST}`], "ready");

    const verify = ["virtualhost www.example", "tls_verify", `tls_ca ${root.file}`, "tls_expiry_warning 7"];
    const verified = Object.keys(certificates).map((port) => server(Number(port), "SSL_GET", ...verify));
    const ours = bench.start(lan, "lb1", service(...awkward, ...verified));
    const theirs = bench.start(lan, "lb2", service(...awkward), "keepalived");
    const found = () => ({
      ours: CASES.map(([name], i) => [name, verdict(ours, FIRST + i), verdict(ours, FIRST + 100 + i)]),
      theirs: CASES.map(([name, , [plain, tls]], i) => [
        ...[name, plain === "either" ? plain : verdict(theirs, FIRST + i)],
        tls === "either" ? tls : verdict(theirs, FIRST + 100 + i),
      ]),
    });
    const expected = {
      ours: CASES.map(([name, verdict]) => [name, verdict, verdict]),
      theirs: CASES.map(([name, , verdicts]) => [name, ...verdicts]),
    };
    await until("verdicts", async () => JSON.stringify(found()) === JSON.stringify(expected), seconds(15)).catch(
      () => {},
    );
    expect(found()).toEqual(expected);

    for (const [port, { why }] of Object.entries(certificates)) {
      expect([port, verdict(ours, Number(port))]).toEqual([port, why === undefined ? "up" : "down"]);
      const said = ours.log.entries.filter(({ text }) => text.includes(`:${port} failed`));
      if (why !== undefined) expect(said[0]?.text).toContain(why);
    }
    const warned = ours.log.entries.filter(({ text }) => text.includes("TLS on service"));
    expect(warned.filter(({ text }) => text.includes(":9201"))).toHaveLength(1);
    const days = (port: number, number: string): RegExp =>
      new RegExp(
        `^keepalived_checker_certificate_days_left\\{.*\\[192\\.0\\.2\\.12\\]:${port}.*\\} ${number}\\d*$`,
        "m",
      );
    const page = (): Promise<string> => lan.run("lb1", ["curl", "-s", "http://127.0.0.1:9650/metrics"]);
    const shown = [days(9201, "6\\.4"), days(9202, "-3\\.0")];
    await until("metrics", async () => page().then((text) => shown.every((line) => line.test(text))), seconds(10));
  });
}, 60_000);
