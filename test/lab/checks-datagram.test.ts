import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CheckEvent } from "./check-event.ts";
import { CheckStand, DIRECTOR, SERVER } from "./check-stand.ts";

/*
 * DNS_CHECK, UDP_CHECK and PING_CHECK against BIND, the kernel and awkward servers. Keepalived runs no checker without ip_vs
 * in the kernel, so it is not beside us here: `theirs` is the verdict of 2.2.7 on the same server in the emulated kernel,
 * read off its log, where it is another than ours.
 */

const ZONE = `
$TTL 60
@ SOA ns.example.test. admin.example.test. 1 60 60 600 60
@ NS ns
@ MX 10 mail
@ TXT "up"
ns A 192.0.2.11
www A 192.0.2.11
www AAAA fd00:2::11
alias CNAME www
`;

interface Case {
  readonly name: string;
  readonly server: string; //   address and port
  readonly check: string; //    keyword and options, a line each
  readonly up: boolean;
  readonly words?: string | RegExp; // of the first verdict
  readonly theirs?: "up" | "down";
}

const ask = (server: string, ...options: readonly string[]) => ({
  server: `${server} 53`,
  check: ["DNS_CHECK", ...options].join("\n"),
});
const udp = (port: number, ...options: readonly string[]) => ({
  server: `${SERVER.v4} ${port}`,
  check: ["UDP_CHECK", ...options].join("\n"),
});
const awkward = (port: number) => ({ server: `${SERVER.v4} ${port}`, check: "DNS_CHECK\nname a." });
const ping = (server: string, ...options: readonly string[]) => ({
  server: `${server} 80`,
  check: ["PING_CHECK", ...options].join("\n"),
});
const QUICK = "connect_timeout 0.4";
const TYPES = ["A", "NS", "CNAME", "SOA", "MX", "TXT", "AAAA", "RRSIG", "DNSKEY"];

const CASES: readonly Case[] = [
  ...TYPES.map((type) => ({
    ...{ name: `BIND, type ${type}`, up: true },
    ...ask(
      SERVER.v4,
      `type ${type}`,
      `name ${type === "CNAME" ? "alias." : type === "AAAA" ? "www." : ""}example.test`,
    ),
  })),
  { name: "BIND over IPv6", ...ask(SERVER.v6, "name WWW.example.test."), up: true },
  { name: "BIND, a name that is not there", ...ask(SERVER.v4, "name nx.example.test"), up: false, words: /rcode = 3/ },
  { name: "BIND, a zone of others", ...ask(SERVER.v4, "name example.com"), up: false, words: /\(rcode = 5\)$/ },
  {
    name: "BIND, with all that binds",
    ...ask(
      SERVER.v4,
      "type SOA",
      "name example.test",
      "bindto 192.0.2.1",
      "bind_port 5353",
      "bind_if eth0",
      "fwmark 9",
    ),
    up: true,
  },
  {
    name: "a DNS server with another id",
    ...awkward(5301),
    check: `DNS_CHECK\n${QUICK}`,
    up: false,
    words: /read timeout from socket$/,
  },
  { name: "a DNS server that sends the query back", ...awkward(5302), check: `DNS_CHECK\n${QUICK}`, up: false },
  {
    name: "a DNS server that answers another question",
    ...awkward(5303),
    check: `DNS_CHECK\n${QUICK}`,
    up: false,
    theirs: "up",
  },
  { name: "a DNS server that says 11 bytes", ...awkward(5304), check: `DNS_CHECK\n${QUICK}`, up: false, theirs: "up" },
  { name: "a DNS server whose answer is cut (TC)", ...awkward(5305), up: true },
  { name: "a DNS server that fails", ...awkward(5306), up: false, words: /\(rcode = 2\)$/ },
  { name: "a DNS server that answers after rubbish", ...awkward(5307), up: true },
  { name: "a DNS server that cannot read the query", ...awkward(5308), up: false, words: /\(rcode = 1\)$/ },
  {
    name: "a DNS server that is silent",
    ...awkward(5309),
    check: `DNS_CHECK\n${QUICK}`,
    up: false,
    words: /read timeout from socket$/,
  },
  {
    name: "a DNS port where nobody listens",
    ...awkward(5310),
    up: false,
    words: /failed to read socket; errno 111 \(Connection refused\)$/,
  },
  {
    name: "a DNS server without a route",
    ...ask("203.0.113.9"),
    up: false,
    words: "DNS_CHECK ([203.0.113.9]:udp:53) network unreachable for [203.0.113.9]:53",
  },
  { name: "an echo server", ...udp(7, "require_reply"), up: true },
  {
    name: "an echo server over IPv6",
    ...udp(7, "require_reply 6b65 xx 70", `connect_ip ${SERVER.v6}`),
    server: `${SERVER.v6} 7`,
    up: true,
  },
  {
    name: "an echo server by its link-local address",
    ...udp(7, "require_reply", "bind_if eth0"),
    server: `${SERVER.linkLocal} 7`,
    up: true,
  },
  { name: "an echo server, not over this interface", ...udp(7, "require_reply", "bind_if lo", QUICK), up: false },
  {
    name: "an echo server, from our address and port",
    ...udp(7, "require_reply", "bindto 192.0.2.1", "bind_port 4007"),
    up: true,
  },
  { name: "an echo server, from a port alone", ...udp(7, "require_reply", "bind_port 4008"), up: true },
  { name: "a silent server", ...udp(9, QUICK), up: true, words: "UDP connection to [192.0.2.11]:udp:9 success." },
  { name: "a silent server that must answer", ...udp(9, "require_reply", QUICK), up: false },
  { name: "a closed port", ...udp(10), up: false, words: "UDP_CHECK on service [192.0.2.11]:udp:10 failed." },
  { name: "a reply that ends within the pattern", ...udp(1001, "require_reply abcd"), up: false, theirs: "up" },
  { name: "an empty reply and a pattern", ...udp(1002, "require_reply abcd"), up: false, theirs: "up" },
  { name: "an empty reply", ...udp(1002, "require_reply"), up: true },
  { name: "a short reply", ...udp(1001, "require_reply", "min_reply_length 2"), up: false, theirs: "up" },
  { name: "300 bytes", ...udp(1003, "require_reply"), up: true },
  {
    name: "300 bytes, which is too much",
    ...udp(1003, "require_reply", "max_reply_length 299"),
    up: false,
    theirs: "up",
  },
  { name: "another reply", ...udp(1004, "require_reply abcd"), up: false },
  { name: "a good reply after another", ...udp(1005, "require_reply abcd"), up: false },
  {
    name: "the kernel's echo",
    ...ping(SERVER.v4, "connect_timeout 1"),
    up: true,
    words: "ICMP connection to [192.0.2.11]:udp:80 success.",
  },
  { name: "the kernel's echo over IPv6", ...ping(SERVER.v6, "connect_timeout 1"), up: true },
  {
    name: "the kernel's echo, from our address",
    ...ping(SERVER.v4, "bindto 192.0.2.1", "bind_port 77", "bind_if eth0"),
    up: true,
  },
  {
    name: "the kernel's echo by the link-local address",
    ...ping(SERVER.linkLocal, "bind_if eth0"),
    up: true,
    theirs: "down",
  },
  {
    name: "the kernel's echo, not over this interface",
    ...ping(SERVER.v4, "bind_if lo", QUICK),
    up: false,
    theirs: "up",
  },
  {
    name: "a machine that drops",
    ...ping("198.51.100.1", QUICK),
    up: false,
    words: "ICMP CHECK on service [198.51.100.1]:udp:80 failed.",
  },
  { name: "a machine that a router says is unreachable", ...ping("198.51.100.2", "connect_timeout 60"), up: false },
  {
    name: "a server that a router says is unreachable",
    ...udp(7, "connect_timeout 60"),
    server: "198.51.100.2 7",
    up: false,
  },
  { name: "a machine without a route", ...ping("203.0.113.9"), up: false },
  { name: "a machine that answers from another address", ...ping("203.0.113.5", QUICK), up: false },
  { name: "a machine that the mark leads to", ...ping("203.0.113.1", "fwmark 7"), up: true, theirs: "down" },
  { name: "a DNS server that the mark leads to", ...ask("203.0.113.1", "name example.test", "fwmark 7"), up: true },
];

/** What says nothing about the server, whatever it is. */
const LOCAL = [
  {
    ...ask(SERVER.v4, "bindto 198.51.100.77"),
    words: /^DNS_CHECK on service .* cannot be made: bind to .*EADDRNOTAVAIL/,
  },
  { ...udp(7, "bindto 198.51.100.77"), words: /^UDP_CHECK on service .* cannot be made: bind to .*EADDRNOTAVAIL/ },
  {
    ...ping(SERVER.v4, "bindto 198.51.100.77"),
    words: /^ICMP CHECK on service .* cannot be made: bind to .*EADDRNOTAVAIL/,
  },
];

/** Services by their ports, from 1 on. */
function configOf(cases: readonly Pick<Case, "server" | "check">[]): string {
  const services = cases.map(({ server, check }, i) => {
    const [keyword, ...options] = check.split("\n");
    const lines = ["retry 1", "delay_before_retry 0.1", "log_all_failures", ...options];
    const checker = `${keyword} {\nconnect_timeout 5\n${lines.join("\n")}\n}`;
    const address = server.includes(":") ? "fd99::1" : "10.0.0.1";
    const service = ["protocol UDP", "lb_algo rr", "lb_kind NAT", "delay_loop 0.3", "warmup 0"];
    return `virtual_server ${address} ${i + 1} {\n${service.join("\n")}\nreal_server ${server} {\n${checker}\n}\n}`;
  });
  return services.join("\n");
}

let stand: CheckStand;
const config = configOf([...CASES, ...LOCAL]);
const portOf = (name: string): number => CASES.findIndex((one) => one.name === name) + 1;

/** The kernel refuses as often as it is asked. (`icmp_ratelimit=0` would use up what unreachable routes may say.) */
const UNLIMITED = ["net.ipv4.icmp_ratemask=0", "net.ipv6.icmp.ratelimit=0"];

/** Waits until a service is said to be up or down, from an index of the events on. */
async function verdict(service: number, from = 0): Promise<Extract<CheckEvent, { type: "verdict" }>> {
  const found = await stand.events.waitFor(
    `verdict of service ${service}`,
    (event) => event.type === "verdict" && event.service === service,
    { from },
  );
  if (found.type !== "verdict") throw new Error("no verdict");
  return found;
}

/** What has been said of a service, from an index of the events on. */
function notes(service: number, from = 0): (string | undefined)[] {
  const said = stand.events.entries.slice(from);
  return said.flatMap((event) => (event.type === "note" && event.service === service ? [event.words] : []));
}

beforeAll(async () => {
  stand = await CheckStand.open();
  const route = (node: string, ...words: readonly string[]): Promise<string> => stand.lan.run(node, ["ip", ...words]);
  await stand.lan.run("rs", ["sysctl", "-q", "-w", "net.ipv4.ip_forward=1", ...UNLIMITED]);
  await route("rs", "route", "add", "blackhole", "198.51.100.1");
  await route("rs", "route", "add", "unreachable", "198.51.100.2");
  await route("rs", "address", "add", "203.0.113.1/32", "dev", "lo");
  await route("rs", "address", "add", "203.0.113.5/32", "dev", "lo");
  await stand.lan.run("rs", ["nft", "add table ip t; add chain ip t out { type filter hook output priority 0; }"]);
  await stand.lan.run("rs", ["nft", `add rule ip t out ip saddr 203.0.113.5 ip saddr set ${SERVER.v4}`]);
  await route("lb", "route", "add", "203.0.113.5", "via", SERVER.v4);
  await route("lb", "route", "add", "198.51.100.0/24", "via", SERVER.v4);
  await route("lb", "route", "add", "203.0.113.1", "via", SERVER.v4, "table", "100");
  await route("lb", "rule", "add", "fwmark", "7", "lookup", "100");
  await Promise.all([stand.serve(), stand.startNamed({ name: "example.test", text: ZONE })]);
  expect(await stand.sysctl("net/ipv4/ping_group_range")).toBe("1\t0");
  stand.check(config);
});
afterAll(() => stand.close());

describe("the first verdict on", () => {
  test.each(CASES)("$name", async ({ name, up, words }) => {
    const service = portOf(name);
    expect(await verdict(service)).toMatchObject({ up });
    const [said] = notes(service);
    if (typeof words === "string") expect(said).toBe(words);
    else if (words !== undefined) expect(said).toMatch(words);
  });

  test("nobody, where the trouble is our own", async () => {
    for (const [i, { words }] of LOCAL.entries()) {
      const service = CASES.length + 1 + i;
      const note = await stand.events.waitFor(
        "note of trouble",
        (event) => event.type === "note" && event.service === service,
      );
      expect(note).toMatchObject({ note: "local-trouble", words: expect.stringMatching(words) });
      expect(stand.events.entries).not.toContainEqual(expect.objectContaining({ type: "verdict", service }));
    }
  });
});

test("who is asked sees our address and port", async () => {
  for (const port of [4007, 4008])
    await stand.heard.waitFor(`a datagram from port ${port}`, (line) => line === `7 from ${DIRECTOR.v4} ${port}`);
});

test("a server that stops is down after its retries, and up again when it is back", async () => {
  const [dns, over6] = [portOf("BIND, type SOA"), portOf("BIND over IPv6")];
  const from = stand.events.mark();
  stand.signalNamed("SIGTERM");
  for (const service of [dns, over6]) {
    expect(await verdict(service, from)).toMatchObject({ up: false });
    const address = service === dns ? SERVER.v4 : SERVER.v6;
    const refused = `DNS_CHECK ([${address}]:udp:53) failed to read socket; errno 111 (Connection refused)`;
    expect(notes(service, from).at(-1)).toBe(`${refused} after 1 retries`);
    expect(notes(service, from)).toHaveLength(2); // the first may have waited for an answer in vain
  }
  const back = stand.events.mark();
  await stand.startNamed({ name: "example.test", text: ZONE });
  for (const service of [dns, over6]) expect(await verdict(service, back)).toMatchObject({ up: true });
});

test("a machine that echoes no more is down after its retries, and up again when it does", async () => {
  const services = [portOf("the kernel's echo"), portOf("the kernel's echo over IPv6")];
  const echo = (ignore: 0 | 1): Promise<string> =>
    stand.lan.run("rs", [
      "sysctl",
      "-q",
      "-w",
      ...["ipv4.icmp_echo_ignore_all", "ipv6.icmp.echo_ignore_all"].map((name) => `net.${name}=${ignore}`),
    ]);
  const from = stand.events.mark();
  await echo(1);
  for (const [i, service] of services.entries()) {
    expect(await verdict(service, from)).toMatchObject({ up: false });
    const [rs, vs] = i === 0 ? [SERVER.v4, "10.0.0.1"] : [SERVER.v6, "fd99::1"];
    expect(notes(service, from)).toEqual([
      `ICMP connection to address [${rs}]:udp:80 timeout.`,
      `ICMP CHECK on service [${rs}]:udp:80 of [${vs}]:udp:${service} failed after 1 retries.`,
    ]);
  }
  const back = stand.events.mark();
  await echo(0);
  for (const service of services) expect(await verdict(service, back)).toMatchObject({ up: true });
});

describe("net.ipv4.ping_group_range", () => {
  test("takes our group in, and is put back at the end", async () => {
    expect(await stand.sysctl("net/ipv4/ping_group_range")).toBe("0\t0");
    await stand.endChecks("SIGTERM");
    expect(await stand.sysctl("net/ipv4/ping_group_range")).toBe("1\t0");
  });

  /** Starts other checkers; what they changed. */
  async function started(config: string, known: readonly unknown[] = []): Promise<CheckEvent> {
    const from = stand.events.mark();
    stand.check(config, known);
    return await stand.events.waitFor("sysctls", ({ type }) => type === "sysctls", { from });
  }

  test("is put back also by the process after one that was killed", async () => {
    const first = await started(configOf([ping(SERVER.v4)]));
    await stand.endChecks("SIGKILL");
    expect(await stand.sysctl("net/ipv4/ping_group_range")).toBe("0\t0");
    const known = first.type === "sysctls" ? first.sysctls : [];
    expect(known).toEqual([{ path: "net/ipv4/ping_group_range", before: "1\t0", after: "0\t0" }]);
    expect(await started(configOf([ping(SERVER.v4)]), known)).toEqual(first);
    await stand.endChecks("SIGTERM");
    expect(await stand.sysctl("net/ipv4/ping_group_range")).toBe("1\t0");
  });

  test("is left alone without a PING_CHECK", async () => {
    expect(await started(configOf([udp(7, "require_reply")]))).toEqual({ type: "sysctls", sysctls: [] });
    expect(await stand.sysctl("net/ipv4/ping_group_range")).toBe("1\t0");
    await stand.endChecks("SIGTERM");
  });

  test("that cannot be changed is trouble of our own, which says what is missing", async () => {
    const readOnly = 'mount -o bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$@"';
    const from = stand.events.mark();
    stand.check(configOf([ping(SERVER.v4)]), [], ["unshare", "--mount", "sh", "-c", readOnly, "sh"]);
    const note = await stand.events.waitFor("note", ({ type }) => type === "note", { from });
    expect(note).toMatchObject({
      note: "local-trouble",
      words:
        "ICMP CHECK on service [192.0.2.11]:udp:80 cannot be made: socket: EACCES (Permission denied): net.ipv4.ping_group_range leaves our group out",
    });
    await stand.endChecks("SIGTERM");
  });
});
