import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { down, UP, type Verdict } from "../../src/check/checker.ts";
import { type SslUrl, sslCheck } from "../../src/check/http.ts";
import type { RequestText } from "../../src/check/request.ts";
import { Authority, type Issued } from "../check/authority.ts";
import { CERTIFICATE, KEY } from "../check/certificate.ts";
import { Loopback, never } from "../check/loopback.ts";
import { PROJECT, run, until } from "./run.ts";

// Real TLS servers on the loopback interface, and Keepalived's genhash beside ours.
const loopback = new Loopback();
const children: ChildProcess[] = [];
const ports = { nginx: 0, tls1: 0, tls1_2: 0, tls1_3: 0 };
/** The ports of nginx and of s_server, each with these certificates. */
const shown = { good: [0, 0], expired: [0, 0], other: [0, 0] };
let folder = "";
let authority = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "web-tls-"));
  writeFileSync(join(folder, "key.pem"), KEY);
  writeFileSync(join(folder, "certificate.pem"), CERTIFICATE);
  writeFileSync(join(folder, "page"), "hello\n");
  writeFileSync(join(folder, "passwords"), "probe:{PLAIN}open sesame\n");
  for (const name of ["nginx", "tls1", "tls1_2", "tls1_3"] as const) ports[name] = await freePort();
  const root = Authority.root(join(folder, "root"), "Root of the lab");
  authority = root.file;
  const between = root.authority("Between");
  const certificates: Readonly<Record<keyof typeof shown, Issued>> = {
    good: between.issue({ name: "www.example" }),
    expired: between.issue({ name: "www.example", from: -30, to: -3 }),
    other: between.issue({ name: "shop.example" }),
  };
  for (const name of KINDS) shown[name] = [await freePort(), await freePort()];
  const verified = KINDS.map((name) => ({ port: shown[name][0] ?? 0, issued: certificates[name] }));
  writeFileSync(join(folder, "nginx.conf"), configuration(ports.nginx, verified));
  for (const name of KINDS) {
    const { chain, key } = certificates[name].files;
    const files = ["-cert", chain, "-cert_chain", chain, "-key", key];
    start("openssl", "s_server", "-WWW", "-quiet", ...files, "-accept", `127.0.0.1:${shown[name][1]}`);
  }
  start("nginx", "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log"), "-g", "daemon off;");
  for (const version of ["tls1", "tls1_2", "tls1_3"] as const)
    start(
      ...(["openssl", "s_server", "-WWW", "-quiet", "-key", "key.pem", "-cert", "certificate.pem"] as const),
      ...["-accept", `127.0.0.1:${ports[version]}`, `-${version}`, "-cipher", "DEFAULT:@SECLEVEL=0"],
    );
  for (const port of [...Object.values(ports), ...Object.values(shown).flat()])
    await until(`port ${port}`, () => listens(port), seconds(30));
}, 60_000);
afterAll(() => {
  for (const child of children) child.kill("SIGTERM");
  loopback.close();
  rmSync(folder, { recursive: true });
});

const KINDS = ["good", "expired", "other"] as const;

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
function configuration(port: number, verified: readonly { readonly port: number; readonly issued: Issued }[]): string {
  const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const servers = ["first.example", "second.example"].map(
    (name) => `server { listen 127.0.0.1:${port} ssl; server_name ${name}; location / { return 200 "${name}\\n"; } }`,
  );
  const asking = `location / { return 200; }
    location = /probe { if ($request_method !~ "^(POST|HEAD)$") { return 405; } if ($http_x_probe != "yes please") { return 403; } return 204; }
    location = /login { auth_basic lab; auth_basic_user_file ${folder}/passwords; try_files /page =404; root ${folder}; }
    location = /put { dav_methods PUT; root ${folder}; client_body_temp_path ${folder}/put-temp; }
    location = /move { return 302 "https://www.example/${"x".repeat(3000)}"; }`;
  const more = verified.map(
    ({ port, issued: { files } }) =>
      `server { listen 127.0.0.1:${port} ssl; ssl_certificate ${files.chain}; ssl_certificate_key ${files.key}; ${asking} }`,
  );
  return `user root; worker_processes 1; pid ${folder}/pid; events { worker_connections 64; }
    http { access_log off; keepalive_timeout 60; ${scratch.map((use) => `${use}_temp_path ${folder}/${use};`).join(" ")}
      ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem; ${[...servers, ...more].join("\n")} }`;
}

async function checked(port: number, url: Partial<SslUrl>): Promise<Verdict> {
  const target = { address: ip("127.0.0.1"), port, bindAddress: undefined, bindPort: 0, bindInterface: undefined };
  const check = { ...target, fwmark: 0, connectTimeout: seconds(20), delayLoop: seconds(20), virtualHost: undefined };
  const any: SslUrl = {
    ...{ path: "/", statusCodes: [[200, 299]], digest: undefined, virtualHost: undefined },
    ...{ serverName: undefined, tlsCompliant: false, ...url },
  };
  return await sslCheck({ ...check, protocol: "1.0" }, any, loopback.io, never());
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

test.each<[keyof typeof shown, string | undefined]>([
  ["good", undefined],
  ["expired", 'the certificate of "www.example" has expired at '],
  ["other", 'the certificate is for "shop.example", not for "www.example"'],
])(
  "with tls_verify nginx and s_server with a certificate that is %s are judged by it, and up without",
  async (kind, why) => {
    const verification = { authorities: authority, name: "www.example" };
    for (const [i, path] of ["/", "/page"].entries()) {
      const port = shown[kind][i] ?? 0;
      expect(await checked(port, { path })).toEqual(UP);
      const refused = {
        up: false,
        local: false,
        why: expect.stringContaining(`Certificate not accepted from: ${why}`),
      };
      expect(await checked(port, { path, verification })).toEqual(why === undefined ? UP : refused);
      const elsewhere = await checked(port, { path, verification: { ...verification, authorities: undefined } });
      expect(elsewhere).toMatchObject({ up: false }); // this host knows nothing of the lab's root
    }
  },
  60_000,
);

test("nginx gets method, headers, login and body as told", async () => {
  const [port = 0] = shown.good;
  const ask = async (path: string, status: number, request: Partial<RequestText>) =>
    await checked(port, {
      ...{ path, statusCodes: [[status, status]] },
      request: { method: "GET", headers: [], body: undefined, credentials: undefined, ...request },
    });
  const headers = [["X-Probe", "yes please"]] as const;
  expect(await ask("/probe", 204, { method: "POST", headers, body: { text: "{}" } })).toEqual(UP);
  expect(await ask("/probe", 204, { method: "HEAD", headers })).toEqual(UP);
  expect(await ask("/probe", 403, { method: "POST" })).toEqual(UP);
  expect(await ask("/probe", 405, { headers })).toEqual(UP);
  expect(await ask("/login", 401, {})).toEqual(UP);
  expect(await ask("/login", 200, { credentials: { text: "probe:open sesame" } })).toEqual(UP);
  expect(await ask("/login", 401, { credentials: { text: "probe:guessed" } })).toEqual(UP);
  const body = "x".repeat(100_000);
  expect(await ask("/put", 201, { method: "PUT", body: { text: body } })).toEqual(UP);
  expect(readFileSync(join(folder, "put"), "utf8")).toBe(body);
  expect(await ask("/move", 200, {})).toEqual(down("HTTP status code error to: 302"));
}, 60_000);
