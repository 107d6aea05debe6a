import { toByteString } from "../base/bytes.ts";
import { base64, clean, type Mail, mailAddress, messageText } from "./mail.ts";

/** How to speak to the relay. */
export interface SmtpManners {
  readonly hello: string; // our name
  readonly encrypted: "no" | "start-tls" | "from-start"; // start-tls: go on encrypted, or not at all. RFC 3207
  readonly login: { readonly user: string; readonly password: string } | undefined; // AUTH PLAIN, RFC 4954, RFC 4616
}

/** What became of a mail. */
export type SmtpOutcome =
  | { readonly type: "delivered"; readonly refused: readonly string[] } // recipients that the relay would not take
  | { readonly type: "failed"; readonly why: string; readonly permanent: boolean }; // permanent: no use to try again

/** Where the dialogue is: what the next reply answers. Plain data. RFC 5321 §3. */
export interface SmtpDialogue {
  readonly manners: SmtpManners;
  readonly mail: Mail;
  readonly phase: Phase;
  readonly heard: string; // an unfinished reply, one character a byte
  readonly encrypted: boolean;
}

type Phase =
  | { readonly name: "greeting" | "hello" | "start-tls" | "handshake" | "login" | "from" }
  | { readonly name: "to"; readonly asked: readonly string[]; readonly refused: readonly Refusal[] } // the last one now
  | { readonly name: "data"; readonly refused: readonly Refusal[] }
  | { readonly name: "message"; readonly refused: readonly Refusal[] }
  | { readonly name: "quit"; readonly outcome: SmtpOutcome }
  | { readonly name: "over"; readonly outcome: SmtpOutcome };

interface Refusal {
  readonly to: string;
  readonly reply: Reply;
}

/** An answer of a server, of one or more lines. */
export interface Reply {
  readonly code: number;
  readonly text: string; // the whole reply, on one line
}

/** `encrypted`: what `start-tls` asked for is done. `end`: the connection is gone, or too slow. */
export type SmtpEvent = Uint8Array | "encrypted" | { readonly end: string };

export type SmtpEffect =
  | { readonly type: "send"; readonly bytes: Uint8Array }
  | { readonly type: "start-tls" }
  | { readonly type: "over"; readonly outcome: SmtpOutcome }; // close the connection

export interface SmtpStep {
  readonly dialogue: SmtpDialogue;
  readonly effects: readonly SmtpEffect[];
}

/** A reply that is longer has no end; RFC 5321 §4.5.3.1.5 allows lines of 512 bytes. */
export const LONGEST_REPLY = 16_384;

/** A connection is made (and encrypted, where it is from the start); the relay speaks first. */
export function smtpStart(mail: Mail, manners: SmtpManners): SmtpDialogue {
  return { manners, mail, phase: { name: "greeting" }, heard: "", encrypted: manners.encrypted === "from-start" };
}

/** One step: bytes in, bytes out. Pure; never throws, whatever the relay says. */
export function smtpStep(dialogue: SmtpDialogue, event: SmtpEvent): SmtpStep {
  const { phase } = dialogue;
  if (phase.name === "over") return { dialogue, effects: [] };
  // What lies behind the answer to STARTTLS was not encrypted: it does not count (RFC 3207 §6).
  if (event === "encrypted")
    return phase.name === "handshake" ? hello({ ...dialogue, encrypted: true, heard: "" }) : { dialogue, effects: [] };
  if (!(event instanceof Uint8Array)) {
    const outcome: SmtpOutcome =
      phase.name === "quit" ? phase.outcome : { type: "failed", why: event.end, permanent: false };
    return over(dialogue, outcome);
  }
  const effects: SmtpEffect[] = [];
  let now: SmtpDialogue = { ...dialogue, heard: dialogue.heard + toByteString(event) };
  for (;;) {
    const read = readReply(now.heard);
    if (read === "incomplete") {
      if (now.heard.length <= LONGEST_REPLY) return { dialogue: now, effects };
      const step = over(now, failed("the reply does not end", false));
      return { dialogue: step.dialogue, effects: [...effects, ...step.effects] };
    }
    const step =
      read === "malformed"
        ? over(now, failed("no SMTP reply", false))
        : answered({ ...now, heard: read.rest }, read.reply);
    effects.push(...step.effects);
    now = step.dialogue;
    if (now.phase.name === "over" || now.phase.name === "handshake") return { dialogue: now, effects };
  }
}

function answered(dialogue: SmtpDialogue, reply: Reply): SmtpStep {
  const { phase, mail, manners, encrypted } = dialogue;
  const { code } = reply;
  switch (phase.name) {
    case "greeting":
      return code === 220 ? hello(dialogue) : refused(dialogue, reply);
    case "hello":
      if (code !== 250) return refused(dialogue, reply);
      if (manners.encrypted === "start-tls" && !encrypted) return say(dialogue, { name: "start-tls" }, "STARTTLS");
      if (manners.login === undefined) return from(dialogue);
      return say(dialogue, { name: "login" }, `AUTH PLAIN ${credentials(manners.login)}`);
    case "start-tls":
      if (code !== 220) return refused(dialogue, reply);
      return { dialogue: { ...dialogue, phase: { name: "handshake" } }, effects: [{ type: "start-tls" }] };
    case "login":
      return code === 235 ? from(dialogue) : refused(dialogue, reply);
    case "from":
      return code === 250 ? to(dialogue, [], []) : refused(dialogue, reply);
    case "to": {
      const taken = code === 250 || code === 251;
      const now = phase.asked.slice(-1).map((recipient) => ({ to: recipient, reply }));
      return to(dialogue, phase.asked, taken ? phase.refused : [...phase.refused, ...now]);
    }
    case "data":
      if (code !== 354) return refused(dialogue, reply);
      return say(dialogue, { name: "message", refused: phase.refused }, messageText(mail).slice(0, -2));
    case "message": {
      if (code !== 250) return refused(dialogue, reply);
      return quit(dialogue, { type: "delivered", refused: phase.refused.map((one) => `${one.to}: ${one.reply.text}`) });
    }
    case "quit":
      return over(dialogue, phase.outcome);
    case "handshake":
    case "over":
      return { dialogue, effects: [] };
  }
}

/** EHLO only where an extension is wanted: Keepalived says HELO. */
function hello(dialogue: SmtpDialogue): SmtpStep {
  const { hello: name, encrypted, login } = dialogue.manners;
  const word = encrypted === "start-tls" || login !== undefined ? "EHLO" : "HELO";
  return say(dialogue, { name: "hello" }, `${word} ${clean(name).replaceAll(" ", "") || "localhost"}`);
}

function from(dialogue: SmtpDialogue): SmtpStep {
  return say(dialogue, { name: "from" }, `MAIL FROM:<${mailAddress(dialogue.mail.from)}>`);
}

/** The next recipient; after the last one the message, if there is one who gets it. */
function to(dialogue: SmtpDialogue, asked: readonly string[], none: readonly Refusal[]): SmtpStep {
  const { mail } = dialogue;
  const recipient = mail.to[asked.length];
  if (recipient !== undefined) {
    const phase: Phase = { name: "to", asked: [...asked, recipient], refused: none };
    return say(dialogue, phase, `RCPT TO:<${mailAddress(recipient)}>`);
  }
  // One that is refused for now is worth another try, if nobody gets it.
  const worst = none.find(({ reply }) => reply.code < 500) ?? none[0];
  if (worst !== undefined && none.length === mail.to.length) return refused(dialogue, worst.reply);
  return say(dialogue, { name: "data", refused: none }, "DATA");
}

function refused(dialogue: SmtpDialogue, { code, text }: Reply): SmtpStep {
  return quit(dialogue, failed(text, code >= 500));
}

function failed(why: string, permanent: boolean): SmtpOutcome {
  return { type: "failed", why, permanent };
}

function quit(dialogue: SmtpDialogue, outcome: SmtpOutcome): SmtpStep {
  return say(dialogue, { name: "quit", outcome }, "QUIT");
}

function over(dialogue: SmtpDialogue, outcome: SmtpOutcome): SmtpStep {
  return { dialogue: { ...dialogue, phase: { name: "over", outcome } }, effects: [{ type: "over", outcome }] };
}

function say(dialogue: SmtpDialogue, phase: Phase, line: string): SmtpStep {
  const bytes = new TextEncoder().encode(`${line}\r\n`);
  return { dialogue: { ...dialogue, phase }, effects: [{ type: "send", bytes }] };
}

/** `malformed`: no SMTP. */
export type Read = "incomplete" | "malformed" | { readonly reply: Reply; readonly rest: string };

/** The first whole reply, one character a byte; of several lines all but the last have a dash behind the code. RFC 5321 §4.2.1. */
export function readReply(heard: string): Read {
  const texts: string[] = [];
  for (let at = 0; ; ) {
    const end = heard.indexOf("\n", at);
    if (end === -1) return "incomplete";
    const line = heard.slice(at, end);
    if (!/^\d{3}/.test(line)) return "malformed";
    const code = line.slice(0, 3);
    texts.push(clean(line.slice(4)).trim());
    at = end + 1;
    if (line[3] !== "-")
      return { reply: { code: Number(code), text: `${code} ${texts.join(" ")}`.trim() }, rest: heard.slice(at) };
  }
}

/** Base64 of NUL user NUL password. */
function credentials({ user, password }: { readonly user: string; readonly password: string }): string {
  return base64(`\0${user}\0${password}`);
}
