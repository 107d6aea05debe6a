import type { IpAddress } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import type { VrrpEffect, VrrpEvent } from "../../src/vrrp/machine.ts";

/** The event of an advertisement of VRID 51. */
export function heardFrom(from: IpAddress, priority: number): VrrpEvent {
  const common = { version: 2, vrid: 51, interval: seconds(1), addresses: [] } as const;
  return { type: "advertisement", from, advertisement: { ...common, priority, authentication: { type: "none" } } };
}

/** Effects by their type, notes by their name. */
export function names(effects: readonly VrrpEffect[]): string[] {
  return effects.map((effect) => (effect.type === "note" ? effect.note.name : effect.type));
}
