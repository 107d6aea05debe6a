import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import type { Dialogue } from "../wire/dialogue.ts";
import { type CheckIo, down, type Target, UP, type Verdict } from "./checker.ts";
import { held } from "./held.ts";

/** Whom a conversation is with, and for how long. */
export interface Conversation extends Target {
  readonly connectTimeout: Micros; // for the connection, and once more for all that is said
}

/**
 * Connects and has a conversation to its end. Up means that it ended well in time, however its bytes come; it takes twice
 * `connectTimeout` at most. `signal` ends it early; the verdict then says nothing.
 */
export async function converse<Visit>(
  check: Conversation,
  dialogue: Dialogue<Visit>,
  io: CheckIo,
  signal: StopSignal,
): Promise<Verdict> {
  const connected = await io.connect(check, io.now() + check.connectTimeout, signal);
  if (!connected.ok) return { up: false, why: connected.why, local: connected.local };
  const { connection } = connected;
  let heard = false;
  const late = (): Verdict => down(heard ? "its answer does not end" : "it does not answer");
  return await held(io, signal, { close: () => connection.close(), late }, ({ wait, finish }) => {
    let visit = dialogue.visit;
    wait(io.now() + check.connectTimeout);
    if (dialogue.say !== undefined) connection.write(dialogue.say);
    connection.onData((chunk) => {
      if (chunk === "end") return finish(down(`it closes the connection ${heard ? "early" : "without a word"}`));
      if (chunk instanceof Error) return finish(down(chunk.message));
      heard = true;
      const step = dialogue.step(visit, chunk);
      if (step.say !== undefined) connection.write(step.say);
      if (step.type === "over") finish(step.why === undefined ? UP : down(step.why));
      else visit = step.visit;
    });
  });
}
