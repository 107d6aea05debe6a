import { readFileSync } from "node:fs";
import type { RouteConfig, RuleConfig } from "../../src/config/model/network.ts";
import type { Place } from "../../src/daemon/item-options.ts";
import { decodeAttributes } from "../../src/netlink/attributes.ts";
import { reading } from "../config/reading.ts";
import { fromHex } from "../golden.ts";

/** A line of the configuration, and the bytes that came of it. */
export interface GoldenItem {
  readonly line: string;
  readonly bytes: Uint8Array;
}

/** The items of a golden file: a comment with the line between backticks before the bytes of each. */
export function goldenItems(name: string): readonly GoldenItem[] {
  const text = readFileSync(new URL(`../golden/${name}.hex`, import.meta.url), "utf8");
  return [...text.matchAll(/^# `(.*)`\n((?:[0-9a-f ]+\n)+)/gm)].map(([, line = "", hex = ""]) => ({
    line,
    bytes: fromHex(hex),
  }));
}

/** The host that the golden files are of: `d0` is interface 3, `red` a VRF, and no name of a number is its own. */
export const PLACE: Place = {
  ifindex: (name) => (name === "d0" ? 3 : undefined),
  vrfTable: (name) => (name === "red" ? 10 : undefined),
  number: () => undefined,
};

/** The route of a line of `static_routes`. */
export function routeOf(line: string): RouteConfig {
  return only(line, reading(`static_routes {\n${line}\n}\n`).config.staticRoutes);
}

/** The rule of a line of `static_rules`; one without priority is the first of its file. */
export function ruleOf(line: string): RuleConfig {
  return only(line, reading(`static_rules {\n${line}\n}\n`).config.staticRules);
}

function only<T>(line: string, [item]: readonly T[]): T {
  if (item === undefined) throw new Error(`not read: ${line}`);
  return item;
}

/** A body without the padding of attributes (which ip(8) leaves to chance) and NLA_F_NESTED, as nested pairs. */
export function tree(body: Uint8Array): unknown {
  const attributes = [...decodeAttributes(body.subarray(12))].map(([type, value]) => [
    type,
    type === 22 ? [...decodeAttributes(value)] : value,
  ]);
  return [body.subarray(0, 12), attributes];
}
