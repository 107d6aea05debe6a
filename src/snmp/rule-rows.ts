import type { Network } from "../base/host.ts";
import { family } from "../base/ip.ts";
import { FR_ACT_TO_TBL } from "../netlink/constants.ts";
import type { NumberRange, Rule } from "../netlink/rule.ts";
import type { VarBind } from "../wire/agentx-value.ts";
import { vrrpTable } from "./names.ts";
import { type Cells, gauge, inetAddress, inetType, integer, table, text, truth } from "./value.ts";
import { type SnmpView, shownInstances } from "./view.ts";

/** vrrpRuleTable of KEEPALIVED-MIB; instance 0 are the static ones. */
export function ruleRows(view: SnmpView): VarBind[] {
  const shown = shownInstances(view);
  return table(
    vrrpTable(8),
    view.items.flatMap(({ rules }, owner) =>
      rules.flatMap(({ rule }, i) => {
        if (rule === undefined) return [];
        const set = owner === 0 || shown[owner - 1]?.view?.state.name === "master";
        return [{ index: [owner, i + 1], cells: { ...selectors(rule), ...outcome(rule, set) } }];
      }),
    ),
  );
}

function selectors(rule: Rule): Cells {
  const { source, destination, realms, mark, tunnel } = rule;
  const first = source ?? destination;
  return {
    2: text(source !== undefined ? "from" : destination !== undefined ? "to" : ""),
    ...prefix(3, first),
    8: truth(rule.inverted),
    ...prefix(9, destination),
    ...prefix(12, source),
    15: gauge(rule.tos),
    16: number(mark?.value),
    17: number(mark?.mask),
    18: number(realms === undefined ? undefined : realms & 0xffff),
    19: number(realms === undefined ? undefined : realms >>> 16),
    20: rule.input === undefined ? undefined : text(rule.input),
    21: rule.output === undefined ? undefined : text(rule.output),
    28: number(tunnel === undefined ? undefined : Number(tunnel >> 32n)),
    29: number(tunnel === undefined ? undefined : Number(tunnel & 0xffff_ffffn)),
    ...range(30, rule.users),
    34: number(rule.ipProtocol),
    ...range(35, rule.sourcePorts),
    ...range(37, rule.destinationPorts),
  };
}

function outcome(rule: Rule, set: boolean): Cells {
  const looksUp = rule.action === FR_ACT_TO_TBL;
  const group = rule.suppressGroup;
  return {
    6: looksUp ? gauge(rule.table) : undefined,
    7: truth(set),
    22: number(rule.target),
    23: integer(rule.action), // RuleAction is FR_ACT_*
    24: looksUp ? gauge(rule.table) : undefined,
    25: gauge(rule.priority),
    26: number(rule.suppressPrefixLength),
    27: group === undefined ? undefined : text(String(group)),
    32: rule.l3mdev ? truth(true) : undefined,
  };
}

/** Type, address and length of a selector; none where it selects nothing. */
function prefix(first: number, network: Network | undefined): Cells {
  if (network === undefined) return {};
  const { address, prefixLength } = network;
  return {
    [first]: inetType(family(address)),
    [first + 1]: inetAddress(address),
    [first + 2]: gauge(prefixLength),
  };
}

function range(first: number, ends: NumberRange | undefined): Cells {
  return { [first]: number(ends?.from), [first + 1]: number(ends?.to) };
}

function number(value: number | undefined) {
  return value === undefined ? undefined : gauge(value);
}
