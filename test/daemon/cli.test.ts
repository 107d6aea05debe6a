import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseCommandLine } from "../../src/daemon/cli.ts";
import { DEFAULTS, OPTIONS, type Options } from "../../src/daemon/options.ts";
import { usage } from "../../src/daemon/usage.ts";
import { VERSION } from "../../src/daemon/version.ts";

function run(...args: string[]): Partial<Options> & { readonly warnings: readonly string[] } {
  const asked = parseCommandLine(args);
  if (asked.action === "answer" || asked.action === "help") throw new Error(JSON.stringify(asked));
  const entries = Object.entries(asked.options).filter(([name, value]) => DEFAULTS[name as keyof Options] !== value);
  return { ...Object.fromEntries(entries), warnings: asked.warnings };
}

function refused(...args: string[]): string {
  const asked = parseCommandLine(args);
  if (asked.action !== "answer" || asked.status !== 1) throw new Error("it was accepted");
  expect(asked.to).toBe("stderr");
  return asked.text.trimEnd();
}

test("no argument: everything at its default", () => {
  expect(run()).toEqual({ warnings: [] });
});

test("short flags can be bundled, and the last of a bundle takes the rest or the next word", () => {
  expect(run("-nlD")).toEqual({ foreground: true, console: true, detail: true, warnings: [] });
  expect(run("-lnD", "-GR")).toMatchObject({ foreground: true, syslog: false, respawn: false });
  expect(run("-nfk.conf")).toMatchObject({ foreground: true, configFile: "k.conf" });
  expect(run("-nf", "k.conf", "-DD")).toMatchObject({ configFile: "k.conf", detail: true });
});

test("long options take a value behind `=` or as the next word, and can be shortened while unambiguous", () => {
  expect(run("--use-file=a=b")).toMatchObject({ configFile: "a=b" });
  expect(run("--use-file", "a")).toMatchObject({ configFile: "a" });
  expect(run("--dump")).toMatchObject({ dumpConfig: true });
  expect(run("--pid", "p", "--vrrp_pid=r", "-c", "c")).toMatchObject({
    pidFile: "p",
    vrrpPidFile: "r",
    checkersPidFile: "c",
  });
  expect(run("-B", "-b", "b")).toEqual({ bfd: false, bfdPidFile: "b", warnings: [] });
  expect(refused("--d")).toBe("Unknown option --d");
});

test("--vrrp, which is also the beginning of --vrrp_pid, is itself", () => {
  expect(run("--vrrp")).toEqual({ checkers: false, warnings: [] });
  expect(run("-C")).toEqual({ vrrp: false, warnings: [] });
});

test("the argument of -t must be attached", () => {
  expect(parseCommandLine(["-t"])).toMatchObject({ action: "test", options: { testLog: undefined } });
  expect(parseCommandLine(["-tfile"])).toMatchObject({ action: "test", options: { testLog: "file" } });
  expect(parseCommandLine(["--config-test=file"])).toMatchObject({ action: "test", options: { testLog: "file" } });
  expect(parseCommandLine(["-t", "file"])).toMatchObject({
    action: "test",
    warnings: ["Unexpected argument(s): file"],
  });
});

test("operands, and everything behind `--`, are said and ignored", () => {
  expect(run("foo", "-n", "-", "--", "-x")).toEqual({
    foreground: true,
    warnings: ["Unexpected argument(s): foo - -x"],
  });
});

test("mistakes end with status 1 and Keepalived's words", () => {
  expect(refused("--bogus")).toBe("Unknown option --bogus");
  expect(refused("-nj")).toBe("Unknown option -j");
  expect(refused("-f")).toBe("Missing parameter for option -f");
  expect(refused("--use-file=")).toBe("Missing parameter for option --use-file");
  expect(refused("--log-console=3")).toBe("Unknown option --log-console=3");
  expect(refused("-u", "abc")).toBe("Invalid --umask option abc");
});

test("-h and -v answer on standard error with status 0, whatever comes after them", () => {
  expect(parseCommandLine(["-v", "--bogus"])).toMatchObject({ action: "answer", to: "stderr", status: 0 });
  expect(parseCommandLine(["-nh", "--bogus"])).toEqual({ action: "help" });
  for (const { long } of OPTIONS) expect(usage()).toContain(`--${long}`);
});

test("-v names this program, and a Keepalived version for scripts that look for one", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(VERSION).toBe(version);
  expect(parseCommandLine(["-v"])).toMatchObject({
    text: expect.stringMatching(/^keepalived-ts v[\d.]+\nKeepalived v2\./),
  });
});

test("--signum prints a number on standard output, Keepalived's; an unknown name is refused", () => {
  expect(parseCommandLine(["--signum=RELOAD"])).toEqual({ action: "answer", text: "1\n", to: "stdout", status: 0 });
  const numbers = ["STOP", "RELOAD", "DATA", "STATS", "STATS_CLEAR", "JSON"].map((name) =>
    parseCommandLine([`--signum=${name}`]),
  );
  expect(numbers.map((answer) => "text" in answer && answer.text)).toEqual([
    "15\n",
    "1\n",
    "10\n",
    "12\n",
    "63\n",
    "36\n",
  ]);
  expect(refused("--signum", "FOO")).toBe("Unknown sigfunc FOO");
});

test("an option whose feature is missing is named; where ignoring it would be another job, it is refused", () => {
  expect(run("-a", "--debug=Tp").warnings).toEqual([
    "option -a (--address-monitoring) has no effect: logging of every address change is not supported",
    "option --debug has no effect: debug switches is not supported",
  ]);
  expect(run("-s", "blue")).toEqual({ namespace: "blue", warnings: [] });
  expect(refused("-g")).toContain("logging to a file");
});

test("syslog facilities by number and by name; a bad one is a warning", () => {
  expect([run("-S", "3"), run("-Slocal7"), run("-S", "user")]).toMatchObject([
    { facility: 19 },
    { facility: 23 },
    { facility: 1 },
  ]);
  expect(run("-S", "daemon")).toEqual({ warnings: [] });
  expect(run("-S", "9")).toEqual({ warnings: ["Invalid log facility '9'"] });
});

test("umasks are numbers as in C", () => {
  expect([run("-u", "022"), run("-u", "0x12"), run("-u", "18")].map(({ umask }) => umask)).toEqual([18, 18, 18]);
  expect(refused("-u", "01000")).toContain("umask");
});

test("--metrics takes an address and a port, or off", () => {
  expect(run("--metrics=[::1]:80")).toMatchObject({ metrics: { host: "::1", port: 80 } });
  expect(run("--metrics", "0.0.0.0:9100")).toMatchObject({ metrics: { host: "0.0.0.0", port: 9100 } });
  expect(run("--metrics=off")).toMatchObject({ metrics: undefined });
  expect(refused("--metrics=localhost:99999")).toContain("ADDRESS:PORT");
});

test("--log-format json asks for console lines", () => {
  expect(run("--log-format", "json")).toEqual({ console: true, json: true, warnings: [] });
  expect(refused("--log-format=xml")).toContain("text or json");
});
