import { expect, test } from "vitest";
import { newPlaces } from "../../src/convert/places.ts";

const TEXT = "ab\n\ncd";
const places = newPlaces("k", TEXT);

test("an offset is a line and a column", () => {
  expect(places.span(0, 1)).toEqual({ file: "k", line: 1, column: 1, length: 1 });
  expect(places.span(5, 6)).toEqual({ file: "k", line: 3, column: 2, length: 1 });
});

test("a stretch ends with the line it begins on", () => {
  expect(places.span(1, 6)).toEqual({ file: "k", line: 1, column: 2, length: 1 });
  expect(places.span(4, 99)).toEqual({ file: "k", line: 3, column: 1, length: 2 });
});

test("behind the last character there is a place without length", () => {
  expect(places.span(6, 7)).toEqual({ file: "k", line: 3, column: 3, length: 0 });
  expect(newPlaces("k", "").span(0, 1)).toEqual({ file: "k", line: 1, column: 1, length: 0 });
});

test("lines count from 1", () => {
  expect([0, 1, 2, 3, 4].map((number) => places.line(number))).toEqual([undefined, "ab", "", "cd", undefined]);
});
