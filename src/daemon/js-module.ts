import type { StopSignal } from "../base/stopping.ts";
import { type Micros, milliseconds, seconds } from "../base/time.ts";
import { type JsEnd, jsAnswer, plainWords } from "../lvs/js-check.ts";
import { fromThread, type JsQuestion } from "./js-messages.ts";
import type { JsThread, JsThreadListener } from "./js-thread.ts";

/** What a module needs of the world. */
export interface JsModuleHost {
  readonly clock: { now(): Micros; wakeAt(at: Micros, wake: () => void): () => void };
  /** Starts a thread for it, or says why it may not run. */
  start(listener: JsThreadListener): JsThread | { readonly refused: string };
  /** It cannot be loaded anew, and so what was loaded before stays. */
  stays(why: string): void;
  wrote(line: string): void;
}

/** How long a module may take to be loaded. */
const LOAD = seconds(10);
/** How long its loop may not turn before it counts as hung; asked for when a call takes too long. */
const HANG = seconds(1);
/** From the start of a thread to that of the next; and how long it is known that a module cannot be loaded. */
const PACE = seconds(1);
const REMEMBERED = seconds(5);
/** Threads that are told to end and do not, as they wait in a system call. */
const MOST_ENDING = 3;

/** A thread, and what is known of it. */
interface Thread {
  readonly handle: JsThread;
  loaded: boolean;
  cancelWait: () => void; // for it to be loaded, or to answer a ping
  pinged: boolean;
  over: boolean; // it has ended, or was told to
}

/** A call that was asked for. */
interface Call {
  readonly question: JsQuestion;
  readonly resolve: (end: JsEnd) => void;
  on: Thread | undefined; // it was posted there
  started: boolean; // the module has been called
  overdue: boolean;
  again: boolean; // a thread ended under it before
  cancelDeadline: () => void;
}

/**
 * A module of JS_CHECKs: one thread for all of its calls, which go on side by side. Where a thread hangs or ends by itself,
 * calls that it was not the fault of are made again, once, on the next thread.
 */
export class JsModule {
  readonly #host: JsModuleHost;
  readonly #calls = new Map<number, Call>();
  readonly #waiting = new Set<number>(); // of them, for a thread
  #id = 0;
  #thread: Thread | undefined; // that new calls go to
  #next: Thread | undefined; // takes its place when it has been loaded
  #startedAt: Micros | undefined;
  #ending = 0;
  #failure: { readonly why: string; readonly until: Micros } | undefined;
  #cancelStart: (() => void) | undefined;

  constructor(host: JsModuleHost) {
    this.#host = host;
  }

  /** Calls the module; ends as soon as `signal` fires. Never rejects. */
  ask(question: JsQuestion, signal: StopSignal): Promise<JsEnd> {
    const failure = this.#failure;
    if (failure !== undefined && this.#host.clock.now() < failure.until)
      return Promise.resolve({ notRun: failure.why });
    this.#failure = undefined;
    return new Promise((resolve) => {
      const id = ++this.#id;
      const asked = { on: undefined, started: false, overdue: false, again: false, cancelDeadline: () => {} };
      this.#calls.set(id, { question, resolve, ...asked });
      signal.addEventListener("abort", () => this.#abandon(id));
      if (signal.aborted) this.#abandon(id);
      else {
        this.#waiting.add(id);
        this.#dispatch();
      }
    });
  }

  /** Loads it anew: the former thread ends its calls. What cannot be loaded takes no place. */
  renew(): void {
    this.#failure = undefined;
    if (this.#thread === undefined || !this.#thread.loaded) return; // it is loaded when it is asked next
    if (this.#next !== undefined) this.#end(this.#next);
    this.#next = this.#start((why) => this.#host.stays(why));
  }

  /** Ends its threads; calls under way have no end. Resolves when the threads are gone. */
  async close(): Promise<void> {
    this.#cancelStart?.();
    for (const call of this.#calls.values()) call.cancelDeadline();
    const threads = new Set([this.#thread, this.#next, ...[...this.#calls.values()].map(({ on }) => on)]);
    this.#calls.clear();
    this.#waiting.clear();
    await Promise.all([...threads].map((thread) => thread && this.#end(thread)));
  }

  /** Posts what waits for a thread, or sees to it that there is one. */
  #dispatch(): void {
    const thread = this.#thread;
    if (thread === undefined) this.#startInTime();
    else if (thread.loaded) for (const id of this.#waiting) this.#post(id, thread);
  }

  #startInTime(): void {
    if (this.#cancelStart !== undefined) return;
    if (this.#ending >= MOST_ENDING) {
      this.#fail(`${this.#ending} of its threads do not end`);
      return;
    }
    const { clock } = this.#host;
    const at = this.#startedAt === undefined ? 0 : this.#startedAt + PACE;
    const start = (): void => {
      this.#cancelStart = undefined;
      if (this.#waiting.size > 0) this.#thread = this.#start((why) => this.#fail(why));
    };
    if (at <= clock.now()) start();
    else this.#cancelStart = clock.wakeAt(at, start);
  }

  /** Starts a thread; `failed`: it cannot be loaded. */
  #start(failed: (why: string) => void): Thread | undefined {
    const { clock } = this.#host;
    this.#startedAt = clock.now();
    const gone = (why: string): void => {
      thread.cancelWait();
      thread.over = true;
      if (this.#next === thread) this.#next = undefined;
      if (this.#thread === thread) this.#thread = undefined;
      if (thread.loaded) this.#lost(thread, why);
      else failed(plainWords(why));
    };
    const handle = this.#host.start({
      heard: (message) => this.#heard(thread, message, (why) => giveUp(why)),
      ended: gone,
      wrote: (line) => this.#host.wrote(plainWords(line)),
    });
    if ("refused" in handle) {
      failed(handle.refused);
      return undefined;
    }
    const giveUp = (why: string): void => {
      this.#end(thread);
      gone(why);
    };
    const late = clock.wakeAt(clock.now() + LOAD, () => giveUp(`it was not loaded within ${LOAD / 1_000_000} seconds`));
    const thread: Thread = { handle, loaded: false, cancelWait: late, pinged: false, over: false };
    return thread;
  }

  #heard(thread: Thread, message: unknown, unloadable: (why: string) => void): void {
    const said = fromThread(message);
    switch (said?.type) {
      case "loaded":
        if (!thread.loaded) this.#loaded(thread);
        break;
      case "unloadable":
        if (!thread.loaded) unloadable(said.why);
        break;
      case "started": {
        const call = this.#calls.get(said.id);
        if (call !== undefined && call.on === thread) call.started = true;
        break;
      }
      case "answer": {
        const call = this.#calls.get(said.id);
        const end = call?.on === thread ? jsAnswer(said.answer) : undefined;
        if (end !== undefined) this.#resolve(said.id, call?.overdue === true ? { timedOut: true } : end);
        break;
      }
      case "pong":
        if (!thread.pinged) break;
        thread.cancelWait();
        thread.pinged = false;
        for (const [id, call] of this.#calls)
          if (call.on === thread && call.overdue) this.#resolve(id, { timedOut: true });
        break;
    }
  }

  #loaded(thread: Thread): void {
    thread.loaded = true;
    thread.cancelWait();
    if (this.#next === thread) {
      const former = this.#thread;
      this.#next = undefined;
      this.#thread = thread;
      if (former !== undefined) this.#retire(former);
    }
    this.#dispatch();
  }

  #post(id: number, thread: Thread): void {
    const { clock } = this.#host;
    const call = this.#calls.get(id);
    this.#waiting.delete(id);
    if (call === undefined) return;
    call.on = thread;
    call.cancelDeadline = clock.wakeAt(clock.now() + milliseconds(call.question.timeout), () => this.#late(id, call));
    thread.handle.post({ type: "ask", id, question: call.question });
  }

  /** The module is told, and asked whether its loop turns: if not, it hangs. */
  #late(id: number, call: Call): void {
    const thread = call.on;
    if (thread === undefined) return;
    call.overdue = true;
    thread.handle.post({ type: "abort", id });
    if (thread.pinged) return;
    const { clock } = this.#host;
    thread.pinged = true;
    thread.handle.post({ type: "ping" });
    thread.cancelWait = clock.wakeAt(clock.now() + HANG, () => {
      this.#end(thread);
      if (this.#thread === thread) this.#thread = undefined;
      this.#lost(thread, undefined);
    });
  }

  /** `why` it ended; undefined: it hung. Who was called in vain before, or was late when it hung, has its verdict. */
  #lost(thread: Thread, why: string | undefined): void {
    for (const [id, call] of this.#calls) {
      if (call.on !== thread) continue;
      const late = why === undefined && call.overdue && call.started;
      if (late || call.again) this.#resolve(id, why === undefined ? { timedOut: true } : { died: plainWords(why) });
      else {
        call.cancelDeadline();
        Object.assign(call, { on: undefined, started: false, overdue: false, again: true });
        this.#waiting.add(id);
      }
    }
    if (this.#waiting.size > 0) this.#dispatch();
  }

  #fail(why: string): void {
    this.#failure = { why, until: this.#host.clock.now() + REMEMBERED };
    for (const id of this.#waiting) this.#resolve(id, { notRun: why });
  }

  #abandon(id: number): void {
    this.#calls.get(id)?.on?.handle.post({ type: "abort", id });
    this.#resolve(id, { timedOut: true });
  }

  #resolve(id: number, end: JsEnd): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    this.#waiting.delete(id);
    call.cancelDeadline();
    call.resolve(end);
    if (call.on !== undefined && call.on !== this.#thread) this.#retire(call.on);
  }

  /** Ends a thread that others have taken the place of, once it has no calls. */
  #retire(thread: Thread): void {
    if (![...this.#calls.values()].some(({ on }) => on === thread)) this.#end(thread);
  }

  async #end(thread: Thread): Promise<void> {
    if (thread.over) return;
    thread.over = true;
    thread.cancelWait();
    this.#ending++;
    await thread.handle.end();
    this.#ending--;
  }
}
