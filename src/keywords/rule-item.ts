import { family } from "../base/ip.ts";
import type { Argument } from "../syntax/argument.ts";
import { type Manner, optionItem } from "../syntax/options.ts";
import type { Finding } from "../syntax/report.ts";
import type { Span } from "../syntax/span.ts";
import { type ArgumentType, last, type Setting, type Settings } from "../syntax/table.ts";
import { askedFamily } from "./read-prefix.ts";
import type { STATIC_RULE, VIRTUAL_RULE } from "./rule.ts";

const MANNER: Manner = { unknown: "Unknown rule option %w" };

type Options = typeof VIRTUAL_RULE | typeof STATIC_RULE;
type Rule = Settings<typeof VIRTUAL_RULE>;

/** An item of `virtual_rules` or `static_rules`. Where Keepalived leaves the rule out, so is it here. */
export function ruleItem<C extends Options>(options: C): ArgumentType<Settings<C>> {
  return optionItem("<rule item>", options, MANNER, (argument, { given, sound, known }) => {
    const rule = given as unknown as Rule; // both have all of its options
    if (!sound || !known || !hasAction(argument, rule) || !fits(argument, rule)) return undefined;
    canBeTracked(argument, rule);
    return given;
  });
}

/** What a rule does: exactly one thing. */
function hasAction(argument: Argument, rule: Rule): boolean {
  const { table, lookup, goto, nop, blackhole, unreachable, prohibit, l3mdev } = rule;
  const plain = [nop, blackhole, unreachable, prohibit, l3mdev].flat();
  const actions: readonly Setting<unknown>[] = [...table, ...lookup, ...goto, ...plain];
  const [first, second] = [...actions].sort((one, other) => one.order - other.order);
  if (second !== undefined) {
    const isTable = table.concat(lookup).some(({ order }) => order === second.order);
    const logged = l3mdev.some(({ order }) => order === second.order)
      ? "Cannot specify l3mdev with other action"
      : `Cannot specify more than one of table/nop/goto/blackhole/prohibit/unreachable${isTable ? "" : "/l3mdev"} for rule`;
    return say(argument, ["conflict", "a rule has one action; this is the second"], second.keyword, logged);
  }
  if (first !== undefined) return true;
  const help = "add `table TABLE`, `blackhole`, `unreachable`, `prohibit`, `goto PREFERENCE` or `nop`";
  return say(
    argument,
    ["missing-keyword", "a rule without an action is left out"],
    head(argument),
    "No action specified for rule - ignoring",
    help,
  );
}

/** Whether what is said goes together. */
function fits(argument: Argument, rule: Rule): boolean {
  const asked = askedFamily(rule);
  const selectors = [...rule.from, ...rule.to].flatMap(({ value, span }) =>
    value === "all" ? [] : [{ of: family(value.address), span }],
  );
  const of = asked ?? selectors[0]?.of ?? 4;
  const other = selectors.find((selector) => selector.of !== of);
  if (other !== undefined)
    return say(
      argument,
      ["bad-address", "a rule is of one family"],
      other.span,
      "rule specification has mixed IPv4 and IPv6",
    );
  const [realms] = rule.realms;
  if (realms !== undefined && of === 6)
    return say(argument, ["conflict", "`realms` are for IPv4 only"], realms.keyword, "realms is only valid for IPv4");
  const [limit] = [
    ...rule.suppress_prefixlength,
    ...rule.sup_pl,
    ...rule.suppress_ifgroup,
    ...rule.sup_group,
    ...rule.realms,
  ];
  if (limit !== undefined && rule.table.length + rule.lookup.length === 0)
    return say(
      argument,
      ["conflict", "this needs `table`"],
      limit.keyword,
      "suppressor/realm specified for non table action - skipping",
    );
  return leadsOn(argument, rule);
}

/** Whether `goto` leads to a rule behind this one. */
function leadsOn(argument: Argument, rule: Rule): boolean {
  const target = last(rule.goto);
  const preference = last(rule.priority, rule.preference, rule.order)?.value;
  if (target === undefined || (preference !== undefined && preference < target.value)) return true;
  const [message, logged] =
    preference === undefined
      ? ["a rule with `goto` needs a `preference`", `goto target ${target.value} specified without preference`]
      : [
          `\`goto ${target.value}\` leads back: the preference of this rule is ${preference}`,
          `preference ${preference} >= goto target ${target.value}`,
        ];
  return say(argument, ["conflict", message], target.span, `Invalid rule - ${logged}`);
}

/** Keepalived tracks a rule by its own protocol number. */
function canBeTracked(argument: Argument, rule: Rule): void {
  const { at, report } = argument;
  if (rule.no_track.length === 0)
    for (const { value, span } of rule.protocol) {
      if (value === KEEPALIVED) continue;
      const keepalived = `${at}Rule cannot be tracked if protocol is not RTPROT_KEEPALIVED(18), resetting protocol`;
      const finding = ["no-effect", "a rule of another protocol cannot be tracked; 18 is used"] as const;
      report.warning(finding, span, { status: 5, keepalived, help: "delete `protocol`, or add `no_track`" });
    }
}

const KEEPALIVED = 18; // RTPROT_KEEPALIVED of linux/rtnetlink.h

function head({ words, keyword }: Argument): Span {
  return (words[0] ?? keyword).span;
}

/** Says why the rule is left out. */
function say({ at, report }: Argument, finding: Finding, span: Span, logged: string, help?: string): false {
  report.error(finding, span, { keepalived: at + logged, ...(help === undefined ? {} : { help }) });
  return false;
}
