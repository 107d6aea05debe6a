import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { CERTIFICATE, KEY } from "../check/certificate.ts";
import type { CheckEvent } from "./check-event.ts";
import { CheckStand, DIRECTOR, SERVER } from "./check-stand.ts";
import { ChecksBench, farm } from "./checks-stand.ts";
import { Journal } from "./journal.ts";
import { until } from "./run.ts";
import { read } from "./stand.ts";

/* HTTP/2 and gRPC with servers of others: nginx, Node's in a process of its own, Debian's grpcio. Keepalived speaks neither. */

const NGINX = { h2c: 8081, http1: 8082, h2: 8443, http1Tls: 8444, proxy: 8083, deadProxy: 8084 };
const NODE = { h2c: 8091, h2: 8092 };
const GRPC = { plain: 50051, tls: 50052, bare: 50053 };
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

interface Case {
  readonly name: string;
  readonly port: number;
  readonly check: readonly string[]; // keyword and options
  readonly words: string; // what is said of it first, behind the server's name
}

const url = (...lines: readonly string[]): string => ["url {", "path /", ...lines, "}"].join("\n");
const web = (keyword: string, ...more: readonly string[]): string[] => [keyword, "http_protocol 2", ...more];
const UP = "succeed on service.";
const NO_HTTP2 = "failed. (the server does not choose HTTP/2 (ALPN h2))";
const HTTP1 = "failed. (it answers in HTTP/1: it does not speak HTTP/2)";

const CASES: readonly Case[] = [
  { name: "nginx", port: NGINX.h2c, check: web("HTTP_GET", url(`digest ${md5("nginx\n")}`)), words: UP },
  { name: "nginx over TLS", port: NGINX.h2, check: web("SSL_GET", url(`digest ${md5("nginx\n")}`)), words: UP },
  {
    name: "nginx over TLS, verified",
    port: NGINX.h2,
    check: web("SSL_GET", "tls_verify", "tls_ca CA", "tls_name NAME", url("regex ^nginx$")),
    words: UP,
  },
  {
    name: "nginx, a status that is wanted",
    port: NGINX.h2c,
    check: web("HTTP_GET", url("status_code 404")),
    words: "failed.",
  },
  { name: "nginx, a large page", port: NGINX.h2, check: web("SSL_GET", "url {\npath /large\n}"), words: UP },
  { name: "nginx without HTTP/2", port: NGINX.http1, check: web("HTTP_GET", url()), words: HTTP1 },
  { name: "nginx over TLS without HTTP/2", port: NGINX.http1Tls, check: web("SSL_GET", url()), words: NO_HTTP2 },
  {
    name: "node",
    port: NODE.h2c,
    check: web("HTTP_GET", "virtualhost www.example", url(`digest ${md5("2.0 www.example\n")}`)),
    words: UP,
  },
  {
    name: "node over TLS",
    port: NODE.h2,
    check: web("SSL_GET", "enable_sni", "tls_compliant", url(`digest ${md5(`2.0 ${SERVER.v4}:${NODE.h2}\n`)}`)),
    words: UP,
  },
  {
    name: "node, from our address and port, by interface and mark",
    port: NODE.h2c,
    check: web(
      "HTTP_GET",
      `bindto ${DIRECTOR.v4}`,
      "bind_port 4008",
      "bind_if eth0",
      "fwmark 9",
      "url {\npath /bound\n}",
    ),
    words: UP,
  },
  { name: "node, a page that is gone", port: NODE.h2, check: web("SSL_GET", "url {\npath /gone\n}"), words: "failed." },
  { name: "grpcio", port: GRPC.plain, check: ["GRPC_CHECK"], words: "succeeded." },
  { name: "grpcio, a service", port: GRPC.plain, check: ["GRPC_CHECK", "service shop"], words: "succeeded." },
  { name: "grpcio over TLS", port: GRPC.tls, check: ["GRPC_CHECK", "tls", "service shop"], words: "succeeded." },
  {
    name: "grpcio over TLS, verified",
    port: GRPC.tls,
    check: ["GRPC_CHECK", "tls", "tls_verify", "tls_ca CA", "tls_name NAME"],
    words: "succeeded.",
  },
  {
    name: "grpcio over TLS, with another name",
    port: GRPC.tls,
    check: ["GRPC_CHECK", "tls", "tls_verify", "tls_ca CA", "tls_name other.example"],
    words: 'failed: TLS: the certificate is for "NAME", not for "other.example"',
  },
  {
    name: "grpcio, a service that does not serve",
    port: GRPC.plain,
    check: ["GRPC_CHECK", "service db"],
    words: 'failed: the service "db" is NOT_SERVING',
  },
  {
    name: "grpcio, a service of which nobody knows",
    port: GRPC.plain,
    check: ["GRPC_CHECK", "service new"],
    words: 'failed: the service "new" is UNKNOWN: nobody has told the server whether it serves',
  },
  {
    name: "grpcio, a service that it has not",
    port: GRPC.plain,
    check: ["GRPC_CHECK", "service shpo"],
    words: 'failed: the service "shpo" is not known to the server (NOT_FOUND), it says "no such service"',
  },
  {
    name: "grpcio without the health service",
    port: GRPC.bare,
    check: ["GRPC_CHECK"],
    words:
      'failed: the server does not have the service grpc.health.v1.Health (UNIMPLEMENTED), it says "Method not found!"',
  },
  {
    name: "grpcio that speaks TLS, asked without",
    port: GRPC.tls,
    check: ["GRPC_CHECK"],
    words: "failed: HTTP/2 error: ",
  },
  {
    name: "grpcio that speaks no TLS, asked so",
    port: GRPC.plain,
    check: ["GRPC_CHECK", "tls"],
    words: "failed: TLS: ",
  },
  { name: "nginx in front of grpcio", port: NGINX.proxy, check: ["GRPC_CHECK", "service cart"], words: "succeeded." },
  {
    name: "nginx in front of nobody",
    port: NGINX.deadProxy,
    check: ["GRPC_CHECK"],
    words: "failed: it is no gRPC server, or a proxy in front of it answers: HTTP status 502",
  },
  {
    name: "a web server",
    port: NGINX.h2c,
    check: ["GRPC_CHECK"],
    words: "failed: it is no gRPC server, or a proxy in front of it answers: HTTP status 405",
  },
  { name: "nobody", port: 9, check: ["GRPC_CHECK"], words: "failed: connect: ECONNREFUSED (Connection refused)" },
];

let stand: CheckStand;
let grpc: ChildProcess;
const bench = new ChecksBench();
const heard = new Journal<string>("node");

/** Services by their ports, from 1 on. */
function configOf(folder: string): string {
  const services = CASES.map(({ port, check: [keyword, ...options] }, i) => {
    const lines = ["connect_timeout 10", "retry 0", ...options].join("\n");
    const own = lines.replace("tls_ca CA", `tls_ca ${join(folder, "certificate.pem")}`).replace("NAME", NAME);
    const service = ["protocol TCP", "lb_algo rr", "lb_kind NAT", "delay_loop 0.3", "warmup 0"].join("\n");
    return `virtual_server 10.0.0.1 ${i + 1} {\n${service}\nreal_server ${SERVER.v4} ${port} {\n${keyword} {\n${own}\n}\n}\n}`;
  });
  return services.join("\n");
}

/** A page over each protocol, and gRPC passed on: to grpcio, and to where nobody listens. */
function nginx(folder: string): string {
  const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (use) => `${use}_temp_path ${folder}/${use};`,
  );
  const page = `location / { return 200 "nginx\\n"; } location = /large { root ${folder}; }`;
  const pass = (port: number): string => `location / { grpc_pass grpc://127.0.0.1:${port}; }`;
  const servers = [
    [`${NGINX.h2c} http2`, `if ($request_method = POST) { return 405; } ${page}`],
    [`${NGINX.h2} ssl http2`, page],
    [`${NGINX.http1}`, page],
    [`${NGINX.http1Tls} ssl`, page],
    [`${NGINX.proxy} http2`, pass(GRPC.plain)],
    [`${NGINX.deadProxy} http2`, pass(9)],
  ].map(([listen, serve]) => `server { listen ${listen}; ${serve} }`);
  return `user root; worker_processes 1; pid ${folder}/pid; daemon off; events { worker_connections 64; }
http { access_log off; ${scratch.join(" ")} ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem;
${servers.join("\n")} }`;
}

const NAME = "www.example"; // of the certificate

/** What was said of a service, from an index of the events on; the first. */
async function said(name: string, from = 0): Promise<string> {
  const service = CASES.findIndex((one) => one.name === name) + 1;
  const of = (event: CheckEvent): boolean =>
    event.type === "note" && event.service === service && event.words !== undefined;
  const event = await stand.events.waitFor(`word of ${name}`, of, { from, within: seconds(60) });
  return event.type === "note" ? (event.words ?? "") : "";
}

beforeAll(async () => {
  stand = await CheckStand.open();
  const { lan } = stand;
  const at = (name: string): string => join(lan.folder, name);
  writeFileSync(at("certificate.pem"), CERTIFICATE);
  writeFileSync(at("key.pem"), KEY);
  writeFileSync(at("large"), Buffer.alloc(2_000_000, "keepalived"));
  writeFileSync(at("nginx.conf"), nginx(lan.folder));
  lan.spawn("rs", ["nginx", "-c", at("nginx.conf"), "-e", at("nginx.log")]);
  const pair = [at("certificate.pem"), at("key.pem")];
  const node = lan.spawn("rs", [process.execPath, file("http2-server.mjs"), `${NODE.h2c}`, `${NODE.h2}`, ...pair]);
  const ports = [GRPC.plain, GRPC.tls, GRPC.bare].map(String);
  grpc = lan.spawn("rs", ["/usr/bin/python3", file("grpc-health.py"), "0.0.0.0", ...ports, ...pair]);
  const ready = new Journal<string>("grpcio");
  read(grpc, (line) => ready.push(line));
  read(node, (line) => heard.push(line));
  await ready.waitFor("ready", (line) => line === "ready");
  await heard.waitFor("ready", (line) => line === "ready");
  const listens = async (): Promise<boolean> => (await lan.run("rs", ["ss", "-ltn"])).includes(`:${NGINX.deadProxy} `);
  await until("nginx", listens, seconds(30));
  stand.check(configOf(lan.folder));
});
afterAll(() => {
  stand.close();
  bench.close();
});

describe.concurrent("HTTP/2 and gRPC", () => {
  test.each(CASES)("$name: $words", async ({ name, words }) => {
    expect(await said(name)).toContain(words.replace("NAME", NAME));
  });

  test("the connection is from where it is said to be", async () => {
    await said("node, from our address and port, by interface and mark");
    expect(heard.entries).toContain(`/bound from ${DIRECTOR.v4} 4008`);
  });

  test("a service of grpcio that stops serving goes down at the next check, and comes back", async () => {
    expect(await said("nginx in front of grpcio")).toContain("succeeded.");
    let from = stand.events.mark();
    grpc.kill("SIGUSR1");
    expect(await said("nginx in front of grpcio", from)).toContain('failed: the service "cart" is NOT_SERVING');
    from = stand.events.mark();
    grpc.kill("SIGUSR2");
    expect(await said("nginx in front of grpcio", from)).toContain("succeeded.");
  });

  test("the daemon takes a server out of the table that does not serve, and says why; the others stay", async () => {
    const once = "connect_timeout 10\nretry 0\nwarmup 0";
    const checks = {
      11: `HTTP_GET {\n${once}\nconnect_port ${NGINX.h2c}\nhttp_protocol 2\n${url()}\n}`,
      12: `GRPC_CHECK {\n${once}\nconnect_ip ${SERVER.v4}\nconnect_port ${GRPC.tls}\ntls\n}`,
      13: `GRPC_CHECK {\n${once}\nconnect_ip ${SERVER.v4}\nconnect_port ${GRPC.plain}\nservice db\n}`,
    };
    const director = bench.start(stand.lan, "lb", farm(checks, "delay_loop 1\nalpha"));
    const lines = [
      /Remote Web server \[192\.0\.2\.11\]:tcp:80 succeed on service\.$/,
      /GRPC_CHECK on service \[192\.0\.2\.12\]:tcp:80 succeeded\.$/,
      /GRPC_CHECK on service \[192\.0\.2\.13\]:tcp:80 failed: the service "db" is NOT_SERVING$/,
      /new destination .* -> \[192\.0\.2\.11\]:80 weight 7$/,
      /new destination .* -> \[192\.0\.2\.12\]:80 weight 7$/,
    ];
    await Promise.all(lines.map((line) => director.waitForLog(line, { within: seconds(60) })));
    expect(director.log.entries.filter(({ text }) => /new destination .*\.13\]/.test(text))).toEqual([]);
    await director.stop();
  });
});
