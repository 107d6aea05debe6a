import { expect, test } from "vitest";
import { instance } from "../config/reading.ts";
import { codes, found } from "./linting.ts";

const globals = (...lines: readonly string[]): string => `global_defs {\n${lines.join("\n")}\n}\n`;

test("one burst alone is a hint, and a refresh makes up for it", () => {
  expect(found("K029", instance("garp_master_delay 0"))[0]).toMatch(/^hint 7:19 .* in one burst/);
  expect(codes(instance("garp_master_delay 0", "garp_master_refresh 60"))).toEqual([]);
  expect(codes(instance("garp_master_delay 1"))).toEqual([]);
});

test("a line of global_defs that many instances inherit is shown once", () => {
  const other = instance().replace("vrrp_instance V", "vrrp_instance W").replace("51", "52");
  expect(found("K029", globals("vrrp_garp_master_delay 0") + instance() + other)).toHaveLength(1);
  expect(codes(globals("vrrp_garp_master_delay 0") + instance("garp_master_delay 5"))).toEqual([]);
});

test("nothing after a split is a hint, except where strict mode wants it so", () => {
  expect(found("K029", instance("garp_lower_prio_repeat 0"))[0]).toMatch(/after a split nothing is announced/);
  expect(codes(instance("strict_mode", "priority 255"))).toEqual([]);
  expect(codes(instance("garp_lower_prio_repeat 1"))).toEqual([]);
});

test("a gap that makes the last address wait longer than an advertisement interval is a warning", () => {
  const many = Array.from({ length: 20 }, (_, i) => `192.0.2.${100 + i}`).join("\n");
  const text = (gap: string, ...lines: readonly string[]): string =>
    globals(`vrrp_garp_interval ${gap}`) + instance(...lines).replace("192.0.2.254", many);
  expect(found("K029", text("0.5"))).toEqual([
    "warning 2:20 the last of 20 addresses on `eth0` is announced 9.5 seconds after the first",
  ]);
  expect(codes(text("0.05"))).toEqual([]);
  expect(codes(text("0.5", "advert_int 10"))).toEqual([]);
  expect(codes(globals("vrrp_garp_interval 30") + instance())).toEqual([]);
});

test("a repetition of 0 is the reader's error", () => {
  expect(found("K029", instance("garp_master_repeat 0"))[0]).toMatch(/^error /);
});
