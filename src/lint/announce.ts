import { toSeconds } from "../base/time.ts";
import { last, type Setting } from "../syntax/table.ts";
import { type Finding, hint, type Lint, type LintInput, warning } from "./lint.ts";

/** Whether the neighbours hear who holds the addresses. */
export const ANNOUNCE_LINTS: readonly Lint[] = [
  {
    code: "K029",
    name: "silent-announcements",
    meaning: "`garp_*` values let neighbours send to a router that is master no more",
    severity: ["error", "warning", "hint"],
    reader: ["silent-announcements"],
    check: announcements,
  },
];

function* announcements(input: LintInput): Iterable<Finding> {
  const { instances, tree } = input;
  const globals = tree.global_defs.map(({ value }) => value.settings);
  const said = new Set<Setting<unknown>>(); // a line of `global_defs` speaks for many instances, and is shown once
  const first = (setting: Setting<unknown> | undefined): setting is Setting<unknown> => {
    if (setting === undefined || said.has(setting)) return false;
    said.add(setting);
    return true;
  };
  const delayOfAll = last(...globals.map(({ vrrp_garp_master_delay }) => vrrp_garp_master_delay));
  const lowerOfAll = last(...globals.map(({ vrrp_garp_lower_prio_repeat }) => vrrp_garp_lower_prio_repeat));
  for (const { instance, body } of instances) {
    const { announce, strict } = instance;
    const delay = last(body.value.settings.garp_master_delay) ?? delayOfAll;
    if (announce.delay === 0 && announce.refresh === 0 && first(delay)) {
      const message =
        "the addresses are announced in one burst: a switch that is not ready then hears of them too late";
      yield hint(message, delay.span, "write a delay of a few seconds, or set `garp_master_refresh`");
    }
    const lower = last(body.value.settings.garp_lower_prio_repeat) ?? lowerOfAll;
    if (announce.lowerPriorityRepeat === 0 && !strict && first(lower)) {
      const message = "after a split nothing is announced: neighbours go on sending to the router that gave way";
      yield hint(message, lower.span, "write 1 or more, or delete the line");
    }
  }
  yield* slowRound(input);
}

/** A gap between messages makes the last address of an interface wait for all before it. */
function* slowRound({ config, tree }: LintInput): Iterable<Finding> {
  const gap = last(...tree.global_defs.map(({ value }) => value.settings.vrrp_garp_interval));
  if (gap === undefined || config.global.garpInterval === 0) return;
  const counts = new Map<string, number>();
  for (const { addresses, excludedAddresses } of config.vrrpInstances)
    for (const { address, interface: name } of [...addresses, ...excludedAddresses])
      if (!address.includes(":")) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [name, count] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), ["", 0]);
  const wait = (count - 1) * config.global.garpInterval;
  const shortest = Math.min(...config.vrrpInstances.map(({ advertInterval }) => advertInterval));
  if (count === 0 || wait <= shortest) return;
  const message = `the last of ${count} addresses on \`${name}\` is announced ${toSeconds(wait)} seconds after the first`;
  yield warning(message, gap.span, `write ${toSeconds(Math.floor(shortest / count))} or less`);
}
