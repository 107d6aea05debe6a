import type { IpAddress } from "../base/ip.ts";
import type { Argument } from "../syntax/argument.ts";
import { isOption, logged, type Manner, readOptions } from "../syntax/options.ts";
import { type ArgumentType, last } from "../syntax/table.ts";
import { integerWord, word } from "../syntax/types.ts";
import type { SYNC_DAEMON } from "./global-lvs.ts";

/** What `lvs_sync_daemon` says. */
export interface SyncDaemon {
  readonly interface: string;
  readonly instance: string | undefined; // whose state selects the daemon; undefined: both run
  readonly id: number | undefined; // 0..255; undefined: the VRID of the instance
  readonly maxLength: number | undefined; // bytes
  readonly port: number | undefined;
  readonly ttl: number | undefined;
  readonly group: IpAddress | undefined;
}

const MANNER: Manner = {
  unknown: "Unknown option %w specified for lvs_sync_daemon",
  bare: () => undefined,
};

/** `IFNAME [[inst] INSTANCE] [OPTION VALUE]...`, or the old `IFNAME INSTANCE ID`. */
export function syncDaemon(usage: string, options: typeof SYNC_DAEMON): ArgumentType<SyncDaemon> {
  const read = (argument: Argument): SyncDaemon | undefined => {
    const { words } = argument;
    const first = word(argument);
    if (first.text.length > 15) {
      const keepalived = logged("lvs_sync_daemon interface name '%w' too long - ignoring", argument, first);
      const message = `\`${first.text}\` is longer than an interface name can be (15)`;
      argument.report.error(["bad-value", message], first.span, { keepalived });
      return undefined;
    }
    const instance = bareAt(1);
    const id = instance === undefined ? undefined : bareAt(2);
    const old = id === undefined ? undefined : oldId(argument, id, words.length > 3);
    const rest = words.slice(1 + Number(instance !== undefined) + Number(id !== undefined));
    const { given } = readOptions(argument, options, MANNER, rest);
    const [one, other = instance === undefined ? undefined : one] = given.inst;
    if (other !== undefined) {
      const known = instance?.text ?? one?.value;
      const keepalived = `${argument.at}lvs_sync_daemon vrrp instance has already been specified as ${known} - ignoring`;
      const finding = ["duplicate", `the instance is \`${known}\` already; this is ignored`] as const;
      argument.report.error(finding, other.span, { keepalived });
    }
    return {
      interface: first.text,
      instance: instance?.text ?? one?.value,
      id: last(given.id)?.value ?? old,
      maxLength: last(given.maxlen)?.value,
      port: last(given.port)?.value,
      ttl: last(given.ttl)?.value,
      group: last(given.group)?.value,
    };

    function bareAt(index: number) {
      const given = words[index];
      return given === undefined || isOption(options, given) ? undefined : given;
    }
  };
  return { usage, options, least: 1, most: Number.POSITIVE_INFINITY, read };
}

/** The id of the old form, which Keepalived reads and complains of. */
function oldId(argument: Argument, given: Argument["keyword"], more: boolean): number | undefined {
  const row = { ...argument.row, refusal: "Invalid syncid (%w) - defaulting to vrid" };
  const within = argument.within([given], argument.keyword, row);
  const id = integerWord(within, given, { min: 0, max: 255 }, "strict");
  if (id === undefined || more) return id;
  const keepalived = logged('Please use keyword "id" before lvs_sync_daemon SYNCID', argument, given);
  const help = `write \`id ${id}\``;
  argument.report.warning(["deprecated", "the id without `id` is the old form"], given.span, {
    status: 5,
    keepalived,
    help,
  });
  return id;
}
