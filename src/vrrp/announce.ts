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
}

/** Plain JSON data. */
export type AnnounceState =
  | { readonly name: "silent" }
  | {
      readonly name: "master";
      readonly blockAt: Micros | undefined; // the second block of the transition
      readonly lowerPriorityAt: Micros | undefined; // the second block after a lower-priority advertisement
      readonly refreshAt: Micros;
    };

export type AnnounceEvent =
  | { readonly type: "claimed" } //        the VIPs have just been added
  | { readonly type: "adopted" } //        they were there before us: a respawned process is master
  | { readonly type: "lower-priority" } // effect `announce` of the machine
  | { readonly type: "released" }
  | { readonly type: "timer" };

/** Send `rounds` rounds now, through the queue of pacing.ts. */
export interface AnnounceEffect {
  readonly type: "send-rounds";
  readonly rounds: number;
}

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
    const refreshAt = now + parameters.delay + refreshPeriod(parameters);
    return {
      state: { name: "master", blockAt, lowerPriorityAt: undefined, refreshAt },
      effects: send(parameters.repeat),
    };
  }
  if (event.type === "adopted") {
    const refreshAt = now + refreshPeriod(parameters);
    return { state: { name: "master", blockAt: undefined, lowerPriorityAt: undefined, refreshAt }, effects: [] };
  }
  if (state.name === "silent") return { state, effects: [] };
  if (event.type === "timer") return due(parameters, state, now);
  const { lowerPriorityRepeat, lowerPriorityDelay } = parameters;
  const again = lowerPriorityDelay > 0 ? (state.lowerPriorityAt ?? now + lowerPriorityDelay) : undefined;
  return { state: { ...state, lowerPriorityAt: again }, effects: send(lowerPriorityRepeat) };
}

/** When the driver must next deliver a `timer` event; undefined = never. */
export function announceDeadline(state: AnnounceState): Micros | undefined {
  if (state.name === "silent") return undefined;
  return Math.min(state.refreshAt, state.blockAt ?? state.refreshAt, state.lowerPriorityAt ?? state.refreshAt);
}

function due(
  parameters: AnnounceParameters,
  state: Extract<AnnounceState, { name: "master" }>,
  now: Micros,
): AnnounceStep {
  const reached = (at: Micros | undefined): boolean => at !== undefined && at <= now;
  const block = reached(state.blockAt);
  const lower = reached(state.lowerPriorityAt);
  const refresh = reached(state.refreshAt);
  return {
    state: {
      name: "master",
      blockAt: block ? undefined : state.blockAt,
      lowerPriorityAt: lower ? undefined : state.lowerPriorityAt,
      refreshAt: refresh ? now + refreshPeriod(parameters) : state.refreshAt,
    },
    effects: [
      ...send(block ? parameters.repeat : 0),
      ...send(lower ? parameters.lowerPriorityRepeat : 0),
      ...send(refresh ? parameters.refreshRepeat : 0),
    ],
  };
}

function refreshPeriod({ refresh }: AnnounceParameters): Micros {
  return refresh > 0 ? refresh : HEALING_REFRESH;
}

function send(rounds: number): AnnounceEffect[] {
  return rounds > 0 ? [{ type: "send-rounds", rounds }] : [];
}
