import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { unitPlaces, unitText } from "../../src/real-server/unit.ts";

const PLACES = [
  { address: ip("192.0.2.100"), device: "lo", tunnel: false },
  { address: ip("2001:db8::100"), device: "ip6tnl0", tunnel: true },
];

test("the unit prepares each address at the start, and keeps itself at the stop", () => {
  const text = unitText(PLACES, ["/usr/bin/node", "/opt/100% $x/main.js"]) ?? "";
  expect(text.split("\n").filter((line) => line.startsWith("Exec"))).toEqual([
    'ExecStart=/usr/bin/node "/opt/100%% $$x/main.js" real-server up --dev lo 192.0.2.100',
    'ExecStart=/usr/bin/node "/opt/100%% $$x/main.js" real-server up --tun --dev ip6tnl0 2001:db8::100',
    'ExecStop=/usr/bin/node "/opt/100%% $$x/main.js" real-server down --keep-unit 192.0.2.100 2001:db8::100',
  ]);
  expect(unitPlaces(text)).toEqual(PLACES);
});

test("no address, no unit; another unit's lines are none of ours", () => {
  expect(unitText([], ["/usr/bin/node"])).toBeUndefined();
  expect(unitPlaces("ExecStart=/bin/x real-server up --dev a/b 192.0.2.1\nExecStart=/bin/true\n")).toEqual([]);
});
