import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Micros } from "../../src/base/time.ts";
import { CheckersDaemon } from "../../src/daemon/checkers-daemon.ts";
import { createLog } from "../../src/observe/log.ts";
import type { CheckersReport } from "../../src/observe/report.ts";
import { Authority, type Issued } from "../check/authority.ts";
import { Loopback } from "../check/loopback.ts";
import { reading } from "../config/reading.ts";

vi.mock("../../src/daemon/ipvs-table.ts", () => import("./fake-ipvs-table.ts"));

const loopback = new Loopback();
let folder: string;
let root: Authority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "certificates-"));
  root = Authority.root(folder, "Root of the tests");
});
afterAll(() => {
  loopback.close();
  rmSync(folder, { recursive: true });
});

/** The port of a TLS server that answers every request. */
async function serve({ chain, key }: Issued): Promise<number> {
  const server = createServer({ key, cert: chain }, (socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\n"));
  });
  server.on("tlsClientError", () => {});
  return (await loopback.adopt(server)).port;
}

function service(port: number, ...lines: readonly string[]): string {
  const pace = ["delay_loop 0.05", "warmup 0", "delay_before_retry 0.05", "retry 1"];
  const check = ["SSL_GET {", "virtualhost www.example", "tls_verify", `tls_ca ${root.file}`, ...pace, ...lines];
  return `virtual_server 192.0.2.1 ${port} {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\nreal_server 127.0.0.1 ${port} {
    ${check.join("\n")}\nurl {\npath /\n}\n}\n}\n}\n`;
}

/** The checkers process, but for the kernel's table. */
class Director {
  readonly said: string[] = [];
  readonly daemon: CheckersDaemon;
  #checks = 0;

  constructor(text: string, adopted?: CheckersReport) {
    this.daemon = new CheckersDaemon({
      config: config(text),
      options: {
        ...{ suffix: "", detail: false, console: false, json: false, syslog: false, umask: undefined },
        ...{ releaseVips: true, releaseIpvs: true },
      },
      adopted,
      bfd: [],
      tellBfd: () => {},
      log: createLog([({ level, text }) => this.said.push(`${level} ${text}`)], true),
      late: (_: Micros) => {},
      changed: () => {},
      counted: () => void this.#checks++,
      notify: () => {},
    });
  }

  /** So many more checks have ended. */
  async checks(count: number): Promise<void> {
    const before = this.#checks;
    await expect.poll(() => this.#checks, { timeout: 20_000 }).toBeGreaterThanOrEqual(before + count);
  }

  get warnings(): readonly string[] {
    return this.said.filter((line) => line.startsWith("warning TLS"));
  }
}

const config = (text: string) => JSON.parse(JSON.stringify(reading(text).config));

test("a certificate that expires soon is warned of once, whatever reloads and respawns come", async () => {
  const port = await serve(root.issue({ name: "www.example", to: 4.5 }));
  const director = new Director(service(port, "tls_expiry_warning 10"));
  await director.checks(3);
  const when = new Date(Date.now() + 4.5 * 86_400_000).toISOString().slice(0, 10);
  expect(director.warnings).toEqual([
    expect.stringMatching(
      new RegExp(
        `^warning TLS on service \\[127.0.0.1\\]:tcp:${port}: the certificate of "www.example", signed by "Root of the tests", expires in 4 days, at ${when} ..:..:.. UTC$`,
      ),
    ),
  ]);
  expect(director.said).toContain(`info Remote Web server [127.0.0.1]:tcp:${port} succeed on service.`);
  director.daemon.reload(config(service(port, "tls_expiry_warning 9")));
  await director.checks(3);
  const report = JSON.parse(JSON.stringify(director.daemon.report()));
  await director.daemon.stop();
  expect(director.warnings).toHaveLength(1);

  const next = new Director(service(port, "tls_expiry_warning 9"), report);
  await next.checks(3);
  const expiry = next.daemon.report().services[0]?.realServers[0]?.checkers[0]?.expiry;
  await next.daemon.stop();
  expect(next.warnings).toEqual([]);
  expect((expiry?.at[0] ?? 0) - Date.now() / 1000).toBeGreaterThan(4.4 * 86_400);
}, 60_000);

test("a certificate that will not do takes the server out, and the log says why", async () => {
  const ports = [
    await serve(root.issue({ name: "www.example", from: -9, to: -2 })),
    await serve(root.issue({ name: "shop.example" })),
  ];
  const director = new Director(ports.map((port) => service(port)).join(""));
  await director.checks(6);
  await director.daemon.stop();
  const verdicts = director.said.filter((line) => line.includes("SSL_CHECK")).sort();
  const failed = (i: number, why: string) =>
    expect.stringMatching(
      new RegExp(`^info SSL_CHECK on service \\[127.0.0.1\\]:tcp:${ports[i]} failed after 1 retries. \\(${why}\\)$`),
    );
  expect(verdicts).toHaveLength(2);
  expect(verdicts).toContainEqual(failed(0, 'the certificate of "www.example" has expired at .* UTC'));
  expect(verdicts).toContainEqual(failed(1, 'the certificate is for "shop.example", not for "www.example"'));
  expect(director.daemon.report().services.map(({ realServers }) => realServers[0]?.up)).toEqual([false, false]);
}, 60_000);

test("authorities that cannot be read take no server out; that is said, at the start and once by each check", async () => {
  const port = await serve(root.issue({ name: "www.example" }));
  const missing = join(folder, "missing.pem");
  const director = new Director(service(port, `tls_ca ${missing}`));
  await director.checks(4);
  await director.daemon.stop();
  const words = `SSL error : Cant load CA file ${missing}: No such file or directory`;
  expect(director.said.filter((line) => line.includes(missing))).toEqual([
    `error ${words}`,
    `info SSL_CHECK on service [127.0.0.1]:tcp:${port} cannot be made: ${words}`,
  ]);
  expect(director.daemon.report().services[0]?.realServers[0]?.up).toBe(true);
}, 60_000);
