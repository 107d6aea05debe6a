import { expect, test } from "vitest";
import type { CheckerConfig } from "../../src/config/model/check.ts";
import type { Diagnostic } from "../../src/syntax/diagnostic.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { reading, server } from "./reading.ts";

const FILE = "track_file T {\nfile /etc/hostname\nweight 3 reverse\n}\n";
const BFD = "bfd_instance B {\nneighbor_ip 192.0.2.8\n}\nbfd_instance C {\nneighbor_ip 192.0.2.9\n}\n";

function checkers(text: string): readonly CheckerConfig[] {
  return reading(text).config.virtualServers[0]?.realServers[0]?.checkers ?? [];
}

function said(text: string): readonly Diagnostic[] {
  return reading(text).diagnostics;
}

function file(...lines: readonly string[]): string {
  return server(`FILE_CHECK {\n${lines.join("\n")}\n}`);
}

function bfd(...lines: readonly string[]): string {
  return server(`BFD_CHECK {\n${lines.join("\n")}\n}`);
}

// Compared with `keepalived -t` 2.2.7: test/lab/lvs-cases.ts.
test.each([
  ["", { weight: 3, reverse: true }],
  ["weight 5", { weight: 5, reverse: true }],
  ["weight 5 noreverse", { weight: 5, reverse: false }],
  ["weight -5 reverse", { weight: -5, reverse: true }],
  ["weight 0", { weight: 0, reverse: true }],
])("FILE_CHECK { %s } of a file with weight 3 reverse", (line, expected) => {
  expect(checkers(FILE + file("track_file T", line))).toEqual([{ type: "file", trackFile: "T", ...expected }]);
  expect(said(FILE + file("track_file T", line))).toEqual([]);
});

test.each(["weight abc", "weight 2147483648", "weight 5 foo", "weight"])("%s is left out", (line) => {
  expect(checkers(FILE + file("track_file T", line))).toMatchObject([{ weight: 3, reverse: true }]);
  expect(testStatus(said(FILE + file("track_file T", line)))).toBe(5);
});

test("a track_file has weight 1 unless it says another", () => {
  expect(checkers(FILE.replace("weight 3 reverse", "") + file("track_file T"))).toMatchObject([
    { weight: 1, reverse: false },
  ]);
});

test("the old name of the block defines a file too", () => {
  expect(checkers(`vrrp_${FILE}${file("track_file T")}`)).toMatchObject([{ trackFile: "T" }]);
});

test.each([
  ["nothing", file("track_file T"), "there is no track_file `T`", "define it at the top level: `track_file T`"],
  ["another", FILE + file("track_file TT"), "there is no track_file `TT`", "did you mean `T`?"],
  ["others", FILE + file("track_file some"), "there is no track_file `some`", "defined are `T`"],
])("a FILE_CHECK where the file defines %s is left out", (_, text, message, help) => {
  expect(checkers(text)).toEqual([]);
  expect(said(text)).toContainEqual(expect.objectContaining({ code: "unknown-reference", message, help }));
  expect(testStatus(said(text))).toBe(5);
});

test.each([
  ["FILE_CHECK", file("track_file T") + FILE, "track_file", "T", { line: 11, column: 12 }],
  ["BFD_CHECK", bfd("name B") + BFD, "bfd_instance", "B", { line: 11, column: 14 }],
])(
  "%s follows what is defined below; it is said, with its place, that Keepalived does not",
  (_, text, what, name, place) => {
    expect(checkers(text)).toHaveLength(1);
    expect(said(text)).toMatchObject([
      {
        severity: "warning",
        message: `${what} \`${name}\` is defined below: it counts here, Keepalived leaves this line out`,
        related: [{ span: place, message: "it is defined here" }],
        help: `move the ${what} up, so that both do the same`,
      },
    ]);
    expect(testStatus(said(text))).toBe(5);
  },
);

test("a FILE_CHECK without a file is left out", () => {
  expect(checkers(FILE + file("weight 5"))).toEqual([]);
});

test("BFD_CHECK follows a session", () => {
  expect(checkers(BFD + bfd("name B"))).toEqual([{ type: "bfd", instance: "B", alpha: false }]);
  expect(checkers(BFD + bfd("name B", "alpha"))).toMatchObject([{ alpha: true }]);
  const inherits = server("alpha", "BFD_CHECK {\nname B\n}");
  expect(checkers(BFD + inherits)).toMatchObject([{ alpha: true }]);
});

test.each([
  ["no name", bfd("alpha"), "`BFD_CHECK` has no `name`: it follows nothing and is left out"],
  ["an unknown name", BFD + bfd("name X"), "there is no bfd_instance `X`"],
  ["a session of VRRP", BFD.replace("}", "vrrp\n}") + bfd("name B"), "bfd_instance `B` is for VRRP alone"],
])("BFD_CHECK with %s is left out", (_, text, message) => {
  expect(checkers(text)).toEqual([]);
  expect(said(text).map((each) => each.message)).toEqual([message]);
  expect(testStatus(said(text))).toBe(5);
});

test("a session of both is one for checkers", () => {
  expect(checkers(BFD.replace("}", "vrrp\nchecker\n}") + bfd("name B"))).toHaveLength(1);
});

test("of several names the first that is defined counts", () => {
  expect(checkers(BFD + bfd("name X", "name B", "name C"))).toMatchObject([{ instance: "B" }]);
  expect(said(BFD + bfd("name B", "name C"))[0]?.keepalived).toBe(
    "(k.conf: Line 14) ([192.0.2.11]:tcp:80) BFD_CHECK - BFD C already specified as B",
  );
});

test("a real server follows a session once", () => {
  const text = BFD + server("BFD_CHECK {\nname B\n}", "BFD_CHECK {\nname B\n}", "BFD_CHECK {\nname C\n}");
  expect(checkers(text)).toMatchObject([{ instance: "B" }, { instance: "C" }]);
  expect(said(text)).toMatchObject([{ code: "duplicate", span: { line: 15 }, related: [{ span: { line: 12 } }] }]);
});
