import { expect, test } from "vitest";
import { itemOf } from "./reading-items.ts";

test.each([
  ["track_interface", "x", 253],
  ["track_script", "x", 253],
  ["track_file", "x", 254],
  ["track_process", "x", 254],
  ["track_bfd", "x", 253],
])("a weight of %s reaches to its bounds, and no further", (block, name, most) => {
  for (const weight of [-most, 0, most])
    expect(itemOf(block, `${name} weight ${weight}`)).toMatchObject({ value: { name, weight }, said: [] });
  const beyond = itemOf(block, `${name} weight 255`);
  expect(beyond).toMatchObject({ value: { name, weight: undefined }, found: [{ status: 5 }] });
  expect(beyond.found[0]?.keepalived).toContain(`(k.conf: Line 5) number '255' outside range [-`);
});

test("254 counts as 253 where Keepalived says so", () => {
  for (const block of ["track_interface", "track_script"]) {
    const { value, found } = itemOf(block, "x weight -254");
    expect(value).toMatchObject({ weight: -253 });
    expect(found[0]?.keepalived).toBe("(k.conf: Line 5) (V) weight for x cannot be +/-254. Setting to +/-253");
  }
});

test("a direction stands behind the weight, in the words of the list", () => {
  expect(itemOf("track_script", "x weight 5 reverse").value).toMatchObject({ weight: 5, reverse: true });
  expect(itemOf("track_file", "x weight 5 noreverse").value).toMatchObject({ weight: 5, reverse: false });
  expect(itemOf("track_file", "x weight 5").value).toMatchObject({ reverse: undefined });
  const { value, found } = itemOf("track_interface", "x weight 5 noreverse");
  expect(value).toMatchObject({ weight: 5, reverse: undefined });
  expect(found).toMatchObject([
    { message: "`noreverse` has no effect behind a weight", help: "did you mean `reverse`?" },
  ]);
});

test.each([
  ["x wieght 5", "unknown option `wieght`; `x` is not tracked", "did you mean `weight`?"],
  ["x reverse", "unknown option `reverse`; `x` is not tracked", "write it behind `weight N`"],
  ["x foo", "unknown option `foo`; `x` is not tracked", undefined],
  ["x weight", "`weight` without a value; `x` is not tracked", undefined],
])("%s is not tracked", (line, message, help) => {
  const { value, found } = itemOf("track_bfd", line);
  expect(value).toBeUndefined();
  expect(found).toMatchObject([{ message, status: 5 }]);
  expect(found[0]?.help).toBe(help);
});
