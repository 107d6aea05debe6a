import { expect, test } from "vitest";
import { CONFIG_FILE } from "../../src/command/check-arguments.ts";
import { runCommand } from "../../src/command/commands.ts";
import { type Files, sourceOf } from "../config/reading.ts";
import { farm, router } from "../plan/planning.ts";

const OLD = router("V1", 51) + farm(80, { 11: "weight 1", 12: "" }) + farm(81, { 11: "" });
const NEXT =
  router("V1", 51) + router("V2", 52, "", ["192.0.2.101"]) + farm(80, { 11: "weight 3" }) + farm(81, { 11: "" });
const FILES: Files = { [CONFIG_FILE]: OLD, old: OLD, next: NEXT, wrong: `${NEXT}nonsense\n` };

/** `keepalived-ts plan` with these arguments. */
function run(args: readonly string[], files: Files = FILES) {
  const [out, error]: [string[], string[]] = [[], []];
  const host = {
    source: sourceOf(files),
    facts: () => ({}),
    out: (text: string) => void out.push(text),
    error: (text: string) => void error.push(text),
    write: () => "a command that only reads does not write",
  };
  return { status: runCommand(["plan", ...args], host), out: out.join(""), error: error.join("") };
}

test("changes: what becomes of every kind, then each with what it means, status 2", () => {
  expect(run(["next", "old"])).toEqual({
    status: 2,
    out: `plan: from \`old\` to \`next\`
the reload would be accepted: 1 instance kept, 1 added; 1 virtual server kept, 1 changed

added vrrp_instance \`V2\` (\`eth0\`, VRID 52): begins as at a start
    added virtual_ipaddress 192.0.2.101/32 dev eth0

changed virtual_server [192.0.2.100]:tcp:80
    changed real_server [192.0.2.11]:80
        weight 1 → 3: connections stay
    removed real_server [192.0.2.12]:80: its connections end
`,
    error: "",
  });
});

test("no change: status 0", () => {
  const out = "plan: from `old` to `old`\nthe reload would be accepted: no change\n";
  expect(run(["old", "old"])).toEqual({ status: 0, out, error: "" });
});

test.each([[["old"]], [["old", "-"]]])("%j compares with the file of the daemon, and says so", (args) => {
  expect(run(args).out).toMatch(/^plan: from `\/etc\/keepalived\/keepalived.conf` \(the default\) to `old`\n/);
});

test("a new error: the reload would be refused, with the finding and what it would else do, status 5", () => {
  const { status, out } = run(["wrong", "old"]);
  expect(status).toBe(5);
  expect(out.split("\n").slice(0, 9)).toEqual([
    "plan: from `old` to `wrong`",
    "",
    expect.stringMatching(/^error\[.*unknown keyword `nonsense`/),
    expect.stringMatching(/^ *--> wrong:\d+:1$/),
    expect.anything(),
    expect.anything(),
    expect.anything(),
    "",
    "the reload would be refused for 1 new error; the configuration in force would stay",
  ]);
  expect(out).toContain("\nwithout that: 1 instance kept, 1 added;");
});

test("an error that the old file has too is no reason to refuse", () => {
  const { status, out } = run(["wrong", "worse"], { ...FILES, worse: `${OLD}nonsense\n` });
  expect([status, out.includes("would be accepted")]).toEqual([2, true]);
});

test("a new file that cannot be read would be refused, and nothing else is said", () => {
  const { status, out } = run(["none", "old"]);
  expect(status).toBe(5);
  expect(out).toMatch(/`none` does not exist/);
  expect(out).toMatch(/would stay\n$/);
});

test("an old file that cannot be read cannot be compared with: status 1", () => {
  const { status, out, error } = run(["next", "none"]);
  expect([status, out]).toEqual([1, ""]);
  expect(error).toMatch(/^error: .*`none` does not exist\n = help: name the file that the daemon was started with\n$/);
});

test.each([[["-i", "lb2"]], [["--config-id=lb2"]]])("%j says who we are, for both files", (options) => {
  const files = { old: OLD, next: `${OLD}@lb2 ${router("V2", 52).replaceAll("\n", "\n@lb2 ")}` };
  expect(run(["next", "old"], files).status).toBe(0);
  expect(run([...options, "next", "old"], files).status).toBe(2);
});

test("--format json is an object with all that the text says", () => {
  const { status, out } = run(["--format=json", "wrong", "old"]);
  const { changes, refused, ...rest } = JSON.parse(out);
  expect(status).toBe(5);
  expect(rest).toEqual({
    old: "old",
    new: "wrong",
    summary: "1 instance kept, 1 added; 1 virtual server kept, 1 changed",
  });
  expect(refused).toEqual([expect.objectContaining({ severity: "error", file: "wrong" })]);
  expect(changes).toHaveLength(6);
  expect(changes[4]).toEqual({
    change: "changed",
    within: ["virtual_server [192.0.2.100]:tcp:80", "real_server [192.0.2.11]:80"],
    what: "weight",
    name: null,
    from: 1,
    to: 3,
    unit: null,
    effect: "connections stay",
  });
  expect(JSON.parse(run(["--format", "json", "none", "old"]).out)).toMatchObject({ summary: "no change", changes: [] });
});

test.each([
  [[], "`plan` needs the name of the new file"],
  [["a", "b", "c"], "`plan` takes two files at most"],
  [["--format=xml", "a"], "`--format` is text or json, not `xml`"],
  [["--fix", "a"], "unknown option `--fix`"],
  [["a", "-i"], "option `--config-id` needs a value"],
])("%j is refused with 1", (args, message) => {
  const help = " = help: keepalived-ts plan [OPTION]... NEW [OLD]\n";
  expect(run(args)).toEqual({ status: 1, out: "", error: `error: ${message}\n${help}` });
});

test("--help names every option and status", () => {
  const { status, out } = run(["--help"]);
  expect(status).toBe(0);
  for (const word of ["--config-id", "--format", "0 no change", "1 wrong", "2 changes", "5 the reload"])
    expect(out).toContain(word);
});
