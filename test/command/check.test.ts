// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { check } from "../../src/command/check.ts";
import { CONFIG_FILE } from "../../src/command/check-arguments.ts";
import { COMMANDS, runCommand } from "../../src/command/commands.ts";
import { DEFAULTS } from "../../src/daemon/options.ts";
import { usage } from "../../src/daemon/usage.ts";
import { type Files, sourceOf } from "../config/reading.ts";

interface Run {
  readonly status: number | undefined;
  readonly out: string;
  readonly error: string;
}

const HOST = { interfaces: [{ name: "eth0", addresses: [{ address: ip("192.0.2.2"), prefixLength: 24 }] }] };
const MISSING = { type: "missing" } as const;

/** `keepalived-ts` with these arguments, on a disk with these files. */
function run(files: Files, ...args: readonly string[]): Run {
  let out = "";
  let error = "";
  const host = {
    source: sourceOf(files),
    facts: (paths: Iterable<string>) => ({ ...HOST, files: new Map([...paths].map((path) => [path, MISSING])) }),
    out(text: string) {
      out += text;
    },
    error(text: string) {
      error += text;
    },
    write: () => "a command that only reads does not write",
  };
  const status = runCommand(args, host);
  return { status, out, error };
}

const FINE =
  "vrrp_instance V {\n  interface eth0\n  virtual_router_id 51\n  virtual_ipaddress {\n    192.0.2.1/24\n  }\n}\n";
const CLEAN = { "k.conf": FINE };
const WRONG = { "k.conf": "global_defs {\n  routr_id lb1\n}\n" };
const WARNING = { "k.conf": FINE.replace("eth0", "eth0 eth1") };

test("a file without findings: one line, status 0", () => {
  expect(run(CLEAN, "check", "k.conf")).toEqual({ status: 0, out: "no findings\n", error: "" });
});

test("an error: its place, the remedy, the count, status 5", () => {
  const { status, out, error } = run(WRONG, "check", "k.conf");
  expect({ status, error }).toEqual({ status: 5, error: "" });
  expect(out.split("\n")).toEqual([
    expect.stringMatching(/^error\[[\w-]+\]: unknown keyword `routr_id` in `global_defs`$/),
    " --> k.conf:2:3",
    "  |",
    "2 |   routr_id lb1",
    "  |   ^^^^^^^^",
    "  = help: did you mean `router_id`?",
    "",
    "1 error",
    "",
  ]);
});

test("warnings leave status 0; with --strict they are errors", () => {
  const usual = run(WARNING, "check", "k.conf");
  expect(usual.status).toBe(0);
  expect(usual.out).toMatch(/^warning\[[\s\S]*\n1 warning\n$/);
  const strict = run(WARNING, "check", "--strict", "k.conf");
  expect(strict.status).toBe(5);
  expect(strict.out).toMatch(/^error\[[\s\S]*\n1 error\n$/);
});

test("a file that cannot be read is an error", () => {
  expect(run({}, "check", "k.conf")).toEqual({
    status: 5,
    out: "error[unreadable]: the configuration file `k.conf` does not exist\n --> k.conf\n\n1 error\n",
    error: "",
  });
});

test("without a file, or with `-`, it is the daemon's", () => {
  expect(CONFIG_FILE).toBe(DEFAULTS.configFile);
  for (const args of [[], ["-"]]) expect(run({ [CONFIG_FILE]: FINE }, "check", ...args).out).toBe("no findings\n");
});

test("--format json: an array with every field of every finding", () => {
  expect(JSON.parse(run(CLEAN, "check", "--format=json", "k.conf").out)).toEqual([]);
  expect(JSON.parse(run(WRONG, "check", "k.conf", "--format", "json").out)).toEqual([
    {
      severity: "error",
      code: expect.any(String),
      message: "unknown keyword `routr_id` in `global_defs`",
      file: "k.conf",
      line: 2,
      column: 3,
      length: 8,
      help: "did you mean `router_id`?",
      source: "  routr_id lb1",
      includedFrom: [],
      related: [],
    },
  ]);
});

const INCLUDES = { "k.conf": "include a\n", a: "\n include b\n", b: "wrong\n" };

test("what is wrong in an included file shows every include that leads there, the nearest first", () => {
  expect(run(INCLUDES, "check", "k.conf").out).toContain(
    "1 | wrong\n  | ^^^^^\n  = included from a:2:10\n  = included from k.conf:1:9\n",
  );
  expect(JSON.parse(run(INCLUDES, "check", "--format=json", "k.conf").out)[0]).toMatchObject({
    includedFrom: [
      { file: "a", line: 2, column: 10, length: 1 },
      { file: "k.conf", line: 1, column: 9, length: 1 },
    ],
  });
  expect(run(INCLUDES, "check", "--format=github", "k.conf").out).toContain(
    "%0Aincluded from a:2:10%0Aincluded from k.conf:1:9\n",
  );
  expect(run(INCLUDES, "check", "b").out).not.toContain("included");
});

test("so does what a lint finds, and what directors do not agree on", () => {
  const lines = FINE.split("\n");
  const files = {
    "k.conf": "include a\n",
    a: FINE.replace("51", "51\n  authentication {\n auth_type PASS\n auth_pass 1111\n }"),
  };
  expect(run(files, "check", "k.conf").out).toMatch(/^hint\[K012\][\s\S]*\n {2}= included from k\.conf:1:9\n/);
  const both = { "k.conf": "include a\n", a: lines.join("\n"), b: FINE };
  expect(run(both, "check", "k.conf", "b").out).toMatch(
    /^warning\[equal-priority\][\s\S]*= included from k\.conf:1:9\n/,
  );
});

test("files of two directors that include each other have an end", () => {
  const files = { a: `include b\n${FINE}`, b: `include a\n${FINE}` };
  expect(run(files, "check", "a", "b").status).toBe(5);
});

test("--format github: a workflow command for each finding, then the count", () => {
  expect(run(WRONG, "check", "--format=github", "k.conf").out).toMatch(
    /^::error file=k\.conf,line=2,col=3,endColumn=11,title=[^:,]+::unknown keyword `routr_id` in `global_defs`%0Ahelp: did you mean `router_id`\?\n1 error\n$/,
  );
});

test("-i says who we are, for the files behind it, and else for all", () => {
  const files = { "k.conf": "@lb1 wrong1\n@lb2 wrong2\n" };
  const wrong = (...args: readonly string[]): readonly string[] =>
    run(files, "check", ...args).out.match(/unknown keyword `wrong\d`/g) ?? [];
  expect(wrong("k.conf")).toEqual([]);
  for (const id of [["-i", "lb1"], ["-ilb1"], ["--config-id", "lb1"], ["--config-id=lb1"]]) {
    expect(wrong(...id, "k.conf")).toEqual(["unknown keyword `wrong1`"]);
    expect(wrong("k.conf", ...id)).toEqual(["unknown keyword `wrong1`"]);
  }
  expect(wrong("-i", "lb1", "k.conf", "-i", "lb2", "k.conf")).toEqual([
    "unknown keyword `wrong1`",
    "unknown keyword `wrong2`",
  ]);
});

test("one file for two directors, told apart by their ids", () => {
  const text = (a: number, b: number): string => FINE.replace("eth0", `eth0\n@lb1 priority ${a}\n@lb2 priority ${b}`);
  const both = (files: Files): string => run(files, "check", "-i", "lb1", "k.conf", "-i", "lb2", "k.conf").out;
  expect(both({ "k.conf": text(100, 50) })).toBe("no findings\n");
  expect(both({ "k.conf": text(70, 70) })).toContain("is `70` in `k.conf (lb1)` and in `k.conf (lb2)`");
});

test("--off leaves findings out by code; what the directors do not agree on has codes too", () => {
  const files = { a: FINE, b: FINE };
  expect(run(files, "check", "a", "b").out).toMatch(/^warning\[[\s\S]*\n1 warning\n$/);
  expect(run(files, "check", "--off=K012,equal-priority", "a", "b").out).toBe("no findings\n");
  const [finding] = JSON.parse(run(WARNING, "check", "--format=json", "k.conf").out);
  expect(run(WARNING, "check", "--off", finding.code, "k.conf").out).toBe("no findings\n");
});

test("a finding with which the daemon cannot start is never left out", () => {
  const files = { "k.conf": FINE.replace("  virtual_router_id 51\n", "") };
  expect(run(files, "check", "--off=missing-keyword", "k.conf")).toMatchObject({ status: 5 });
});

test("what is wrong in a file that both directors include is said once", () => {
  const files = { a: "include c\n", b: "include c\n", c: "wrong\n" };
  expect(run(files, "check", "a", "b").out).toMatch(/\n1 error\n$/);
});

const ABSENT = FINE.replace("eth0", "eth1");

test("the daemon's own file is checked against this host, others are not; --host and --no-host say it", () => {
  const files = { [CONFIG_FILE]: ABSENT, "k.conf": ABSENT };
  const absent = (...args: readonly string[]): boolean =>
    run(files, "check", ...args).out.includes("there is no interface `eth1`");
  for (const own of [[], ["-"], [CONFIG_FILE], ["--host", "k.conf"], ["--no-host", "--host", "k.conf"]])
    expect([own, absent(...own)]).toEqual([own, true]);
  for (const other of [["k.conf"], ["--no-host"], ["--no-host", CONFIG_FILE], ["--host", "--no-host"]])
    expect([other, absent(...other)]).toEqual([other, false]);
});

test("the daemon's own file is another host's with the id of another", () => {
  const status = (...args: readonly string[]): number | undefined =>
    run({ [CONFIG_FILE]: ABSENT, other: FINE }, "check", ...args).status;
  expect(status("-i", "node1")).toBe(5);
  expect(status("-i", "node2")).toBe(0);
  expect(status("-i", "node2", "--host")).toBe(5);
  expect(status("-i", "node1", CONFIG_FILE, "-i", "node2", "other")).toBe(5);
});

test("the scripts of the file are looked at, and no other file", () => {
  const text = `global_defs {\n  enable_script_security\n  script_user joe\n}\nvrrp_script S {\n  script "/opt/x a"\n}\n`;
  expect(run({ "k.conf": text }, "check", "--host", "k.conf").out).toContain("`/opt/x` does not exist");
  expect(run({ "k.conf": text }, "check", "k.conf").out).not.toContain("does not exist");
});

test("what is wrong in a shared file for some of its directors only says for which", () => {
  const files = { a: "include c\n", b: "include c\n", d: "include c\n", c: "${_INSTANCE} x\n" };
  const said = (...args: readonly string[]): readonly string[] =>
    run(files, "check", ...args).out.match(/(?<=^error.*: )unknown.*/gm) ?? [];
  expect(said("-i", "lb1", "a", "-i", "lb2", "b", "-i", "lb2", "d")).toEqual([
    "unknown keyword `lb1` at the top level (in `a`)",
    "unknown keyword `lb2` at the top level (in `b` and `d`)",
  ]);
  expect(said("-i", "lb1", "c", "-i", "lb2", "c")).toEqual([
    "unknown keyword `lb1` at the top level (in `c (lb1)`)",
    "unknown keyword `lb2` at the top level (in `c (lb2)`)",
  ]);
  expect(said("-i", "lb1", "a", "b")).toEqual(["unknown keyword `lb1` at the top level"]);
});

test("two directors: the findings of each file, and the differences, in the order of files and lines", () => {
  const files = { "lb1.conf": seed("002-lb1.conf"), "lb2.conf": seed("002-lb2.conf") };
  const { status, out } = run(files, "check", "lb1.conf", "lb2.conf");
  expect(status).toBe(5);
  const places = [...out.matchAll(/--> (lb\d)\.conf:(\d+):/g)].map(([, file, line]) => `${file} ${line?.padStart(3)}`);
  expect(places).toEqual([...places].sort());
  expect(out).toContain("`lb_algo` of `virtual_server 172.16.1.100 80` is `rr` in `lb1.conf` and `wlc` in `lb2.conf`");
});

const said = (message: string): string => `error: ${message}\n = help: keepalived-ts check [OPTION]... [FILE]...\n`;

test("wrong arguments: what is wrong and the usage on standard error, status 1", () => {
  const refused = (...args: readonly string[]): string => {
    const { status, out, error } = run(CLEAN, "check", ...args);
    expect({ status, out }).toEqual({ status: 1, out: "" });
    return error;
  };
  expect(refused("--bogus", "k.conf")).toBe(said("unknown option `--bogus`"));
  expect(refused("-x")).toBe(said("unknown option `-x`"));
  expect(refused("--format=xml")).toBe(said("`--format` is text, json or github, not `xml`"));
  expect(refused("k.conf", "--format")).toBe(said("option `--format` needs a value"));
  expect(refused("--format=", "k.conf")).toBe(said("option `--format` needs a value"));
  expect(refused("-i")).toBe(said("option `--config-id` needs a value"));
  expect(refused("--strict=yes")).toBe(said("option `--strict` takes no value"));
  expect(refused("--host", "a", "b")).toBe(said("`--host` looks at this host, which is one director: name one file"));
});

test("a code that no finding has is refused, with the one that was probably meant", () => {
  const refused = (off: string): string => run(CLEAN, "check", `--off=${off}`, "k.conf").error;
  expect(refused("K099")).toMatch(/^error: no finding has the code `K099`; did you mean `K0\d9`\?\n/);
  expect(refused("k012")).toBe(said("no finding has the code `k012`; did you mean `K012`?"));
  expect(refused("K012,weak-wieght")).toBe(said("no finding has the code `weak-wieght`; did you mean `weak-weight`?"));
  expect(refused("unknown-keyword")).toBe(said("no finding has the code `unknown-keyword`; did you mean `K005`?"));
  expect(refused("complete nonsense here")).toBe(said("no finding has the code `complete nonsense here`"));
  expect(refused("K012,,weak-weight,")).toBe("");
  for (const known of ["K012", "weak-weight", "not-implemented", "two-masters", "differs-lb-algo"])
    expect([known, refused(known)]).toEqual([known, ""]);
});

test("a version is numbers with dots, as packages write them", () => {
  for (const wrong of ["nonsense", "2", "2.2.x", "two.2", "-1"])
    expect(run(CLEAN, "check", "--peer-version", wrong, "k.conf")).toEqual({
      status: 1,
      out: "",
      error: said(`\`--peer-version\` is a version such as 2.2.7, not \`${wrong}\``),
    });
  for (const right of ["2.2.7", "v2.2.7", "2.3", "1:2.2.7-1+b2"])
    expect(run(CLEAN, "check", "--peer-version", right, "k.conf")).toMatchObject({ status: 0, error: "" });
});

test("behind `--` everything is a file", () => {
  expect(run({ "-k": FINE }, "check", "--", "-k").out).toBe("no findings\n");
});

test("--help says the options and the exit statuses, on standard output", () => {
  const { status, out } = run({}, "check", "--help");
  expect(status).toBe(0);
  expect(out).toContain("Exit status: 0 no errors (warnings and hints at most), 1 wrong arguments, 5 errors.");
});

test("a first argument that is no command is the daemon's", () => {
  expect(run(CLEAN).status).toBeUndefined();
  expect(run(CLEAN, "-t").status).toBeUndefined();
  expect(run(CLEAN, "--check").status).toBeUndefined();
  expect(run(CLEAN, "constructor").status).toBeUndefined();
});

test("the daemon's --help lists every command", () => {
  const help = usage();
  for (const { name, usage: words, meaning } of COMMANDS) {
    expect(help).toContain(`  ${name} ${words}`);
    expect(help).toContain(meaning);
  }
  expect(COMMANDS).toContain(check);
});

function seed(name: string): string {
  return readFileSync(`test/seeds/${name}`, "utf8");
}
