import { expect, test } from "vitest";
import { type ScriptEnd, scriptVerdict } from "../../src/lvs/script-check.ts";

const plain = (end: ScriptEnd) => scriptVerdict({ dynamicWeight: false }, end);
const dynamic = (end: ScriptEnd) => scriptVerdict({ dynamicWeight: true }, end);
const down = (why: string) => ({ up: false, why, local: false });

test("0 is a success, everything else a failure", () => {
  expect(plain({ exited: 0 })).toEqual({ up: true });
  for (const exited of [1, 2, 254, 255]) expect(plain({ exited })).toEqual(down(`exited with status ${exited}`));
});

test("with misc_dynamic 2 to 255 are successes that ask for the weights 0 to 253, 0 for the configured one", () => {
  expect(dynamic({ exited: 0 })).toEqual({ up: true });
  expect(dynamic({ exited: 1 })).toEqual(down("exited with status 1"));
  expect(dynamic({ exited: 2 })).toEqual({ up: true, weight: 0 });
  expect(dynamic({ exited: 255 })).toEqual({ up: true, weight: 253 });
});

test.each([plain, dynamic])("a signal, a timeout and a script that cannot be run are failures", (verdict) => {
  expect(verdict({ signal: 9 })).toEqual(down("due to signal 9"));
  expect(verdict({ timedOut: true })).toEqual(down("timed out"));
  expect(verdict({ notRun: "ENOENT", local: false })).toEqual(down("it cannot be run: ENOENT"));
});

test("that we have no memory for it says nothing of the server", () => {
  expect(plain({ notRun: "ENOMEM", local: true })).toEqual({ up: false, why: "ENOMEM", local: true });
});
