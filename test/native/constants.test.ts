import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import * as io from "../../src/io/constants.ts";
import { errnoName, errnoText } from "../../src/io/errno.ts";
import * as netlink from "../../src/netlink/constants.ts";
import { decodeLink } from "../../src/netlink/link.ts";
import * as nftables from "../../src/netlink/nft-constants.ts";
import { SAMPLES } from "./layouts.ts";

/*
 * What TypeScript writes by hand about the kernel's interface, compared with the C headers of this machine. A file of
 * constants exports them under their C names, so each is checked from the moment it is written down.
 */

const IO_HEADERS = [
  "errno.h",
  "linux/ethtool.h",
  "linux/if.h",
  "linux/if_ether.h",
  "linux/if_packet.h",
  "linux/mii.h",
  "linux/sockios.h",
  "netinet/in.h",
  "netinet/tcp.h",
  "sched.h",
  "signal.h",
  "sys/epoll.h",
  "sys/file.h",
  "sys/inotify.h",
  "sys/prctl.h",
  "sys/resource.h",
  "sys/socket.h",
];
const NETLINK_HEADERS = [
  "sys/socket.h",
  "linux/if.h",
  "linux/if_addr.h",
  "linux/if_arp.h",
  "linux/if_link.h",
  "linux/ip.h",
  "linux/netlink.h",
  "linux/lwtunnel.h",
  "linux/mpls_iptunnel.h",
  "linux/rtnetlink.h",
  "linux/fib_rules.h",
  "linux/genetlink.h",
  "linux/ila.h",
  "linux/ip_vs.h",
  "linux/connector.h",
  "linux/cn_proc.h",
];
const LAYOUT_HEADERS = [
  "arpa/inet.h",
  "netinet/in.h",
  "sys/un.h",
  "linux/if_packet.h",
  "linux/mii.h",
  ...NETLINK_HEADERS,
];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "constants-"));
  return () => rmSync(directory, { recursive: true });
});

test("the constants of io have the values of the C headers", () => {
  expect({ ...io }).toEqual(valuesInC(IO_HEADERS, Object.keys(io)));
});

test("the constants of netlink have the values of the C headers", () => {
  expect({ ...netlink }).toEqual(valuesInC(NETLINK_HEADERS, Object.keys(netlink)));
});

test("the constants of nf_tables have the values of the C headers", () => {
  const headers = ["linux/in.h", "linux/netlink.h", "linux/netfilter.h", "linux/netfilter/nfnetlink.h"];
  const all = [...headers, "linux/netfilter/nf_tables.h", "linux/netfilter/nf_tables_compat.h"];
  expect({ ...nftables }).toEqual(valuesInC(all, Object.keys(nftables)));
});

test("C finds in each structure what TypeScript has written", () => {
  const program = SAMPLES.map(
    ({ struct, bytes, members }, i) => `{
      static const unsigned char bytes[] __attribute__((aligned(8))) = {${[...bytes, ...new Uint8Array(200)].join()}};
      const ${struct} *s = (const void *)bytes;
      long length = ${bytes.length};
      printf("%d sizeof %zu\\n", ${i}, sizeof *s);
      ${Object.keys(members)
        .map((member) => `printf("%d %s %lld\\n", ${i}, "${member}", (long long)(${member}));`)
        .join("\n")}
    }`,
  );
  const found = runC(LAYOUT_HEADERS, program.join("\n"));
  const sizes = SAMPLES.flatMap(({ bytes, size }, i) => (size === "whole" ? [`${i} sizeof ${bytes.length}`] : []));
  const values = SAMPLES.flatMap(({ members }, i) =>
    Object.entries(members).map(([name, value]) => `${i} ${name} ${value}`),
  );
  expect(found).toEqual(expect.arrayContaining(sizes));
  expect(found.filter((row) => !row.includes(" sizeof "))).toEqual(values);
});

test("TypeScript finds in struct ifinfomsg and its attributes what C has written", () => {
  const program = `struct {
      struct ifinfomsg link;
      struct nlattr name; char eth0[8];
      struct nlattr mtu; unsigned value;
    } bytes = {
      {.ifi_family = AF_INET6, .ifi_type = ARPHRD_ETHER, .ifi_index = 7, .ifi_flags = IFF_UP | IFF_LOWER_UP},
      {.nla_len = 4 + 5, .nla_type = IFLA_IFNAME}, "eth0",
      {.nla_len = 8, .nla_type = IFLA_MTU}, 1500,
    };
    for (unsigned i = 0; i < sizeof bytes; i++) printf("%d\\n", ((unsigned char *)&bytes)[i]);`;
  expect(decodeLink(Uint8Array.from(runC(LAYOUT_HEADERS, program), Number))).toMatchObject({
    ok: true,
    value: { ifindex: 7, name: "eth0", type: 1, flags: 0x10001, up: true, running: false, mac: undefined, mtu: 1500 },
  });
});

test("errors have the names and words of the C library", () => {
  const rows = runC(
    ["string.h"],
    `for (int i = 1; i < 200; i++)
      if (strerrorname_np(i) != NULL) printf("%d %s %s\\n", i, strerrorname_np(i), strerror(i));`,
  );
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.map((row) => Number.parseInt(row, 10)).map((n) => `${n} ${errnoName(n)} ${errnoText(n)}`)).toEqual(rows);
});

/** What the compiler makes of each name. One that the headers lack fails the compilation, and so the test. */
function valuesInC(headers: readonly string[], names: readonly string[]): Record<string, number> {
  expect(names.length).toBeGreaterThan(10);
  const rows = runC(headers, names.map((name) => `printf("%s %lld\\n", "${name}", (long long)(${name}));`).join("\n"));
  return Object.fromEntries(rows.map((row) => row.split(" ")).map(([name, value]) => [name, Number(value)]));
}

/** The lines that a program of these headers and this body prints. */
function runC(headers: readonly string[], body: string): string[] {
  const includes = headers.map((header) => `#include <${header}>\n`).join("");
  const source = join(directory, "values.c");
  const program = join(directory, "values");
  writeFileSync(source, `#define _GNU_SOURCE\n#include <stdio.h>\n${includes}int main(void) {\n${body}\n}\n`);
  execFileSync(process.env["CC"] ?? "cc", ["-w", "-o", program, source], { stdio: ["ignore", "pipe", "pipe"] });
  return execFileSync(program, { encoding: "utf8" }).trimEnd().split("\n");
}
