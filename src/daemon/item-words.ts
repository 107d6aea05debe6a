import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { wordsOf } from "../vrrp/restoring.ts";
import type { Outcome, TableName } from "./holding.ts";

/** What is said of addresses, routes and rules; in Keepalived's words, where it has some. */

/** A master sets or removes all of it. */
export function itemWords(config: VrrpInstanceConfig, verb: "setting" | "removing"): readonly string[] {
  const { name, addresses, excludedAddresses, routes, rules } = config;
  const said = [
    ...(addresses.length > 0 ? [`(${name}) ${verb} VIPs.`] : []),
    ...(excludedAddresses.length > 0 ? [`(${name}) ${verb} E-VIPs.`] : []),
  ];
  const routing = [
    ...(routes.length > 0 ? [`(${name}) ${verb} Virtual Routes`] : []),
    ...(rules.length > 0 ? [`(${name}) ${verb} Virtual Rules`] : []),
  ];
  return verb === "setting" ? [...said, ...routing] : [...routing.reverse(), ...said];
}

/** Others removed it, and it is back. */
export function restoredWords(
  instance: string,
  { added, titles }: Pick<Outcome, "added" | "titles">,
  words: ReturnType<typeof wordsOf>,
): readonly string[] {
  if (words === "nothing") return [];
  const kinds = NAMES.filter(([table]) => added[table] > 0).map(([, name]) => `virtual ${name}`);
  const count = added.addresses + added.routes + added.rules;
  const what = count <= FEW ? titles.join(", ") : `${titles.slice(0, FEW).join(", ")} and ${count - FEW} more`;
  const had = `(${instance}) ${kinds.join(", ")} had been removed, restored: ${what}`;
  if (words === "restored") return [had];
  return [
    had,
    `(${instance}) another program removes them again and again: they are restored more slowly, and in silence`,
  ];
}
const FEW = 3;
const NAMES: readonly (readonly [TableName, string])[] = [
  ["addresses", "addresses"],
  ["routes", "routes"],
  ["rules", "rules"],
];

/** Duplicate address detection failed, RFC 4862 §5.4.5. */
export function duplicateWords(instance: string, title: string): string {
  return `(${instance}) ${title} is in use by another host (duplicate address detection failed)`;
}
