/**
 * What a conversation with a server comes to: more to wait for, or its end, with what is to be said where there is
 * something. `why`: the server may not be used; undefined: it may.
 */
export type DialogueStep<Visit> =
  | { readonly type: "going-on"; readonly visit: Visit; readonly say?: Uint8Array | undefined }
  | { readonly type: "over"; readonly why: string | undefined; readonly say?: Uint8Array | undefined };

/** A conversation as a machine: plain data, and what bytes of the server make of it. Never throws, whatever those are. */
export interface Dialogue<Visit> {
  readonly visit: Visit; // when the connection is made
  readonly say: Uint8Array | undefined; // said at once
  step(visit: Visit, bytes: Uint8Array): DialogueStep<Visit>;
}

/** The server may be used. `say`: a farewell, for which no answer is waited. */
export function alive<Visit>(say?: Uint8Array): DialogueStep<Visit> {
  return { type: "over", why: undefined, say };
}

/** It may not; what it says itself may be nothing. */
export function unfit<Visit>(why: string): DialogueStep<Visit> {
  return { type: "over", why: why === "" ? "it refuses without a word" : why };
}

/** What a server says of itself, for a line of the log: without what would command a terminal, and not without end. */
export function quoted(text: string): string {
  const line = Array.from(text, (character) => (/[\p{C}\p{Z}]/u.test(character) ? " " : character)).join("");
  const words = line.replace(/ +/g, " ").trim();
  return words.length <= LONGEST_QUOTE ? words : `${words.slice(0, LONGEST_QUOTE)}…`;
}

const LONGEST_QUOTE = 200;
