import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import { last } from "../../syntax/table.ts";
import type { Given } from "./instance-context.ts";
import type { Wishes } from "./strict.ts";

/** `nopreempt` and `preempt_delay`, where they mean something. */
export function preemption(
  { preempt, preemptDelay, wantedState, priority }: Wishes,
  given: Given,
  name: string,
  report: Report,
): Pick<Wishes, "preempt" | "preemptDelay"> {
  const no = last(given.nopreempt)?.keyword;
  const delay = last(given.preempt_delay)?.keyword;
  const clear = (span: Span | undefined, message: string, logged: string): void => {
    if (span === undefined) return;
    report.warning(["preempt-conflict", message], span, {
      status: 5,
      keepalived: `(${name}) ${logged}`,
      help: HELP_BACKUP,
    });
  };
  if (!preempt && priority === 255) {
    const logged = "nopreempt is incompatible with priority 255. resetting nopreempt";
    clear(no, "`nopreempt` does not work with priority 255", logged);
    return { preempt: true, preemptDelay: wantedState === "master" ? 0 : preemptDelay };
  }
  if (wantedState === "master") {
    const message = "does not work with initial state MASTER";
    const logged = "will not work with initial state MASTER - clearing";
    if (!preempt) clear(no, `\`nopreempt\` ${message}`, `Warning - nopreempt ${logged}`);
    if (preemptDelay > 0) clear(delay, `\`preempt_delay\` ${message}`, `Warning - preempt delay ${logged}`);
    return { preempt: true, preemptDelay: 0 };
  }
  if (!preempt && preemptDelay > 0) {
    const logged = "preempt_delay is incompatible with nopreempt mode - resetting";
    clear(delay, "`preempt_delay` has no meaning with `nopreempt`", logged);
    return { preempt, preemptDelay: 0 };
  }
  return { preempt, preemptDelay };
}
const HELP_BACKUP = "delete one of the two; `nopreempt` wants `state BACKUP` and a priority below 255 on every router";
