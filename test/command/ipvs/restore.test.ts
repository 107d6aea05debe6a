import fc from "fast-check";
import { expect, test } from "vitest";
import { ip } from "../../../src/base/ip.ts";
import { readCommandLine } from "../../../src/command/ipvs/arguments.ts";
import { tableJson } from "../../../src/command/ipvs/json.ts";
import { NUMERIC } from "../../../src/command/ipvs/labels.ts";
import { restoreLines } from "../../../src/command/ipvs/restore.ts";
import { renderSave } from "../../../src/command/ipvs/save.ts";
import { Kernel } from "./kernel.ts";
import { NAMES } from "./names.ts";

test("a line may begin with ipvsadm, blanks part the words, quotes are no quotes, empty lines say nothing", () => {
  expect(restoreLines('ipvsadm -A\t-t  a \r\n\n  \n-D -t "b"\nipvsadm\nlast')).toEqual([
    ["-A", "-t", "a"],
    ["-D", "-t", '"b"'],
    ["last"],
  ]);
});

const word = fc.oneof(
  fc.constantFrom(
    ..."-A -E -a -e -d -t -u -f -6 -s -p -M -r -g -i -m -w -x -y -b -o --pe --tun-type --tun-port".split(" "),
  ),
  fc.constantFrom(
    "10.9.0.1:80",
    "[2001:db8::1]:80",
    "vip:http",
    "rr",
    "sh",
    "sh-port",
    "sip",
    "gue",
    "6080",
    "1",
    "255.0.0.0",
  ),
  fc.constantFrom("-Ln", "--stats", "-Lcn", "-S", "-R", "-C", "--set", "--", "-", "--json", "--watch=2", "-X"),
  fc.string({ maxLength: 12 }),
);

test("a law: no command line throws", () => {
  fc.assert(fc.property(fc.array(word, { maxLength: 12 }), (args) => void readCommandLine(args, NAMES)));
});

const place = fc.constantFrom(
  "-t 10.9.0.1:80",
  "-u 10.9.0.1:53",
  "--sctp-service [2001:db8::1]:9",
  "-f 7",
  "-f 4294967295 -6",
);
const manner = fc.constantFrom(
  "-s rr",
  "-s wlc -p",
  "-s sh -b sh-fallback,sh-port",
  "-s rr -b flag-2 -p 9",
  "-s mh -p 60 --pe sip",
);
const server = fc.tuple(
  fc.constantFrom("10.9.1.1:80", "10.9.1.2", "[2001:db8::9]:8080", "10.9.1.1:8080"),
  fc.constantFrom("-m", "-g", "-i", "-i --tun-type gue --tun-port 9 --tun-remcsum", "-i --tun-type gre --tun-csum"),
  fc.constantFrom("", "-w 0", "-w 2147483647 -x 9 -y 3", "-x 70000"),
);

test("a law: what -S --thresholds writes makes the same table again", () => {
  const services = fc.array(fc.tuple(place, manner, fc.array(server, { maxLength: 4 })), { maxLength: 5 });
  fc.assert(
    fc.property(services, (wanted) => {
      const lines = wanted.flatMap(([at, how, servers]) => [
        `-A ${at} ${how}`,
        ...servers.map(([address, forward, more]) => `-a ${at} -r ${address} ${forward} ${more}`),
      ]);
      const first = filled(lines.join("\n"));
      const saved = renderSave(first.services, true, NUMERIC);
      const second = filled(saved);
      expect(tableJson(second.services, true)).toEqual(tableJson(first.services, true));
      expect(renderSave(second.services, true, NUMERIC)).toBe(saved);
    }),
  );
});

test("masks survive, too, and a host that is one by itself has none", () => {
  const kernel = filled("-A -t 10.9.0.1:80 -s rr -p 5 -M 255.0.255.0\n-A -f 1 -6 -s rr -p 5 -M 64\n-A -f 2 -s rr -p 5");
  expect(kernel.services.map(({ netmask }) => netmask)).toEqual([0xff00_ff00, 64, 0xffff_ffff]);
  expect(renderSave(kernel.services, false, NUMERIC)).toBe(
    "-A -t 10.9.0.1:80 -s rr -p 5 -M 255.0.255.0\n-A -f 1 -6 -s rr -p 5 -M 64\n-A -f 2 -s rr -p 5\n",
  );
});

test("--json shows everything, whatever columns are chosen", () => {
  const kernel = filled(
    "-A -u vip:domain -s rr -p 5 -o\n-a -u vip:domain -r 10.9.1.1 -i --tun-type gre --tun-csum -x 9",
  );
  const [service] = tableJson(kernel.services, true) as Record<string, unknown>[];
  expect(service).toMatchObject({
    ...{ protocol: "udp", address: ip("10.9.0.1"), port: 53, scheduler: "rr", flags: [], onePacket: true },
    persistence: { timeout: 5, netmask: null, engine: null },
    servers: [
      {
        ...{ address: "10.9.1.1", port: 53, forwarding: "tunnel", weight: 1, upperThreshold: 9 },
        tunnel: { type: "gre", port: 0, checksum: "full" },
        connections: { active: 0, inactive: 0, persistent: 0 },
      },
    ],
  });
});

function filled(text: string): Kernel {
  const kernel = new Kernel();
  for (const args of restoreLines(text)) {
    const plan = readCommandLine(args, NAMES);
    if (plan.type === "change") kernel.apply(plan.change);
  }
  return kernel;
}
