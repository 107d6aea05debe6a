import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { UP, type Verdict } from "../../src/check/checker.ts";
import { type SslUrl, sslCheck } from "../../src/check/http.ts";
import { CERTIFICATE, KEY } from "../check/certificate.ts";
import { Loopback, never } from "../check/loopback.ts";
import { PROJECT, run, until } from "./run.ts";

// Real TLS servers on the loopback interface, and Keepalived's genhash beside ours.
const loopback = new Loopback();
const children: ChildProcess[] = [];
const ports = { nginx: 0, tls1: 0, tls1_2: 0, tls1_3: 0 };
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "web-tls-"));
  writeFileSync(join(folder, "key.pem"), KEY);
  writeFileSync(join(folder, "certificate.pem"), CERTIFICATE);
  writeFileSync(join(folder, "page"), "hello\n");
  for (const name of ["nginx", "tls1", "tls1_2", "tls1_3"] as const) ports[name] = await freePort();
  writeFileSync(join(folder, "nginx.conf"), configuration(ports.nginx));
  start("nginx", "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log"), "-g", "daemon off;");
  for (const version of ["tls1", "tls1_2", "tls1_3"] as const)
    start(
      ...(["openssl", "s_server", "-WWW", "-quiet", "-key", "key.pem", "-cert", "certificate.pem"] as const),
      ...["-accept", `127.0.0.1:${ports[version]}`, `-${version}`, "-cipher", "DEFAULT:@SECLEVEL=0"],
    );
  for (const port of Object.values(ports)) await until(`port ${port}`, () => listens(port), seconds(30));
}, 60_000);
afterAll(() => {
  for (const child of children) child.kill("SIGTERM");
  loopback.close();
  rmSync(folder, { recursive: true });
});

/** In the folder, where s_server finds its files. */
function start(program: string, ...args: readonly string[]): void {
  children.push(spawn(program, args, { cwd: folder, stdio: "ignore" }));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/** Two names behind one address: which one a client means, it says by SNI. Connections are kept open. */
function configuration(port: number): string {
  const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const servers = ["first.example", "second.example"].map(
    (name) => `server { listen 127.0.0.1:${port} ssl; server_name ${name}; location / { return 200 "${name}\\n"; } }`,
  );
  return `user root; worker_processes 1; pid ${folder}/pid; events { worker_connections 64; }
    http { access_log off; keepalive_timeout 60; ${scratch.map((use) => `${use}_temp_path ${folder}/${use};`).join(" ")}
      ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem; ${servers.join("\n")} }`;
}

async function checked(port: number, url: Partial<SslUrl>): Promise<Verdict> {
  const target = { address: ip("127.0.0.1"), port, bindAddress: undefined, bindPort: 0, bindInterface: undefined };
  const check = { ...target, fwmark: 0, connectTimeout: seconds(20), delayLoop: seconds(20), virtualHost: undefined };
  const any: SslUrl = {
    ...{ path: "/", statusCodes: [[200, 299]], digest: undefined, virtualHost: undefined },
    ...{ serverName: undefined, tlsCompliant: false },
  };
  return await sslCheck({ ...check, protocol: "1.0" }, { ...any, ...url }, loopback.io, never());
}

test("nginx is up by the digest that Keepalived's genhash and ours print, each name with its own", async () => {
  const digests = new Set<string>();
  for (const name of ["first.example", "second.example"]) {
    const asked = ["-S", "-I", "-V", name, "-s", "127.0.0.1", "-p", `${ports.nginx}`, "-u", "/", "-P", "1.1"];
    const digest = (await run(["genhash", ...asked])).trim();
    expect((await run([process.execPath, join(PROJECT, "dist/main.js"), "--genhash", ...asked])).trim()).toBe(digest);
    expect(await checked(ports.nginx, { serverName: name, virtualHost: name, digest })).toEqual(UP);
    expect(await checked(ports.nginx, { serverName: name, virtualHost: name, tlsCompliant: true })).toEqual(UP);
    digests.add(digest);
  }
  expect(digests.size).toBe(2);
}, 60_000);

test.each(["tls1", "tls1_2", "tls1_3"] as const)(
  "openssl s_server -%s is up",
  async (version) => {
    expect(await checked(ports[version], { path: "/page" })).toEqual(UP);
    expect(await checked(ports[version], { path: "/page", statusCodes: [[404, 404]] })).toMatchObject({ up: false });
  },
  60_000,
);
