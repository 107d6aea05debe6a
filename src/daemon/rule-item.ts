import type { Network } from "../base/host.ts";
import { type Family, family } from "../base/ip.ts";
import type { RuleConfig } from "../config/model/network.ts";
import {
  FR_ACT_BLACKHOLE,
  FR_ACT_GOTO,
  FR_ACT_NOP,
  FR_ACT_PROHIBIT,
  FR_ACT_TO_TBL,
  FR_ACT_UNREACHABLE,
  RTPROT_KEEPALIVED,
} from "../netlink/constants.ts";
import type { NumberRange, Rule } from "../netlink/rule.ts";
import { ItemOptions, type Place, type Placed } from "./item-options.ts";

const ACTIONS = {
  goto: FR_ACT_GOTO,
  nop: FR_ACT_NOP,
  blackhole: FR_ACT_BLACKHOLE,
  unreachable: FR_ACT_UNREACHABLE,
  prohibit: FR_ACT_PROHIBIT,
} as const;
const ACTION_WORDS = Object.keys(ACTIONS) as readonly (keyof typeof ACTIONS)[];

type Selector = Network | "all";

/** A rule of the configuration as the kernel takes it. Its interfaces are names: they need not be there. */
export function placeRule({ priority, options: written }: RuleConfig, place: Place): Placed<Rule> {
  const options = new ItemOptions(written, place);
  const action = options.word(ACTION_WORDS);
  const mark = options.value<{ readonly mark: number; readonly mask: number }>("fwmark");
  const tunnel = options.value<string>("tunnel-id");
  const entry: Rule = {
    family: familyOf(options),
    priority,
    source: selected(options.value<Selector>("from")),
    destination: selected(options.value<Selector>("to")),
    inverted: options.has("not"),
    tos: options.number("rt_dsfield", "tos", "dsfield") ?? 0,
    mark: mark && { value: mark.mark, mask: mark.mask },
    input: options.value<string>("dev", "iif"),
    output: options.value<string>("oif"),
    realms: options.realms(),
    tunnel: tunnel === undefined ? undefined : BigInt(tunnel),
    users: options.value<NumberRange>("uidrange"),
    ipProtocol: options.number("protocols", "ipproto"),
    sourcePorts: options.value<NumberRange>("sport"),
    destinationPorts: options.value<NumberRange>("dport"),
    suppressPrefixLength: options.value<number>("suppress_prefixlength", "sup_pl"),
    suppressGroup: options.number("group", "suppress_ifgroup", "sup_group"),
    action: action === undefined ? FR_ACT_TO_TBL : ACTIONS[action],
    table: options.number("rt_tables", "table", "lookup") ?? 0,
    l3mdev: options.has("l3mdev"),
    target: options.value<number>("goto"),
    protocol: options.value<number>("protocol") ?? RTPROT_KEEPALIVED,
  };
  return options.placed(entry);
}

function familyOf(options: ItemOptions): Family {
  const asked = options.word(["inet", "inet6"]);
  if (asked !== undefined) return asked === "inet" ? 4 : 6;
  const [selector] = ["from", "to"].flatMap((word) => selected(options.value<Selector>(word)) ?? []);
  return selector === undefined ? 4 : family(selector.address);
}

/** Every address is no selector. */
function selected(selector: Selector | undefined): Network | undefined {
  if (selector === undefined || selector === "all" || selector.prefixLength === 0) return undefined;
  return { address: selector.address, prefixLength: selector.prefixLength };
}
