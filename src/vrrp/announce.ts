import { type Micros, seconds } from "../base/time.ts";

/**
 * When a master tells the neighbours whose the VIPs are (gratuitous ARP). Compatible with config/model/model.ts
 * `AnnounceConfig`. A round is one message for every VIP: A B A B, not A A B B.
 */
export interface AnnounceParameters {
  readonly repeat: number; // rounds on becoming master, and again after `delay`
  readonly delay: Micros; // 0 = no second block
  readonly refresh: Micros; // 0 = only the healing round
  readonly refreshRepeat: number;
  readonly lowerPriorityRepeat: number; // rounds on a lower-priority advertisement, and again after its delay
  readonly lowerPriorityDelay: Micros; // 0 = no second block
  readonly extra: { readonly interval: Micros; readonly everyInterface: boolean } | undefined; // garp_extra_if
}

/** Plain JSON data. */
export type AnnounceState =
  | { readonly name: "silent" }
  | {
      readonly name: "master";
      readonly blockAt: Micros | undefined; // the second block of the transition
      readonly lowerPriorityAt: Micros | undefined; // the second block after a lower-priority advertisement
      readonly lowerPriorityQuietTo: Micros; // until then another such advertisement brings no block of its own
      readonly refreshAt: Micros;
      readonly extraAt: Micros | undefined;
    };

type Speaking = Extract<AnnounceState, { name: "master" }>;

export type AnnounceEvent =
  | { readonly type: "claimed" } //        the VIPs have just been added
  | { readonly type: "adopted" } //        they were there before us: a respawned process is master
  | { readonly type: "lower-priority" } // effect `announce` of the machine
  | { readonly type: "again" } //          neighbours may have another idea now: another master is gone, a link is back
  | { readonly type: "asked" } //          an operator wants one round
  | { readonly type: "reconfigured" } //   the parameters are others now
  | { readonly type: "released" }
  | { readonly type: "timer" };

/** Send now, through the queue of pacing.ts: `rounds` rounds, or one message on each interface of `garp_extra_if`. */
export type AnnounceEffect =
  | { readonly type: "send-rounds"; readonly rounds: number }
  | { readonly type: "send-extra"; readonly everyInterface: boolean };

export interface AnnounceStep {
  readonly state: AnnounceState;
  readonly effects: readonly AnnounceEffect[];
}

/** Nothing is announced, and nothing will be. */
export const SILENT: AnnounceState = { name: "silent" };

/**
 * The period of the healing round, where no `garp_master_refresh` is configured. After a partition heals, a losing
 * master that hears us first withdraws in silence, so nothing tells us that neighbours still send to it; without this
 * they do until their entry expires. Keepalived differs: it announces nothing then.
 */
export const HEALING_REFRESH: Micros = seconds(60);

/** One transition. Leaving master cancels every block. (Keepalived differs: they fire later, and add up.) */
export function announceStep(
  parameters: AnnounceParameters,
  state: AnnounceState,
  event: AnnounceEvent,
  now: Micros,
): AnnounceStep {
  if (event.type === "released") return { state: SILENT, effects: [] };
  if (event.type === "claimed") {
    const blockAt = parameters.delay > 0 ? now + parameters.delay : undefined;
    return {
      state: { ...speaking(parameters, now), blockAt, refreshAt: now + parameters.delay + refreshPeriod(parameters) },
      effects: send(parameters.repeat),
    };
  }
  if (event.type === "adopted") return { state: speaking(parameters, now), effects: [] };
  if (state.name === "silent") return { state, effects: [] };
  if (event.type === "timer") return due(parameters, state, now);
  if (event.type === "asked") return { state, effects: send(1) };
  if (event.type === "reconfigured") return { state: rescheduled(parameters, state, now), effects: [] };
  // In strict mode a lower advertisement is no reason to announce; that the addresses were elsewhere is one.
  if (event.type === "again") return repeated(parameters, state, Math.max(1, parameters.lowerPriorityRepeat), now);
  return repeated(parameters, state, now < state.lowerPriorityQuietTo ? 0 : parameters.lowerPriorityRepeat, now);
}

/**
 * After a block for a lower-priority advertisement the next such one brings none for so long: it would say the same, and
 * who floods us with them would have us flood the LAN. Keepalived differs: a block for each.
 */
export const LOWER_PRIORITY_QUIET: Micros = seconds(1);

/** `rounds` now (0: there were some just now), and the second block after the delay. */
function repeated(parameters: AnnounceParameters, state: Speaking, rounds: number, now: Micros): AnnounceStep {
  const { lowerPriorityDelay } = parameters;
  return {
    state: {
      ...state,
      lowerPriorityAt: lowerPriorityDelay > 0 ? (state.lowerPriorityAt ?? now + lowerPriorityDelay) : undefined,
      lowerPriorityQuietTo: rounds > 0 ? now + LOWER_PRIORITY_QUIET : state.lowerPriorityQuietTo,
    },
    effects: send(rounds),
  };
}

/** What comes again and again is at most one of the new periods away. */
function rescheduled(parameters: AnnounceParameters, state: Speaking, now: Micros): Speaking {
  const { refreshAt, extraAt } = speaking(parameters, now);
  return {
    ...state,
    refreshAt: Math.min(state.refreshAt, refreshAt),
    extraAt: extraAt === undefined ? undefined : Math.min(state.extraAt ?? extraAt, extraAt),
  };
}

/** A master that has no block before it. */
function speaking(parameters: AnnounceParameters, now: Micros): Speaking {
  return {
    name: "master",
    blockAt: undefined,
    lowerPriorityAt: undefined,
    lowerPriorityQuietTo: now,
    refreshAt: now + refreshPeriod(parameters),
    extraAt: parameters.extra && now + parameters.extra.interval,
  };
}

/** When the driver must next deliver a `timer` event; undefined = never. */
export function announceDeadline(state: AnnounceState): Micros | undefined {
  if (state.name === "silent") return undefined;
  const { refreshAt, blockAt, lowerPriorityAt, extraAt } = state;
  return Math.min(refreshAt, blockAt ?? refreshAt, lowerPriorityAt ?? refreshAt, extraAt ?? refreshAt);
}

function due(parameters: AnnounceParameters, state: Speaking, now: Micros): AnnounceStep {
  const reached = (at: Micros | undefined): boolean => at !== undefined && at <= now;
  const block = reached(state.blockAt);
  const lower = reached(state.lowerPriorityAt);
  const refresh = reached(state.refreshAt);
  const extra = reached(state.extraAt) ? parameters.extra : undefined;
  return {
    state: {
      ...state,
      blockAt: block ? undefined : state.blockAt,
      lowerPriorityAt: lower ? undefined : state.lowerPriorityAt,
      refreshAt: refresh ? now + refreshPeriod(parameters) : state.refreshAt,
      extraAt: extra === undefined ? state.extraAt : now + extra.interval,
    },
    effects: [
      ...send(block ? parameters.repeat : 0),
      ...send(lower ? parameters.lowerPriorityRepeat : 0),
      ...send(refresh ? parameters.refreshRepeat : 0),
      ...(extra === undefined ? [] : [{ type: "send-extra", everyInterface: extra.everyInterface } as const]),
    ],
  };
}

function refreshPeriod({ refresh }: AnnounceParameters): Micros {
  return refresh > 0 ? refresh : HEALING_REFRESH;
}

function send(rounds: number): AnnounceEffect[] {
  return rounds > 0 ? [{ type: "send-rounds", rounds }] : [];
}
