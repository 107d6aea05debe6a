import type { IpAddress } from "../base/ip.ts";
import type { Trap, TrapRouter } from "../base/trap.ts";
import { type History, PROTOCOL_ERRORS } from "./history.ts";
import type { VrrpState } from "./machine.ts";
import type { ReceiveProblem } from "./receive.ts";

/** What a manager is told of a step, beside the new state: RFC 2787 vrrpTrapNewMaster, RFC 6527 vrrpv3NewMaster. */
export function stepTraps(
  router: TrapRouter,
  address: IpAddress,
  history: History,
  before: VrrpState,
  after: VrrpState,
): readonly Trap[] {
  if (after.name !== "master" || before.name === "master") return [];
  return [{ type: "new-master", router, address, reason: history.reason }];
}

/** What one is told of a packet that had a problem: RFC 2787 vrrpTrapAuthFailure, RFC 6527 vrrpv3ProtoError. */
export function problemTraps(router: TrapRouter, from: IpAddress, { reason }: ReceiveProblem): readonly Trap[] {
  if (reason === "auth-type") return [{ type: "authentication", router, from, error: "type" }];
  if (reason === "auth-mismatch") return [{ type: "authentication", router, from, error: "mismatch" }];
  if (reason === "password" || /^(ah|hmac)-/.test(reason))
    return [{ type: "authentication", router, from, error: "failure" }];
  const error = PROTOCOL_ERRORS.get(reason);
  return error === undefined ? [] : [{ type: "protocol", router, error }];
}
