import { expect, test } from "vitest";
import { instance, reading } from "../config/reading.ts";

const errors = (text: string): readonly string[] =>
  reading(text)
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ message }) => message);
const process = (...lines: readonly string[]): string => `vrrp_track_process P {\nprocess a\n${lines.join("\n")}\n}\n`;

test("quorum_max 0 goes with a quorum of 1 above it, and with no other", () => {
  expect(errors(process("quorum 1", "quorum_max 0"))).toEqual([]);
  expect(errors(process("quorum_max 0"))).toEqual([]);
  expect(errors(process("quorum 3", "quorum_max 0"))).toHaveLength(1);
  expect(errors(process("quorum_max 0", "quorum 1"))).toHaveLength(1);
});

test("an address with a peer may say its whole length, and no other", () => {
  const address = (text: string) => errors(instance(`virtual_ipaddress_excluded {\n${text}\n}`));
  expect(address("192.0.2.9/32 peer 192.0.2.10")).toEqual([]);
  expect(address("192.0.2.9 peer 192.0.2.10")).toEqual([]);
  expect(address("192.0.2.9/24 peer 192.0.2.10")).toHaveLength(1);
});

test("the weight of a script knows one word behind its number", () => {
  const weight = (text: string) => errors(`vrrp_script S {\nscript /bin/true\nweight ${text}\n}\n`);
  expect(weight("20 reverse")).toEqual([]);
  expect(weight("20 backwards")).toEqual(["unknown option `backwards` of `weight`"]);
});
