import { destinationName } from "../base/ipvs.ts";
import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import { visitStart, visitStep } from "../wire/smtp-visit.ts";
import { type CheckIo, down, type Target, UP, type Verdict } from "./checker.ts";
import { held } from "./held.ts";

/** What an SMTP_CHECK says and how long it waits; config/model/check.ts `SmtpCheckConfig`. */
export interface SmtpExpectation extends Target {
  readonly connectTimeout: Micros; // for the connection, and for each of the three replies
  readonly heloName: string;
}

/**
 * Connects, is greeted, says HELO and QUIT. Up means that all of it was answered, each within `connectTimeout` however its
 * bytes come, so that the whole takes four times that at most. `signal` ends the check early; its verdict then says
 * nothing. Reasons are Keepalived's, with the server that was asked.
 */
export async function smtpCheck(check: SmtpExpectation, io: CheckIo, signal: StopSignal): Promise<Verdict> {
  const { connectTimeout } = check;
  const failed = (reason: string): Verdict => down(`${reason} server ${destinationName(check)}`);
  const deadline = io.now() + connectTimeout;
  const connected = await io.connect(check, deadline, signal);
  if (!connected.ok) {
    if (connected.local) return { up: false, why: connected.why, local: true };
    return failed(io.now() >= deadline ? "Connection timeout to" : "Could not connect to");
  }
  const { connection } = connected;
  const ending = { close: () => connection.close(), late: () => failed("Read timeout from") };
  return await held(io, signal, ending, ({ wait, finish }) => {
    let visit = visitStart(check.heloName);
    wait(io.now() + connectTimeout);
    connection.onData((chunk) => {
      if (!(chunk instanceof Uint8Array)) return finish(failed("Read failure from"));
      const step = visitStep(visit, chunk);
      if (step.type === "welcome") return finish(UP);
      if (step.type === "refused") return finish(failed(REFUSALS[step.phase]));
      if (step.visit.phase !== visit.phase) wait(io.now() + connectTimeout);
      visit = step.visit;
      if (step.say !== undefined) connection.write(step.say);
    });
  });
}

const REFUSALS = { greeting: "Bad greeting banner from", hello: "Bad HELO response from" } as const;
