/** What a module is called with, as it crosses to its thread: plain data. */
export interface JsQuestion {
  readonly address: string; // of the real server
  readonly port: number;
  readonly virtualServer: string; // as logs name it: `[10.9.0.100]:tcp:80`
  readonly arguments: readonly string[];
  readonly timeout: number; // milliseconds
}

/** To the thread of a module. */
export type ToThread =
  | { readonly type: "ask"; readonly id: number; readonly question: JsQuestion }
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "ping" };

/** What the thread says where it is well; a module may say anything in its place. */
export type FromThread =
  | { readonly type: "loaded" }
  | { readonly type: "unloadable"; readonly why: string }
  | { readonly type: "started"; readonly id: number }
  | { readonly type: "answer"; readonly id: number; readonly answer: object } // `lvs/js-check.ts` `jsAnswer`
  | { readonly type: "pong" };

/** Reads it; undefined: nothing that we know. */
export function fromThread(said: unknown): FromThread | undefined {
  if (typeof said !== "object" || said === null) return undefined;
  const { type, id, why, answer } = said as Readonly<Record<string, unknown>>;
  if (type === "loaded" || type === "pong") return { type };
  if (type === "unloadable") return { type, why: typeof why === "string" ? why : "" };
  if (typeof id !== "number") return undefined;
  if (type === "started") return { type, id };
  return type === "answer" && typeof answer === "object" && answer !== null ? { type, id, answer } : undefined;
}
