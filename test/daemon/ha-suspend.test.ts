import { afterEach, beforeEach, expect, test } from "vitest";
import { HaSuspend } from "../../src/daemon/ha-suspend.ts";
import { Poller } from "../../src/io/poller.ts";
import { createLog } from "../../src/observe/log.ts";
import { reading } from "../config/reading.ts";
import { farm } from "../plan/planning.ts";

let poller: Poller;
let suspend: HaSuspend;

beforeEach(() => {
  poller = new Poller();
  suspend = new HaSuspend({ poller, log: createLog([], true), turned: () => {} });
});
afterEach(() => {
  suspend.close();
  poller.close();
});

const at = (where: string, port: number, more = "ha_suspend"): string =>
  farm(port, { 11: "" }, more).replace(`192.0.2.100 ${port}`, where);
const group = (name: string, ...entries: readonly string[]): string =>
  `virtual_server_group ${name} {\n${entries.join("\n")}\n}\n`;

/** Of these services, by their names in the log, those whose checks rest; this host has 127.0.0.1 and not 192.0.2.100. */
function away(text: string, ...names: readonly string[]): readonly string[] {
  suspend.configure(reading(text).config);
  return names.filter((name) => suspend.isAway(name));
}

test("a service rests that asks for it and whose address is not on this host", () => {
  const names = ["[127.0.0.1]:tcp:80", "[192.0.2.100]:tcp:81", "[192.0.2.100]:tcp:82"];
  const text = at("127.0.0.1 80", 80) + at("192.0.2.100 81", 81) + at("192.0.2.100 82", 82, "");
  expect(away(text, ...names)).toEqual(["[192.0.2.100]:tcp:81"]);
  expect(away(text.replaceAll("ha_suspend", ""), ...names)).toEqual([]);
});

test("a group is here with any of its addresses, of ranges too", () => {
  const text =
    group("G", "240.0.0.9 80", "127.0.0.0/30 80") +
    group("H", "240.0.0.1-254 80") +
    at("group G", 80) +
    at("group H", 81);
  expect(away(text, "[G]:0", "[H]:0")).toEqual(["[H]:0"]);
});
