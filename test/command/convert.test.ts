import { expect, test } from "vitest";
import { runCommand } from "../../src/command/commands.ts";
import { type Files, sourceOf } from "../config/reading.ts";

interface Run {
  readonly status: number | undefined;
  readonly out: string;
  readonly error: string;
}

/** `keepalived-ts convert` with these arguments, on a disk with these files. */
function run(files: Files, ...args: readonly string[]): Run {
  const [out, error]: [string[], string[]] = [[], []];
  const status = runCommand(["convert", ...args], {
    source: sourceOf(files),
    out: (text) => void out.push(text),
    error: (text) => void error.push(text),
    facts: () => ({}),
    write: () => "a command that only reads does not write",
  });
  return { status, out: out.join(""), error: error.join("") };
}

const CONF = "global_defs {\n    vrrp_version 3\n}\n";
const JSON_TEXT = '{\n  "global_defs": [\n    {\n      "vrrp_version": 3\n    }\n  ]\n}\n';
const FILES = { "k.conf": `# note\n${CONF}`, "k.json": JSON_TEXT, folder: "directory" } as const;

test("both ways, from either form: the result on standard output", () => {
  for (const file of ["k.conf", "k.json"]) {
    expect(run(FILES, "--to", "json", file)).toMatchObject({ status: 0, out: JSON_TEXT });
    expect(run(FILES, file, "--to=conf")).toMatchObject({ status: 0, out: CONF });
  }
});

test("what is wrong stands on standard error, what could be read on standard output: status 5", () => {
  const { status, out, error } = run(
    { "k.conf": "global_defs {\n  routr_id x\n  router_id lb1\n}\n" },
    "--to",
    "conf",
    "k.conf",
  );
  expect([status, out]).toEqual([5, "global_defs {\n    router_id lb1\n}\n"]);
  expect(error).toMatch(/^error\[[\w-]+\]: unknown keyword `routr_id` in `global_defs`\n --> k.conf:2:3\n[\s\S]*\n\n$/);
});

test("an unknown keyword of JSON has its path and the near one", () => {
  const text = '{\n  "global_defs": {\n    "routr_id": "x"\n  }\n}\n';
  expect(run({ "k.json": text }, "--to", "conf", "k.json")).toEqual({
    status: 5,
    out: "global_defs {\n}\n",
    error: [
      "error[unknown-keyword]: unknown keyword: `global_defs.routr_id`",
      " --> k.json:3:5",
      "  |",
      '3 |     "routr_id": "x"',
      "  |     ^^^^^^^^^^",
      "  = help: did you mean `router_id`?",
      "",
      "",
    ].join("\n"),
  });
});

test("text that is no JSON writes nothing: status 5", () => {
  expect(run({ "k.json": '{ "global_defs": ' }, "--to", "conf", "k.json")).toMatchObject({ status: 5, out: "" });
});

test("warnings leave status 0", () => {
  const { status, error } = run({ "k.conf": "global_defs {\n  router_id a b\n}\n" }, "--to", "json", "k.conf");
  expect(status).toBe(0);
  expect(error).toMatch(/^warning\[/);
});

test("-i says who we are", () => {
  const files = { "k.conf": "@lb1 $ID=1\n@lb2 $ID=2\nglobal_defs {\n  router_id $ID\n}\n" };
  for (const id of [["-i", "lb2"], ["-ilb2"], ["--config-id", "lb2"], ["--config-id=lb2"]])
    expect(run(files, "--to", "conf", ...id, "k.conf").out).toBe("global_defs {\n    router_id 2\n}\n");
});

test("a file that cannot be read: status 2", () => {
  expect(run(FILES, "--to", "json", "none")).toEqual({ status: 2, out: "", error: "error: `none` does not exist\n" });
  expect(run(FILES, "--to", "json", "folder")).toMatchObject({ status: 2, error: "error: `folder` is a directory\n" });
});

test.each([
  [["k.conf"], "`convert` needs `--to json` or `--to conf`"],
  [["--to", "yaml", "k.conf"], "`--to` is json or conf, not `yaml`"],
  [["--to", "json"], "`convert` needs the name of a file"],
  [["--to", "json", "k.conf", "k.json"], "`convert` takes one file"],
  [["--bogus", "k.conf"], "unknown option `--bogus`"],
  [["-x"], "unknown option `-x`"],
  [["--to"], "option `--to` needs a value"],
  [["k.conf", "-i"], "option `--config-id` needs a value"],
])("%j: what is wrong and the usage on standard error, status 1", (args, message) => {
  const { status, out, error } = run(FILES, ...args);
  expect([status, out]).toEqual([1, ""]);
  expect(error).toBe(`error: ${message}\n = help: keepalived-ts convert --to json|conf FILE\n`);
});

test("behind `--` everything is a file", () => {
  expect(run({ "-k": CONF }, "--to", "conf", "--", "-k").out).toBe(CONF);
});

test("--help says the forms and the exit statuses", () => {
  const { status, out } = run({}, "--help");
  expect(status).toBe(0);
  expect(out).toContain("Exit status: 0 no errors, 1 wrong arguments, 2 the file cannot be read, 5 errors");
});
