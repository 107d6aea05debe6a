import { fromBytes } from "../../src/base/ip.ts";
import { type Micros, seconds } from "../../src/base/time.ts";
import {
  type AnnounceEvent,
  type AnnounceState,
  announceDeadline,
  announceStep,
  SILENT,
} from "../../src/vrrp/announce.ts";
import { deadline, INIT, step, type VrrpEvent, type VrrpState } from "../../src/vrrp/machine.ts";
import type { VrrpParameters } from "../../src/vrrp/parameters.ts";
import { receive } from "../../src/vrrp/receive.ts";
import { outgoingPackets } from "../../src/vrrp/transmit.ts";
import { ANNOUNCE, parameters } from "../stories/lan.ts";
import { Timeline } from "../stories/timeline.ts";
import { forge } from "./packet.ts";
import {
  type Act,
  type Flavour,
  INTERVAL,
  places,
  type Rule,
  type Seen,
  type SeenAdvert,
  type Sighting,
  virtualAddress,
} from "./rule.ts";

const VRID = 51;

/** Plays a rule in virtual time: the machines that the daemon runs, with the real codec between them and the neighbour. */
export function playVirtually(rule: Rule, flavour: Flavour): Sighting {
  const router = new VirtualRouter(configured(rule, flavour), flavour);
  router.start();
  for (const act of rule.acts) perform(router, rule, flavour, act);
  router.stop();
  return {
    flavour,
    router: rule.router ?? {},
    vrid: VRID,
    seen: router.seen,
    tolerance: 2000,
    dropped: router.dropped,
  };
}

function perform(router: VirtualRouter, rule: Rule, flavour: Flavour, act: Act): void {
  switch (act.type) {
    case "await":
      router.await(act.what);
      return;
    case "pause":
      router.run(act.intervals * INTERVAL[flavour]);
      return;
    case "send":
      router.hear(forge(flavour, rule.router ?? {}, VRID, act.packet));
      return;
    case "ask":
      router.ask();
      return;
  }
}

function configured({ router = {} }: Rule, flavour: Flavour): VrrpParameters {
  const { router: primary, group } = places(flavour);
  const { priority = 100, password, nopreempt, ignoresOthers } = router;
  return {
    ...parameters("VI_1", priority, primary),
    version: flavour === "v2" ? 2 : 3,
    interval: INTERVAL[flavour],
    preempt: nopreempt === undefined,
    wantsMaster: priority === 255,
    addresses: [virtualAddress(flavour, VRID)],
    authentication: password === undefined ? { type: "none" } : { type: "pass", password },
    multicastGroup: group,
    ownerIgnoresAdverts: ignoresOthers ?? false,
  };
}

/** One router on a virtual clock, and all that its network sees of it. */
class VirtualRouter {
  readonly seen: Seen[] = [];
  readonly dropped = new Map<string, number>();
  readonly #router: VrrpParameters;
  readonly #clock = new Timeline();
  #state: VrrpState = INIT;
  #announce: AnnounceState = SILENT;
  #cancel = (): void => {};
  #cancelAnnounce = (): void => {};
  #holds = false;

  constructor(router: VrrpParameters, flavour: Flavour) {
    this.#router = router;
    this.#clock.run(INTERVAL[flavour]); // no moment is 0
  }

  start(): void {
    this.#see("start");
    this.#feed({ type: "startup", standing: "fit" });
  }

  stop(): void {
    this.#see("stop");
    this.#feed({ type: "shutdown" });
    this.run(seconds(10));
  }

  run(span: Micros): void {
    this.#clock.run(span);
  }

  /** Time passes until it is seen from now on, or in this state already. Throws after a minute. */
  await(what: "backup" | "master" | "advert"): void {
    const from = this.seen.length;
    const end = this.#clock.now + seconds(60);
    while (what === "advert" ? !this.seen.slice(from).some(({ kind }) => kind === what) : this.#state.name !== what) {
      if (this.#clock.now > end) throw new Error(`waited a minute for ${what}`);
      this.run(1000);
    }
  }

  hear(packet: Parameters<typeof receive>[2]): void {
    this.#see("sent");
    if (packet.payload[1] !== this.#router.vrid) return; // the socket gives it to another instance, or to none
    const received = receive(this.#router, this.#state, packet);
    if (received.type === "ignored") return;
    if (received.problem !== undefined) this.dropped.set(received.problem.reason, 1);
    if (received.type === "dropped") return;
    this.#feed({ type: "advertisement", from: packet.from, advertisement: received.advertisement });
  }

  /** The kernel answers for the addresses that it has. */
  ask(): void {
    this.#see("asked");
    if (this.#holds) this.#see("reply");
  }

  #feed(event: VrrpEvent): void {
    const { state, effects } = step(this.#router, this.#state, event, this.#clock.now);
    if (state.name !== this.#state.name && (state.name === "backup" || state.name === "master")) this.#see(state.name);
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === "advertise") this.#advertise(effect.priority);
      if (effect.type === "claim-addresses") this.#hold(true, { type: "claimed" });
      if (effect.type === "release-addresses") this.#hold(false, { type: "released" });
      if (effect.type === "announce") this.#say({ type: effect.because });
    }
    this.#cancel();
    const at = deadline(state);
    if (at !== undefined) this.#cancel = this.#clock.wakeAt(at, () => this.#feed({ type: "timer" }));
  }

  #hold(holds: boolean, event: AnnounceEvent): void {
    this.#holds = holds;
    this.#see(holds ? "held" : "released");
    this.#say(event);
  }

  #say(event: AnnounceEvent): void {
    const { state, effects } = announceStep(ANNOUNCE, this.#announce, event, this.#clock.now);
    this.#announce = state;
    for (const _ of effects) this.#see("announce");
    this.#cancelAnnounce();
    const at = announceDeadline(state);
    if (at !== undefined) this.#cancelAnnounce = this.#clock.wakeAt(at, () => this.#say({ type: "timer" }));
  }

  #advertise(priority: number): void {
    for (const { bytes } of outgoingPackets(this.#router, priority, 1, new Set()))
      this.seen.push({ kind: "advert", at: this.#clock.now, advert: readPacket(bytes) });
  }

  #see(kind: Exclude<Seen["kind"], "advert">): void {
    this.seen.push({ kind, at: this.#clock.now });
  }
}

/** An IP packet of protocol 112, by plain offsets. */
export function readPacket(bytes: Uint8Array): SeenAdvert {
  const [ttl, from, to, payload] = (bytes[0] ?? 0) >> 4 === 4 ? [8, 12, 16, 20] : [7, 8, 24, 40];
  return {
    from: fromBytes(bytes.subarray(from, to)),
    to: fromBytes(bytes.subarray(to, 2 * to - from)),
    ttl: bytes[ttl],
    payload: bytes.subarray(payload),
  };
}
