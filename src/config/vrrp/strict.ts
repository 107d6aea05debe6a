import type { VRRP_INSTANCE } from "../../keywords/vrrp.ts";
import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import { last, type Setting, type Settings } from "../../syntax/table.ts";
import type { AnnounceConfig, Authentication, VrrpInstanceConfig } from "../model/model.ts";

/** The part of an instance that strict mode may correct. */
export interface Wishes
  extends Pick<
    VrrpInstanceConfig,
    | "priority"
    | "wantedState"
    | "strict"
    | "preempt"
    | "preemptDelay"
    | "downTimerAdverts"
    | "lowerPriorityAdvert"
    | "higherPriorityAdvert"
    | "accept"
    | "version"
  > {
  readonly authentication: Authentication;
  readonly announce: AnnounceConfig;
}

/** Whose wishes these are, and what asked for strict mode. */
interface StrictContext {
  readonly name: string;
  readonly given: Settings<typeof VRRP_INSTANCE>;
  readonly strict: Setting<boolean> | undefined; // vrrp_strict
  readonly report: Report;
}

const HELP_REACHABLE =
  "beside Keepalived a service cannot be reached: it drops that too (RFC 3768 §6.4.3); delete `vrrp_strict` (`strict_mode`) to serve there";
const HELP = "delete `vrrp_strict` (`strict_mode`), or this line";

/** Strict mode: what RFC 3768 forbids is corrected, each correction with a warning. */
export function strictMode(wishes: Wishes, { name, given, strict, report }: StrictContext): Wishes {
  if (!wishes.strict) return wishes;
  const owner = wishes.priority === 255;
  const asked = last(given.strict_mode) ?? strict;
  if (asked !== undefined && !owner) {
    const message = `in strict mode a master drops what clients send to the virtual addresses of \`${name}\`, but for its virtual servers`;
    report.warning(["strict-drops-traffic", message], asked.keyword, { help: HELP_REACHABLE });
  }
  const wantedState = owner ? "master" : "backup";
  const state = last(given.state);
  if (wishes.wantedState !== wantedState && state !== undefined) {
    const message = `in strict mode the state follows from the priority: \`${name}\` begins as ${wantedState}`;
    correct(message, state.span, "State MASTER must match being address owner");
  }
  const [authentication] = given.authentication;
  if (wishes.authentication.type !== "none" && authentication !== undefined)
    correct(
      "strict mode has no authentication: routers that send the password are not understood",
      authentication.keyword,
      "Strict mode does not support authentication. Ignoring.",
    );
  const delay = last(given.preempt_delay);
  if (delay !== undefined && delay.value > 0)
    correct(
      "strict mode has no `preempt_delay`",
      delay.span,
      "preempt_delay is incompatible with strict mode - resetting",
    );
  const adverts = last(given.down_timer_adverts);
  if (adverts !== undefined && adverts.value !== 3)
    correct(
      "in strict mode `down_timer_adverts` is 3",
      adverts.span,
      "down_timer_adverts is incompatible with strict mode - resetting",
    );
  const repeat = last(given.garp_lower_prio_repeat);
  if (repeat !== undefined && repeat.value > 0)
    correct(
      "strict mode has no `garp_lower_prio_repeat`",
      repeat.span,
      "Strict mode requires no repeat garps. resetting",
    );
  const repeatDelay = last(given.garp_lower_prio_delay);
  if (repeatDelay !== undefined && repeatDelay.value > 0)
    correct(
      "strict mode has no `garp_lower_prio_delay`",
      repeatDelay.span,
      "Strict mode requires no repeat garp delay. resetting",
    );
  const lower = last(given.lower_prio_no_advert);
  if (lower?.value === false)
    correct(
      "in strict mode `lower_prio_no_advert` is on",
      lower.span,
      "Strict mode requires no lower priority advert. resetting",
    );
  const higher = last(given.higher_prio_send_advert);
  if (higher?.value === true)
    correct(
      "in strict mode `higher_prio_send_advert` is off",
      higher.span,
      "strict mode requires higher_prio_send_advert to be clear. resetting",
    );
  const accept = last(given.accept);
  if (wishes.accept && accept !== undefined && !owner && wishes.version === 2)
    correct(
      "VRRPv2 in strict mode does not accept packets for the addresses",
      accept.keyword,
      "warning - accept mode for VRRP version 2 does not comply with RFC3768 - resetting",
    );
  return {
    ...wishes,
    wantedState,
    accept: wishes.accept && (owner || wishes.version === 3),
    authentication: { type: "none" },
    preemptDelay: 0,
    downTimerAdverts: 3,
    lowerPriorityAdvert: false,
    higherPriorityAdvert: false,
    announce: { ...wishes.announce, lowerPriorityRepeat: 0, lowerPriorityDelay: 0 },
  };

  function correct(message: string, span: Span, logged: string): void {
    report.warning(["strict", message], span, { status: 5, help: HELP, keepalived: `(${name}) ${logged}` });
  }
}
