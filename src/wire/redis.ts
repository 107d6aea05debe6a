import { concat, fromByteString, toByteString } from "../base/bytes.ts";
import { alive, type Dialogue, type DialogueStep, quoted, unfit } from "./dialogue.ts";

/** How a Redis server is asked. */
export interface RedisManners {
  readonly login: { readonly user: string | undefined; readonly password: string } | undefined; // AUTH; no user: `default`
  readonly allowNoauth: boolean; // one that wants a password, which we have not, may be used
}

/** What the next line answers. Plain data. */
export interface RedisVisit {
  readonly phase: "login" | "ping";
  readonly allowNoauth: boolean;
  readonly heard: string; // an unfinished line, one character a byte
}

/** A line that is longer has no end: all that is asked for here is answered in a few words. */
const LONGEST_LINE = 16_384;

/**
 * AUTH, where there is a login, and PING, in one packet; the server answers them in order. Up means `+PONG`, or PING's
 * own answer with a text. An error is the reason, word for word: `LOADING`, `MASTERDOWN`, `NOAUTH`, `WRONGPASS`, and what
 * is said instead of a conversation (`DENIED`, `max number of clients reached`). Redis serialization protocol, RESP2.
 */
export function redisDialogue({ login, allowNoauth }: RedisManners): Dialogue<RedisVisit> {
  const words = login === undefined ? [] : [login.user ?? [], login.password].flat();
  const ask = encodeCommand("PING");
  return {
    visit: { phase: login === undefined ? "ping" : "login", allowNoauth, heard: "" },
    say: login === undefined ? ask : concat(encodeCommand("AUTH", ...words), ask),
    step: redisStep,
  };
}

/** A command: an array of bulk strings, `*1 $4 PING`. */
export function encodeCommand(...words: readonly string[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts = words.map((word) => {
    const bytes = encoder.encode(word);
    return concat(fromByteString(`$${bytes.length}\r\n`), bytes, END);
  });
  return concat(fromByteString(`*${words.length}\r\n`), ...parts);
}

const END = fromByteString("\r\n");

function redisStep(visit: RedisVisit, bytes: Uint8Array): DialogueStep<RedisVisit> {
  let { phase } = visit;
  let heard = visit.heard + toByteString(bytes);
  for (;;) {
    const end = heard.indexOf("\r\n");
    if (end === -1) {
      if (heard.length > LONGEST_LINE) return unfit("its answer does not end");
      return { type: "going-on", visit: { ...visit, phase, heard } };
    }
    const line = heard.slice(0, end);
    if (line.startsWith("-")) {
      // AUTH that is refused is no matter of `allow_noauth`: who writes a password wants it to be right.
      if (phase === "ping" && visit.allowNoauth && line.startsWith("-NOAUTH ")) return alive();
      return unfit(quoted(line.slice(1)));
    }
    if (line !== EXPECTED[phase]) return unfit(`it answers ${phase === "login" ? "AUTH" : "PING"} with ${shown(line)}`);
    if (phase === "ping") return alive();
    phase = "ping";
    heard = heard.slice(end + 2);
  }
}

const EXPECTED = { login: "+OK", ping: "+PONG" } as const;

function shown(line: string): string {
  return `\`${quoted(line.slice(0, 40))}\``;
}
