import { networkName } from "../base/host.ts";
import { addRule, deleteRule, type NumberRange, type Rule } from "./rule.ts";
import type { TableKind } from "./table-kind.ts";

const [ENOENT, EEXIST] = [2, 17];

/** Routing policy rules. All that a rule says is what tells it apart. */
export const RULES: TableKind<Rule> = {
  what: "rule",
  key,
  same: (have, want) => have.protocol === want.protocol,
  add: addRule,
  remove: deleteRule,
  title: ({ priority, source, destination, table }) =>
    [
      `priority ${priority}`,
      ...(source === undefined ? [] : [`from ${networkName(source)}`]),
      ...(destination === undefined ? [] : [`to ${networkName(destination)}`]),
      ...(table === 0 ? [] : [`table ${table}`]),
    ].join(" "),
  there: [EEXIST],
  gone: [ENOENT],
};

function key(rule: Rule): string {
  const { source, destination, mark } = rule;
  return [
    ...[rule.family, rule.priority, rule.inverted, rule.tos, rule.action, rule.table, rule.l3mdev, rule.target],
    ...[source && networkName(source), destination && networkName(destination)],
    ...[mark && `${mark.value}/${mark.mask}`, rule.input, rule.output, rule.realms, rule.tunnel, rule.ipProtocol],
    ...[range(rule.users), range(rule.sourcePorts), range(rule.destinationPorts)],
    ...[rule.suppressPrefixLength, rule.suppressGroup],
  ].join(" ");
}

function range(ends: NumberRange | undefined): string {
  return ends === undefined ? "" : `${ends.from}-${ends.to}`;
}
