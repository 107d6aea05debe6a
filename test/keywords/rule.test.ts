import { expect, test } from "vitest";
import { itemOf, optionsOf } from "./reading-items.ts";

const rule = (line: string) => itemOf("virtual_rules", line);
const given = (options: string) => optionsOf(rule(`${options} preference 5`).value);

test.each([
  ["from 192.0.2.0/24 table 7", { from: { address: "192.0.2.0", prefixLength: 24 }, table: 7 }],
  ["from all to any lookup main", { from: "all", to: "all", lookup: 254 }],
  ["fwmark 0x1/0xff table 7", { fwmark: { mark: 1, mask: 255 } }],
  ["fwmark 1 table 7", { fwmark: { mark: 1, mask: 4294967295 } }],
  ["uidrange 5-9 table 7", { uidrange: { from: 5, to: 9 } }],
  ["sport 80-80 table 7", { sport: { from: 80, to: 80 } }],
  ["ipproto TCP table 7", { ipproto: 6 }],
  ["tunnel-id 18446744073709551615 table 7", { "tunnel-id": "18446744073709551615" }],
  ["type blackhole", { type: true, blackhole: true }],
  ["type goto 9", { goto: 9 }],
  ["from all l3mdev", { l3mdev: true }],
])("%s is read as data", (options, expected) => {
  expect(given(options)).toMatchObject(expected);
  expect(rule(`${options} preference 5`).found).toEqual([]);
});

test.each([
  ["from x table 7", "`x` is no address", "Invalid rule from address x"],
  ["table 0", "table 0 is no table", "Table 0 is not valid"],
  ["fwmark 1/x table 7", "`1/x` is no mark", "Invalid rule fwmark 1/x specified"],
  ["sport 9-5 table 7", "`9-5` is no range of ports", "invalid sport range 9-5"],
  ["sport 80 table 7", "`80` is no range of ports", "invalid sport range 80"],
  ["type foo", "`foo` is no action of a rule", "Unknown rule option foo"],
  ["from all", "a rule without an action is left out", "No action specified for rule - ignoring"],
  ["nop blackhole", "a rule has one action; this is the second", "Cannot specify more than one of"],
  ["goto 5", "`goto 5` leads back: the preference of this rule is 5", "preference 5 >= goto target 5"],
  ["from 192.0.2.1 to 2001:db8::1 table 7", "a rule is of one family", "mixed IPv4 and IPv6"],
  ["from 2001:db8::1 realms 1 table 7", "`realms` are for IPv4 only", "realms is only valid for IPv4"],
  ["blackhole sup_pl 5", "this needs `table`", "suppressor/realm specified for non table action - skipping"],
])("%s leaves the rule out", (options, said, logged) => {
  const { value, found } = rule(`${options} preference 5`);
  expect(value).toBeUndefined();
  expect(found[0]).toMatchObject({ message: said, status: 5 });
  expect(found[0]?.keepalived).toContain(logged);
});

test("a preference is a number as C writes it", () => {
  for (const [text, value] of Object.entries({ 5: 5, "0x10": 16, "010": 8, 4294967295: 4294967295 }))
    expect(optionsOf(rule(`table 7 order ${text}`).value)).toMatchObject({ order: value });
  expect(rule("table 7 order 08").found).toMatchObject([{ help: "a number with a `0` in front is octal" }]);
  expect(rule("table 7 order 4294967296").said).toEqual(["`4294967296` is not in the range 0 to 4294967295"]);
});

test("a rule of another protocol is warned about and stays", () => {
  expect(rule("table 7 order 5 protocol 4").value).toBeDefined();
  expect(rule("table 7 order 5 protocol 4").found).toMatchObject([{ severity: "warning", status: 5 }]);
  expect(rule("table 7 order 5 protocol 4 no_track").found).toEqual([]);
});

test("a misspelt word of a rule is answered with the one that was meant", () => {
  const { found } = rule("from all tabel 7 preference 5");
  expect(found).toMatchObject([
    { message: "unknown option `tabel` of `virtual_rules`", help: "did you mean `table`?" },
  ]);
});
