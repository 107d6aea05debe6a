import type { ChildProcess } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Journal } from "./journal.ts";
import type { Lan } from "./lan.ts";
import { run } from "./run.ts";
import { read } from "./stand.ts";

/** A server on a node, and what it says. It ends with the LAN at the latest. */
export interface Served {
  readonly said: Journal<string>;
  readonly process: ChildProcess;
}

/** Starts a program on a node. */
export function serve(lan: Lan, node: string, argv: readonly string[]): Served {
  const said = new Journal<string>(argv[0] ?? "");
  const process = lan.spawn(node, argv);
  read(process, (line) => said.push(line));
  return { said, process };
}

async function serving(served: Served, ready: RegExp): Promise<Served> {
  await served.said.waitFor(String(ready), (line) => ready.test(line));
  return served;
}

/** Keys that a Redis server is given to load. */
const KEYS = 20_000;

/** A Redis server that listens; `loading`: it needs 0.2 ms a key for a while, until `key-load-delay` is 0. */
export async function startRedis(
  lan: Lan,
  node: string,
  port: number,
  options: readonly string[] = [],
  loading = false,
): Promise<Served> {
  const folder = join(lan.folder, `redis-${port}`);
  mkdirSync(folder);
  const slow = loading ? ["--appendonly", "yes", "--key-load-delay", "200"] : ["--protected-mode", "no"];
  if (loading) writeFileSync(join(folder, "appendonly.aof"), keys(KEYS));
  const argv = ["redis-server", "--port", `${port}`, "--dir", folder, "--save", "", "--bind", "0.0.0.0"];
  const ready = loading ? /Successfully migrated/ : /Ready to accept connections|Connecting to MASTER/;
  return await serving(serve(lan, node, [...argv, ...slow, ...options]), ready);
}

function keys(count: number): string {
  const word = (text: string): string => `$${text.length}\r\n${text}\r\n`;
  const set = (_: unknown, i: number): string => `*3\r\n${word("SET")}${word(`k${i}`)}${word("x")}`;
  return `*2\r\n${word("SELECT")}${word("0")}${Array.from({ length: count }, set).join("")}`;
}

const SCRIPTS = ["mysql_system_tables", "mysql_performance_tables", "mysql_system_tables_data"];
const SMALL = [
  ...["--no-defaults", "--user=root", "--skip-log-bin", "--innodb-log-file-size=4M", "--innodb-flush-method=nosync"],
  ...["--innodb-data-file-path=ibdata1:3M:autoextend", "--innodb-temp-data-file-path=ibtmp1:3M:autoextend"],
];

/** What a MariaDB server knows. */
export interface MariadbOptions {
  readonly hosts: Readonly<Record<string, string>>; // the names of addresses
  readonly users: readonly string[]; //                `'user'@'host' IDENTIFIED BY 'password'`
  readonly options: readonly string[];
}

/** MariaDB on port 3306. */
export async function startMariadb(lan: Lan, node: string, { hosts, users, options }: MariadbOptions): Promise<Served> {
  const folder = join(lan.folder, "mariadb");
  mkdirSync(folder);
  const named = Object.entries({ "127.0.0.1": "localhost", ...hosts }).map((row) => `${row.join(" ")}\n`);
  writeFileSync(join(lan.folder, "hosts"), named.join(""));
  const data = `--datadir=${folder}`;
  const tables = SCRIPTS.map((name) => readFileSync(`/usr/share/mysql/${name}.sql`, "utf8"));
  const before = ["create database mysql;", "use mysql;", "SET @auth_root_socket=NULL;", "SET @skip_auth_anonymous=1;"];
  const text = [...before, ...tables, "FLUSH PRIVILEGES;", ...users.map((user) => `CREATE USER ${user};`), ""];
  const boot = ["mariadbd", ...SMALL, data, "--bootstrap", "--innodb-doublewrite=0"];
  await run([...boot, "--innodb-flush-log-at-trx-commit=0"], text.join("\n"));
  // Errors of connections are counted by host, and only for hosts that have a name.
  const within = [
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount --bind "$0" /etc/hosts && exec "$@"',
    join(lan.folder, "hosts"),
  ];
  const server = ["mariadbd", ...SMALL, data, `--socket=${folder}/socket`, `--pid-file=${folder}/pid`];
  return await serving(
    serve(lan, node, [...within, ...server, "--bind-address=0.0.0.0", ...options]),
    /ready for conn/,
  );
}

const BIN = "/usr/lib/postgresql";

/** PostgreSQL on port 5432: a standby that lets nobody in, until it is promoted. Ours are the lines of its pg_hba.conf. */
export async function startPostgres(
  lan: Lan,
  node: string,
  { hosts, options }: { readonly hosts: readonly string[]; readonly options: readonly string[] },
): Promise<Served & { promote(): Promise<void> }> {
  const folder = join(lan.folder, "postgres");
  mkdirSync(folder);
  chmodSync(lan.folder, 0o755);
  const bin = join(BIN, (await run(["ls", BIN])).trim().split("\n").at(-1) ?? "", "bin");
  const [uid, gid] = (await Promise.all(["-u", "-g"].map((id) => run(["id", id, "postgres"])))).map(Number);
  chownSync(folder, uid ?? 0, gid ?? 0); // it refuses to run as root
  const as = (program: string, ...words: readonly string[]): string[] => {
    const account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
    return [...account, join(bin, program), "-D", join(folder, "data"), ...words];
  };
  await run(as("initdb", "-U", "postgres", "--auth=trust", "--no-sync", "--no-instructions", "--locale=C"));
  writeFileSync(join(folder, "data", "pg_hba.conf"), `${hosts.join("\n")}\n`);
  cpSync("/dev/null", join(folder, "data", "standby.signal"));
  const small = ["fsync=off", "shared_buffers=2MB", "unix_socket_directories=", "max_wal_senders=0", "hot_standby=off"];
  small.push("wal_retrieve_retry_interval=100ms"); // so soon does it look whether it is promoted
  const all = [...small, "listen_addresses=*", "log_connections=on", "log_disconnections=on", ...options];
  const served = serve(lan, node, as("postgres", ...all.flatMap((each) => ["-c", each])));
  await serving(served, /consistent recovery state reached/);
  return { ...served, promote: async () => void (await lan.run(node, as("pg_ctl", "promote", "--silent"))) };
}

/** Makes connections to a port of a node without end, each with these first words, and holds them until it is ended. */
export function crowd(lan: Lan, node: string, port: number, words = ""): { end(): void } {
  const each = `exec {fd}<>/dev/tcp/127.0.0.1/${port} && printf '${words}' >&$fd`;
  const { pid } = lan.spawn(node, ["bash", "-c", `while ${each}; do sleep 0.05; done; sleep 600`]);
  if (pid === undefined) throw new Error("no shell could be started");
  return { end: () => void process.kill(-pid, "SIGKILL") }; // what it runs holds the connections, too
}
