import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { CERTIFICATE, KEY } from "../check/certificate.ts";
import { CheckStand, DIRECTOR, SERVER } from "./check-stand.ts";
import { crowd, serve, startMariadb, startPostgres, startRedis } from "./databases.ts";
import { until } from "./run.ts";

/**
 * REDIS_CHECK, MYSQL_CHECK, PGSQL_CHECK and `proxy_protocol` against Debian's Redis, MariaDB, PostgreSQL and nginx, each
 * test with its own servers on one host and its own checkers on another. A check is known by the port of its service.
 */
let stand: CheckStand;
beforeAll(async () => {
  stand = await CheckStand.open();
});
afterAll(() => stand.close());

/** A service on `port` whose server is asked at `at` each 200 ms. */
function service(port: number, at: number, kind: string, ...lines: readonly string[]): string {
  const check = [`${kind} {`, "retry 0", "warmup 0", "connect_timeout 20", ...lines, "}"].join("\n");
  const server = `real_server ${SERVER.v4} ${at} {\n${check}\n}`;
  return `virtual_server 192.0.2.100 ${port} {\ndelay_loop 0.2\nlb_algo rr\nlb_kind DR\nprotocol TCP\n${server}\n}\n`;
}

/** What is said of a service from `from` on: the first of these. */
async function said(port: number, note: "succeeded" | "failed", from = 0): Promise<string> {
  const event = await stand.events.waitFor(
    `${note} of ${port}`,
    (each) => each.type === "note" && each.service === port && each.note === note,
    { from },
  );
  return event.type === "note" ? (event.words ?? "") : "";
}

/** Why it has failed. */
async function why(port: number, from = 0): Promise<string> {
  return (await said(port, "failed", from)).replace(/^\w+ on service \S+ failed: /, "");
}

function failures(...ports: readonly number[]): readonly unknown[] {
  return stand.events.entries.filter(
    (each) => each.type === "note" && each.note === "failed" && ports.includes(each.service),
  );
}

test.concurrent("Redis: up, or down in its own words; it loads, and is up", async () => {
  const { lan } = stand;
  const locked = ["--requirepass", "secret", "--user", "check", "on", ">other", "+ping"];
  await Promise.all([
    startRedis(lan, "rs", 6379),
    startRedis(lan, "rs", 6380, locked),
    startRedis(lan, "rs", 6381, ["--protected-mode", "yes"]),
    startRedis(lan, "rs", 6382, ["--replicaof", "127.0.0.1 1", "--replica-serve-stale-data", "no"]),
    startRedis(lan, "rs", 6383, ["--protected-mode", "no"], true),
    startRedis(lan, "rs", 6384, ["--maxclients", "1"]),
  ]);
  crowd(lan, "rs", 6384);
  const file = join(lan.folder, "password");
  writeFileSync(file, "secret\n");
  stand.check(
    [
      service(6379, 6379, "REDIS_CHECK"),
      service(6401, 6380, "REDIS_CHECK"),
      service(6402, 6380, "REDIS_CHECK", "allow_noauth"),
      service(6403, 6380, "REDIS_CHECK", "password secret"),
      service(6404, 6380, "REDIS_CHECK", `password_file ${file}`),
      service(6405, 6380, "REDIS_CHECK", "username check", "password other"),
      service(6406, 6380, "REDIS_CHECK", "username check", "password secret"),
      service(6407, 6379, "REDIS_CHECK", "password secret"),
      service(6381, 6381, "REDIS_CHECK"),
      service(6382, 6382, "REDIS_CHECK"),
      service(6383, 6383, "REDIS_CHECK", "allow_noauth"),
      service(6384, 6384, "REDIS_CHECK"),
    ].join(""),
  );
  expect(await said(6379, "succeeded")).toBe(`REDIS_CHECK on service [${SERVER.v4}]:tcp:6379 succeeded.`);
  for (const port of [6402, 6403, 6404, 6405]) await said(port, "succeeded");
  expect(await why(6401)).toBe("NOAUTH Authentication required.");
  expect(await why(6406)).toMatch(/^WRONGPASS invalid username-password pair/);
  expect(await why(6407)).toMatch(/^ERR AUTH <password> called without any password configured/);
  expect(await why(6381)).toMatch(/^DENIED Redis is running in protected mode/);
  expect(await why(6382)).toMatch(/^MASTERDOWN Link with MASTER is down/);
  expect(await why(6384)).toBe("ERR max number of clients reached");
  expect(await why(6383)).toBe("LOADING Redis is loading the dataset in memory");
  await lan.run("rs", ["redis-cli", "-p", "6383", "config", "set", "key-load-delay", "0"]);
  await lan.run("rs", ["redis-cli", "-p", "6382", "replicaof", "no", "one"]);
  await said(6383, "succeeded");
  await said(6382, "succeeded");
});

test.concurrent("MariaDB: logins of all kinds; it is full, and is not; it never blocks us, and a TCP_CHECK it does", async () => {
  const { lan, events } = stand;
  // A login that is taken forgives a host all its errors: so those that never log in have addresses of their own.
  const [anybody, silent] = ["192.0.2.3", "192.0.2.4"];
  for (const address of [anybody, silent])
    await lan.run("lb", ["ip", "address", "add", `${address}/32`, "dev", "eth0"]);
  const server = await startMariadb(lan, "rs", {
    hosts: { [DIRECTOR.v4]: "director", [anybody]: "anybody", [silent]: "silent" },
    users: ["'check'@'%' IDENTIFIED BY 'secret'", "'bare'@'%'"],
    options: ["--max-connect-errors=3", "--max-connections=10", "--connect-timeout=60", "--proxy-protocol-networks=*"],
  });
  const file = join(lan.folder, "mysql-password");
  writeFileSync(file, "secret\n");
  stand.check(
    [
      service(3306, 3306, "MYSQL_CHECK", `bindto ${anybody}`),
      service(3401, 3306, "MYSQL_CHECK", "username check", "password secret"),
      service(3402, 3306, "MYSQL_CHECK", "username check", `password_file ${file}`),
      service(3403, 3306, "MYSQL_CHECK", "username check", "password wrong"),
      service(3404, 3306, "MYSQL_CHECK", "username bare"),
      service(3405, 3306, "MYSQL_CHECK", "username bare", "proxy_protocol v1"),
      service(3406, 3306, "MYSQL_CHECK", "username bare", "proxy_protocol v2"),
      service(3407, 3306, "MYSQL_CHECK", "username bare", "proxy_protocol v2 proxy"),
    ].join(""),
  );
  const healthy = [3306, 3401, 3402, 3404, 3405, 3406, 3407];
  for (const port of healthy) await said(port, "succeeded");
  expect(await why(3403)).toBe("1045 Access denied for user 'check'@'director' (using password: YES)");
  const refusals = () => server.said.entries.filter((line) => line.includes("user 'keepalived'@'anybody'")).length;
  await until("more refusals than errors are forgiven", async () => refusals() > 5, seconds(30));
  expect(failures(...healthy)).toEqual([]);
  expect(server.said.entries.filter((line) => /Aborted connection/.test(line))).toEqual([]); // they all left in form

  let from = events.mark();
  const clients = crowd(lan, "rs", 3306);
  expect(await why(3306, from)).toBe("1040 Too many connections");
  from = events.mark();
  clients.end();
  await said(3306, "succeeded", from);

  const asked = `bindto ${silent}`;
  stand.check(service(3408, 3306, "TCP_CHECK", asked) + service(3409, 3306, "MYSQL_CHECK", asked));
  expect(await why(3409)).toMatch(/^1129 Host '192\.0\.2\.4' is blocked because of many connection errors;/);
});

test.concurrent("PostgreSQL: not up yet, then up for all it knows or refuses; full, and not; its log has no word against us", async () => {
  const { lan, events } = stand;
  const [trusted, asked, refused] = ["postgres", "all", "stranger"];
  const server = await startPostgres(lan, "rs", {
    hosts: [`host all ${trusted} all trust`, `host all ${refused} all reject`, `host all ${asked} all scram-sha-256`],
    options: ["max_connections=10", "superuser_reserved_connections=0"],
  });
  const early = [
    service(5432, 5432, "PGSQL_CHECK"),
    service(5501, 5432, "PGSQL_CHECK", "username postgres"),
    service(5502, 5432, "PGSQL_CHECK", "username postgres", "database template1"),
  ];
  stand.check(early.join(""));
  const starting =
    /^FATAL: the database system is not accepting connections: Hot standby mode is disabled\. \(57P03\)$/;
  for (const port of [5432, 5501, 5502]) expect(await why(port)).toMatch(starting);
  await server.promote();
  for (const port of [5432, 5501, 5502]) await said(port, "succeeded");

  const late = [
    service(5503, 5432, "PGSQL_CHECK", "username stranger"),
    service(5504, 5432, "PGSQL_CHECK", "username postgres", "database none"),
    service(5505, 5432, "PGSQL_CHECK", "username none", "database none"),
  ];
  stand.check(late.join(""));
  for (const port of [5503, 5505]) await said(port, "succeeded");
  expect(await why(5504)).toBe('FATAL: database "none" does not exist (3D000)');
  const quarrels = server.said.entries.filter((line) =>
    /unexpected EOF|incomplete startup|expected password|could not (send|receive)/.test(line),
  );
  expect(quarrels).toEqual([]);

  let from = events.mark();
  const clients = crowd(lan, "rs", 5432, "\\0\\0\\0\\x17\\0\\3\\0\\0user\\0postgres\\0\\0");
  expect(await why(5432, from)).toMatch(/^FATAL: (sorry, too many clients already|remaining connection .*) \(53300\)$/);
  from = events.mark();
  clients.end();
  await said(5432, "succeeded", from);
});

test.concurrent("nginx that expects the PROXY protocol: up with it in every form, TLS behind it, and down without", async () => {
  const { lan } = stand;
  const folder = join(lan.folder, "nginx");
  mkdirSync(folder);
  writeFileSync(join(folder, "key.pem"), KEY);
  writeFileSync(join(folder, "certificate.pem"), CERTIFICATE);
  writeFileSync(join(folder, "nginx.conf"), configuration(folder));
  serve(lan, "rs", ["nginx", "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log"), "-g", "daemon off;"]);
  const get = (path: string): string => `url {\npath ${path}\n}`;
  const retry = ["retry 100", "delay_before_retry 0.1"]; // until it listens
  stand.check(
    [
      service(8001, 8080, "HTTP_GET", get("/v1"), "proxy_protocol v1", ...retry),
      service(8002, 8080, "HTTP_GET", get("/v1-local"), "proxy_protocol v1 local", ...retry),
      service(8003, 8080, "HTTP_GET", get("/v2"), "proxy_protocol v2", ...retry),
      service(8004, 8080, "HTTP_GET", get("/v2-proxy"), "proxy_protocol v2 proxy", ...retry),
      service(8005, 8443, "SSL_GET", get("/tls-v1"), "proxy_protocol v1", ...retry),
      service(8006, 8443, "SSL_GET", get("/tls-v2"), "proxy_protocol v2", ...retry),
      service(8007, 8080, "TCP_CHECK", "proxy_protocol v2", ...retry),
      service(8008, 8080, "HTTP_GET", get("/without")),
      service(8009, 8081, "HTTP_GET", get("/unexpected"), "proxy_protocol v1"),
    ].join(""),
  );
  for (const port of [8001, 8002, 8003, 8004, 8005, 8006, 8007]) await said(port, "succeeded");
  for (const port of [8008, 8009]) await said(port, "failed");
  const log = (): ReadonlySet<string> => new Set(readFileSync(join(folder, "access.log"), "utf8").split("\n"));
  const seen = ["/v1 192.0.2.1", "/v1-local -", "/v2 -", "/v2-proxy 192.0.2.1", "/tls-v1 192.0.2.1", "/tls-v2 -"];
  await until("what nginx has seen", async () => seen.every((line) => log().has(line)), seconds(30));
});

/** The log: which path, and what address the header said. */
function configuration(folder: string): string {
  const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `user root; worker_processes 1; pid ${folder}/pid; events { worker_connections 64; }
    http {
      log_format seen "$uri $proxy_protocol_addr"; access_log ${folder}/access.log seen;
      ${scratch.map((use) => `${use}_temp_path ${folder}/${use};`).join(" ")}
      ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem;
      server {
        listen 8080 proxy_protocol; listen 8443 ssl proxy_protocol; listen 8081;
        location / { return 200 "ok\\n"; }
      }
    }`;
}
