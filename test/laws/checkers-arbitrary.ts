import fc from "fast-check";
import { seconds } from "../../src/base/time.ts";
import type { Manner } from "../daemon/fake-servers.ts";
import type { Life } from "./checkers-life.ts";

const HOSTS = [11, 12, 13, 14];
const FILES = ["F0", "F1"];
/** Names of BFD sessions. */
export const SESSIONS = ["B0", "B1"];
const SCRIPTS = ["/s0", "/s1"];
const PLACES = ["10.78.0.1 80", "10.78.0.2 80", "fwmark 1", "fwmark 2", "group G", "group H"];
const NAMES = ["[10.78.0.1]:tcp:80", "[10.78.0.2]:tcp:80", "[G]:0", "[G]:1", "[H]:0", "[H]:1"];

const block = (head: string, lines: readonly string[]): string => `${head} {\n${lines.join("\n")}\n}`;

const HEAD = [
  ...FILES.map((name) => block(`track_file ${name}`, [`file /tmp/${name}`])),
  ...SESSIONS.map((name, i) => block(`bfd_instance ${name}`, [`neighbor_ip 10.88.1.${i + 1}`])),
  block("virtual_server_group G", ["10.9.1.254-10.9.2.1 80", "fwmark 9"]),
  block("virtual_server_group H", ["10.9.3.1 80", "10.9.3.2 81"]),
].join("\n");

const paced = fc
  .tuple(fc.nat(2), fc.boolean())
  .map(([retry, alpha]) => [`retry ${retry}`, ...(alpha ? ["alpha"] : [])]);
const anyCheck: fc.Arbitrary<(host: number) => string> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(1), paced).map(
      ([more, lines]) =>
        (host: number) =>
          block("TCP_CHECK", [`connect_port ${host + 20 * more}`, "connect_timeout 1", ...lines]),
    ),
  },
  fc.tuple(fc.constantFrom(...SCRIPTS), fc.boolean(), paced).map(
    ([path, dynamic, lines]) =>
      () =>
        block("MISC_CHECK", [`misc_path ${path}`, ...(dynamic ? ["misc_dynamic"] : []), ...lines]),
  ),
  fc.tuple(fc.constantFrom(...FILES), fc.constantFrom("weight 0", "weight 0 reverse", "weight 2", "weight -1")).map(
    ([name, weight]) =>
      () =>
        block("FILE_CHECK", [`track_file ${name}`, weight]),
  ),
  fc.tuple(fc.constantFrom(...SESSIONS), fc.boolean()).map(
    ([name, alpha]) =>
      () =>
        block("BFD_CHECK", [`name ${name}`, ...(alpha ? ["alpha"] : [])]),
  ),
);

const anyServer = fc
  .tuple(fc.constantFrom(...HOSTS), fc.nat(3), fc.boolean(), fc.array(anyCheck, { maxLength: 2 }))
  .map(([host, weight, inhibit, checks]) => ({
    host,
    text: block(`real_server 10.88.0.${host} 80`, [
      `weight ${weight}`,
      ...(inhibit ? ["inhibit_on_failure"] : []),
      ...checks.map((check) => check(host)),
    ]),
  }));

const anyService = (most: number) =>
  fc
    .record({
      at: fc.constantFrom(...PLACES),
      servers: fc.uniqueArray(anyServer, { selector: ({ host }) => host, minLength: 1, maxLength: 4 }),
      scheduler: fc.constantFrom("rr", "wlc"),
      kind: fc.constantFrom("NAT", "DR", "TUN"),
      quorum: fc.integer({ min: 1, max: 4 }),
      hysteresis: fc.nat(most),
      sorry: fc.constantFrom(
        [],
        ["sorry_server 10.88.0.99 80"],
        ["sorry_server 10.88.0.99 80", "sorry_server_inhibit"],
        ["sorry_server 10.88.0.11 80"],
      ),
      flags: fc.subarray(["alpha", "inhibit_on_failure", "ha_suspend", "omega", "persistence_timeout 50"]),
    })
    .map(({ at, servers, scheduler, kind, quorum, hysteresis, sorry, flags }) => ({
      at,
      text: block(`virtual_server ${at}`, [
        ...[
          "protocol TCP",
          "delay_loop 3",
          "delay_before_retry 1",
          "warmup 0",
          `lb_algo ${scheduler}`,
          `lb_kind ${kind}`,
        ],
        ...[`quorum ${quorum}`, `hysteresis ${hysteresis}`, ...flags, ...sorry, ...servers.map(({ text }) => text)],
      ]),
    }));

/** A configuration with everything that the table depends on; groups may have two services. `hysteresis`: at most. */
export const anyFile = (hysteresis: number): fc.Arbitrary<string> =>
  fc
    .uniqueArray(anyService(hysteresis), {
      selector: ({ at }) => (at.startsWith("group") ? {} : at),
      minLength: 1,
      maxLength: 4,
    })
    .map((services) => `${HEAD}\n${services.map(({ text }) => text).join("\n")}\n`);

/** Something that happens to a checkers process. */
export type Act = (life: Life) => void | Promise<void>;

const act =
  <T extends unknown[]>(name: string, perform: (life: Life, ...args: T) => void | Promise<void>) =>
  (args: T): Act =>
    Object.assign((life: Life) => perform(life, ...args), { toString: () => `${name} ${JSON.stringify(args)}` });

const MANNERS: readonly Manner[] = ["up", "refused", "silent", "local trouble"];
const ENDS = [{ exited: 0 }, { exited: 1 }, { exited: 2 }, { exited: 5 }, { signal: 9 }, { timedOut: true as const }];

/** What the world does: servers turn, files change, addresses move, time passes. */
export const anyEvent: fc.Arbitrary<Act> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...HOSTS, ...HOSTS.map((host) => host + 20)), fc.constantFrom(...MANNERS))
    .map(act("server", (life, port, manner) => void life.world.servers.manners.set(port, manner))),
  fc
    .tuple(fc.constantFrom(...SCRIPTS), fc.constantFrom(...ENDS))
    .map(act("script", (life, path, end) => void life.world.servers.scripts.set(path, end))),
  fc
    .tuple(fc.constantFrom(...FILES), fc.constantFrom(-(2 ** 31), -2, 0, 1, 3))
    .map(act("file", (life, name, number) => life.write(name, number))),
  fc.tuple(fc.constantFrom(...SESSIONS), fc.boolean()).map(act("session", (life, name, up) => life.session(name, up))),
  fc.tuple(fc.constantFrom(...NAMES), fc.boolean()).map(act("address", (life, name, away) => life.move(name, away))),
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(0.5, 1, 2, 5, 11)).map(act("time", (life, span) => life.run(seconds(span)))),
  },
);

/** What operators and accidents do. */
export const respawn: Act = act("respawn", (life) => life.respawn())([]);
/** Another configuration comes into force. */
export const reloadTo = (text: string): Act => act("reload", (life, to: string) => life.reload(to))([text]);
