import type { Scheduler } from "../../base/ipvs.ts";
import type { Report } from "../../syntax/report.ts";
import { last } from "../../syntax/table.ts";
import type { CheckerConfig } from "../model/check.ts";
import type { RealServerConfig } from "../model/lvs.ts";
import type { ServiceBody } from "./service.ts";

/** Schedulers that a weight means nothing to, but for 0. ipvsadm(8), -s. */
const WEIGHTLESS: ReadonlySet<Scheduler> = new Set(["rr", "lc", "dh"]);

/** Says where `slow_start` cannot do anything: nobody looks at the weights, or none of them is above 1. */
export function checkSlowStart(
  { value: { settings } }: ServiceBody,
  { scheduler, realServers }: { readonly scheduler: Scheduler; readonly realServers: readonly RealServerConfig[] },
  report: Report,
): void {
  const slow = realServers.filter(({ slowStart }) => slowStart !== undefined);
  if (slow.length === 0) return;
  const places = [settings.slow_start, ...settings.real_server.map((server) => server.value.settings.slow_start)];
  const place = last(...places)?.keyword;
  if (place === undefined) return;
  if (WEIGHTLESS.has(scheduler)) {
    const message = `\`slow_start\` has no effect: \`${scheduler}\` does not look at weights`;
    report.warning(["no-effect", message], place, {
      status: 0,
      help: `write \`lb_algo ${scheduler === "rr" ? "wrr" : "wlc"}\``,
    });
  } else if (slow.every(({ weight, checkers }) => weight <= 1 && !checkers.some(weighs))) {
    const message = "`slow_start` has no effect: a weight of 1 has nothing to rise to";
    report.warning(["no-effect", message], place, { status: 0, help: "write `weight 100` in the virtual_server" });
  }
}

/** Whether a checker may give its server another weight. */
function weighs(checker: CheckerConfig): boolean {
  if (checker.type === "file") return checker.weight !== 0;
  if (checker.type === "js") return checker.dynamic;
  return checker.type === "misc" && checker.dynamicWeight;
}
