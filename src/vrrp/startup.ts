import type { Micros } from "../base/time.ts";

/** What holds a start back. Compatible with config/model/global.ts `GlobalConfig`. */
export interface StartDelays {
  readonly startupDelay: Micros; //   vrrp_startup_delay, from the start of the process
  readonly delayAfterBoot: Micros; // vrrp_delay_after_boot, from the boot
}

/** When time begins to run for the routers of a process that starts `now`: the later of the two delays. CLOCK_MONOTONIC begins at the boot. */
export function startsAt({ startupDelay, delayAfterBoot }: StartDelays, now: Micros): Micros {
  return Math.max(now + startupDelay, delayAfterBoot);
}
