import { expect, test } from "vitest";
import { fileNumber } from "../../src/vrrp/file-number.ts";

test.each([
  ["5\n", 5],
  ["0x10", 16],
  ["0XfF", 255],
  ["010", 8],
  [" \t\n 7", 7],
  ["-4", -4],
  ["+6", 6],
  ["-0", 0],
  ["9abc", 9],
  ["08", 0],
  ["1.5", 1],
  ["5\n6", 5],
  ["2147483647", 2147483647],
  ["-2147483648", -2147483648],
])("%j is the number %i, as for keepalived 2.2.7", (text, value) => {
  expect(fileNumber(text)).toBe(value);
});

test.each(["", "abc", "-", "- 4", "\0", `${" ".repeat(127)}5`, "0x"])("%j is no number, which is 0", (text) => {
  expect(fileNumber(text)).toBe(0);
});

test.each(["2147483648", "-2147483649", "4294967297", "0xffffffff", "9".repeat(200)])(
  "%s does not fit into 32 bits and is none at all",
  (text) => {
    expect(fileNumber(text)).toBeUndefined();
  },
);
