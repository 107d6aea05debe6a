import { toByteString } from "../base/bytes.ts";
import { clean } from "./mail.ts";
import { LONGEST_REPLY, readReply } from "./smtp.ts";

/** A visit to a mail server that brings no mail: what the next reply answers. Plain data. RFC 5321 §3.1. */
export interface SmtpVisit {
  readonly hello: string; // our name
  readonly phase: "greeting" | "hello" | "quit";
  readonly heard: string; // an unfinished reply, one character a byte
}

/** What a visit comes to: more to wait for, with a line to be sent where there is one, or its end. */
export type SmtpVisitStep =
  | { readonly type: "going-on"; readonly visit: SmtpVisit; readonly say: Uint8Array | undefined }
  | { readonly type: "welcome" }
  | { readonly type: "refused"; readonly phase: "greeting" | "hello" };

/** A connection is made; the server speaks first. */
export function visitStart(hello: string): SmtpVisit {
  return { hello, phase: "greeting", heard: "" };
}

/**
 * One step: bytes in, a line out. 220, HELO, 250, QUIT and a line of whatever code. Pure; never throws. Replies of several
 * lines count, and a code without text, which Keepalived (2.2.7) refuses. At most one line is sent a step: a server that
 * answers before it is asked has answered.
 */
export function visitStep(visit: SmtpVisit, bytes: Uint8Array): SmtpVisitStep {
  let now: SmtpVisit = { ...visit, heard: visit.heard + toByteString(bytes) };
  let say: Uint8Array | undefined;
  for (;;) {
    if (now.phase === "quit")
      return now.heard.includes("\n") ? { type: "welcome" } : { type: "going-on", visit: bounded(now), say };
    const read = readReply(now.heard);
    if (read === "incomplete" && now.heard.length <= LONGEST_REPLY) return { type: "going-on", visit: now, say };
    if (typeof read === "string" || read.reply.code !== EXPECTED[now.phase])
      return { type: "refused", phase: now.phase };
    const line = now.phase === "greeting" ? `HELO ${named(now.hello)}` : "QUIT";
    say = joined(say, new TextEncoder().encode(`${line}\r\n`));
    now = { ...now, phase: now.phase === "greeting" ? "hello" : "quit", heard: read.rest };
  }
}

const EXPECTED = { greeting: 220, hello: 250 } as const;

/** What comes in one line of the configuration stays in one line of the dialogue. */
function named(hello: string): string {
  return clean(hello).replaceAll(" ", "") || "localhost";
}

/** A last line may be as long as it likes; it is not kept. */
function bounded(visit: SmtpVisit): SmtpVisit {
  return visit.heard === "" ? visit : { ...visit, heard: "" };
}

function joined(a: Uint8Array | undefined, b: Uint8Array): Uint8Array {
  return a === undefined ? b : Uint8Array.from([...a, ...b]);
}
