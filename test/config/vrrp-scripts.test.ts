import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { VrrpInstanceConfig } from "../../src/config/model/model.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { instance, reading } from "./reading.ts";

/** The one instance of a text. */
function only(text: string): VrrpInstanceConfig | undefined {
  return reading(text).config.vrrpInstances[0];
}

const SCRIPT = "vrrp_script S {\nscript \"/bin/check 'a b' c\"\nweight 20\n}\n";

test("a script without more has Keepalived's defaults", () => {
  const { config } = reading('vrrp_script S {\nscript "/bin/check"\n}');
  expect(config.vrrpScripts).toEqual([
    {
      name: "S",
      argv: ["/bin/check"],
      user: undefined,
      group: undefined,
      interval: seconds(1),
      timeout: seconds(1),
      weight: 0,
      reverse: false,
      rise: 1,
      fall: 1,
      initFail: false,
    },
  ]);
});

test("every word of a script counts", () => {
  const lines = ["interval 0.5", "timeout 2", "weight -30 reverse", "rise 2", "fall 3", "user joe wheel", "init_fail"];
  const { config, diagnostics } = reading(SCRIPT.replace("weight 20", lines.join("\n")));
  expect(config.vrrpScripts[0]).toEqual({
    name: "S",
    argv: ["/bin/check", "a b", "c"],
    user: "joe",
    group: "wheel",
    interval: 500_000,
    timeout: seconds(2),
    weight: -30,
    reverse: true,
    rise: 2,
    fall: 3,
    initFail: true,
  });
  expect(diagnostics.map(({ code }) => code)).toEqual(["script-security"]);
});

test("script_user is the user of scripts that name none", () => {
  const globals = "global_defs {\nscript_user joe wheel\nenable_script_security\n}\n";
  const { config, diagnostics } = reading(globals + SCRIPT);
  expect(config.vrrpScripts[0]).toMatchObject({ user: "joe", group: "wheel" });
  expect(diagnostics).toEqual([]);
});

test.each([
  ["weight 300", { weight: 253 }],
  ["weight abc", { weight: 0 }],
  ["interval 0", { interval: seconds(1) }],
  ["rise 0", { rise: 1 }],
])("%s is an error", (line, expected) => {
  const { config, diagnostics } = reading(SCRIPT.replace("weight 20", line));
  expect(config.vrrpScripts[0]).toMatchObject(expected);
  expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
});

test("what cannot be run is left out, and then it cannot be tracked", () => {
  const track = instance("track_script {\nS\n}");
  for (const text of [
    "vrrp_script S {\ninterval 2\n}\n",
    'vrrp_script S {\nscript ""\n}\n',
    "vrrp_script S {\nscript\n}\n",
  ]) {
    const { config, diagnostics } = reading(text + track);
    expect(config.vrrpScripts).toEqual([]);
    expect(config.vrrpInstances[0]?.trackScripts).toEqual([]);
    expect(diagnostics.at(-1)?.message).toBe("no vrrp_script `S`; it is not tracked");
    expect(testStatus(diagnostics)).toBe(5);
  }
});

test("a script that stands below the instance is tracked, with a warning that Keepalived does not", () => {
  const { config, diagnostics } = reading(instance("track_script {\nS\n}") + SCRIPT);
  expect(config.vrrpInstances[0]?.trackScripts).toMatchObject([{ script: "S" }]);
  expect(diagnostics[0]).toMatchObject({
    severity: "warning",
    help: "move the vrrp_script up, so that both do the same",
  });
  expect(testStatus(diagnostics)).toBe(6);
});

test.each([
  ["S", [{ script: "S", weight: 20, reverse: false }]],
  ["S weight 30 reverse", [{ script: "S", weight: 30, reverse: true }]],
  ["S weight 254", [{ script: "S", weight: 253, reverse: false }]],
  ["S weight 300", [{ script: "S", weight: 20, reverse: false }]],
  ["S\nS", [{ script: "S", weight: 20, reverse: false }]],
  ["S foo 3", []],
  ["S weight", []],
])("track_script { %s }", (text, expected) => {
  expect(only(SCRIPT + instance(`track_script {\n${text}\n}`))?.trackScripts).toEqual(expected);
});

test("a small weight is a hint with the priorities it reaches", () => {
  const { diagnostics } = reading(SCRIPT.replace("20", "2") + instance("priority 100", "track_script {\nS\n}"));
  expect(diagnostics.map(({ message }) => message).at(-1)).toBe(
    "`S` moves the priority only between 102 (success) and 100 (failure)",
  );
  const owner = reading(SCRIPT.replace("20", "2") + instance("priority 255", "track_script {\nS\n}"));
  expect(owner.diagnostics.map(({ message }) => message).at(-1)).toBe(
    "the priority of an address owner is 255, whatever `S` says",
  );
});
