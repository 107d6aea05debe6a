import { expect, test } from "vitest";
import { levelOne, levelTwo } from "../../src/keywords/script.ts";

test.each([
  ["/p/a.sh", ["/p/a.sh"], []],
  ['"/p/a.sh one two"', ["/p/a.sh", "one", "two"], []],
  [`"/p/a.sh 'one two' three" joe wheel`, ["/p/a.sh", "one two", "three"], ["joe", "wheel"]],
  ["'/p/a.sh one two' joe", ["/p/a.sh", "one", "two"], ["joe"]],
  ["/p/a.sh one", ["/p/a.sh"], ["one"]],
  ['"/p/a.sh \\"q r\\""', ["/p/a.sh", '"q', 'r"'], []], // Keepalived from 2.3.2 on
  ['"a b"c', ["a", "bc"], []],
  ['"/p/a.sh \\x41\\102\\cA\\n\\q"', ["/p/a.sh", "AB\x01\nq"], []],
  ["\"/p/a.sh '' end\"", ["/p/a.sh", "", "end"], []],
  ['""', [], []],
  ["/p/a\\", ["/p/a\\"], []],
])("%s runs %j", (text, argv, more) => {
  const [command = "", ...rest] = levelOne(text);
  expect(levelTwo(command)).toEqual(argv);
  expect(rest).toEqual(more);
});
