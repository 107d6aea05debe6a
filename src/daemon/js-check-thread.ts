import { parentPort, workerData } from "node:worker_threads";
import type { FromThread, JsQuestion, ToThread } from "./js-messages.ts";

// The thread of a JS_CHECK's module: loads it, and calls it for each question. See daemon/js-thread.ts.

const LONGEST = 1000; // characters of what a module says; more is cut once more where it is read

/** Modules are JavaScript: what is made for a process of its own, our addon first of all, is not loaded here. */
process.dlopen = () => {
  throw new Error("a check's module loads no addons");
};

const port = parentPort;
const calls = new Map<number, AbortController>();

if (port !== null) await load(String(workerData), (message) => port.postMessage(message));

async function load(url: string, say: (message: FromThread) => void): Promise<void> {
  let check: unknown;
  try {
    check = (await import(url)).default;
  } catch (error) {
    say({ type: "unloadable", why: words(error) });
    return;
  }
  if (typeof check !== "function") {
    say({ type: "unloadable", why: `its default export is ${kind(check)}, not a function` });
    return;
  }
  const call = check as (given: object) => unknown;
  port?.on("message", (message: ToThread) => {
    if (message.type === "ping") say({ type: "pong" });
    else if (message.type === "abort") calls.get(message.id)?.abort(new Error("the check has ended"));
    else ask(message.id, message.question, call, say);
  });
  say({ type: "loaded" });
}

async function ask(
  id: number,
  question: JsQuestion,
  call: (given: object) => unknown,
  say: (message: FromThread) => void,
): Promise<void> {
  const control = new AbortController();
  calls.set(id, control);
  say({ type: "started", id });
  const given = { ...question, arguments: Object.freeze([...question.arguments]), signal: control.signal };
  let answer: object;
  try {
    answer = plain(await call(Object.freeze(given)));
  } catch (error) {
    answer = { threw: words(error) };
  }
  calls.delete(id);
  say({ type: "answer", id, answer });
}

/** What it returned, as data. May throw: a getter, a proxy. */
function plain(returned: unknown): object {
  if (typeof returned === "boolean") return { up: returned };
  if (typeof returned !== "object" || returned === null || Array.isArray(returned)) return { strange: kind(returned) };
  const { up, why, weight } = returned as Readonly<Record<string, unknown>>;
  if (typeof up !== "boolean") return { strange: `an object whose \`up\` is ${kind(up)}` };
  if (why !== undefined && typeof why !== "string") return { strange: `an object whose \`why\` is ${kind(why)}` };
  if (weight !== undefined && typeof weight !== "number")
    return { strange: `an object whose \`weight\` is ${kind(weight)}` };
  return { up, why: why?.slice(0, LONGEST), weight };
}

function kind(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return `a ${typeof value}`;
}

/** Of what was thrown, which may be anything. */
function words(error: unknown): string {
  try {
    return String(error).slice(0, LONGEST);
  } catch {
    return "something without words";
  }
}
