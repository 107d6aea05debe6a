import { expect, test } from "vitest";
import { hasQuorum, type ProcessParameters, processMatcher, quorumDelays } from "../../src/vrrp/process.ts";

const byName: ProcessParameters = {
  process: "psleep",
  parameters: [],
  match: "partial",
  fullCommand: false,
  quorum: 1,
  quorumMax: undefined,
  forkDelay: 3,
  terminateDelay: 5,
};
const byCommand = (match: ProcessParameters["match"], ...parameters: string[]): ProcessParameters => {
  return { ...byName, process: "/tmp/psleep", fullCommand: true, match, parameters };
};
const matches = (config: ProcessParameters, ...argv: string[]): boolean => {
  const command = argv.map((word) => `${word}\0`).join("");
  return processMatcher(config, (text) => text)({ name: (argv[0] ?? "").replace(/.*\//, "").slice(0, 15), command });
};

test("a name is that of /proc/PID/comm, whatever the command line; of a longer one its 15 bytes count", () => {
  expect(matches(byName, "/tmp/psleep", "100")).toBe(true);
  expect(matches(byName, "/tmp/psleeper")).toBe(false);
  expect(matches({ ...byName, process: "/tmp/psleep" }, "/tmp/psleep")).toBe(false);
  const long = "averyveryverylongname";
  for (const process of [long, long.slice(0, 15)]) expect(matches({ ...byName, process }, long)).toBe(true);
});

test.each([
  ["exact", ["100"], ["100"], true],
  ["exact", ["100"], ["100", "200"], false],
  ["exact", ["100"], ["1000"], false],
  ["exact", [], [], true],
  ["exact", [], ["100"], false],
  ["partial", ["100"], ["100"], true],
  ["partial", ["100"], ["100", "200"], true],
  ["partial", ["100"], ["1000"], false],
  ["partial", [], ["100"], true],
  ["initial", ["10"], ["100"], true],
  ["initial", ["10"], ["100", "200"], true],
  ["initial", ["100"], ["10"], false],
  ["initial", [], ["100"], true],
] as const)("param_match %s with %j: a process with %j matches: %s", (match, wanted, given, expected) => {
  expect(matches(byCommand(match, ...wanted), "/tmp/psleep", ...given)).toBe(expected);
  expect(matches(byCommand(match, ...wanted), "psleep", ...given)).toBe(false);
});

test("a quorum has a least and a most", () => {
  const upTo = (quorum: number, quorumMax: number | undefined): boolean[] =>
    [0, 1, 2, 3].map((count) => hasQuorum({ ...byName, quorum, quorumMax }, count));
  expect(upTo(1, undefined)).toEqual([false, true, true, true]);
  expect(upTo(2, 2)).toEqual([false, false, true, false]);
  expect(upTo(0, 0)).toEqual([true, false, false, false]);
});

test("the fork delay holds for forks alone, the other one for every loss", () => {
  expect([quorumDelays(byName, "fork"), quorumDelays(byName, "other")]).toEqual([
    { down: 5, up: 3 },
    { down: 5, up: 0 },
  ]);
});
