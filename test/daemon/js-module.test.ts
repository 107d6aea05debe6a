import { beforeEach, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import type { ToThread } from "../../src/daemon/js-messages.ts";
import { JsModule } from "../../src/daemon/js-module.ts";
import type { JsThreadListener } from "../../src/daemon/js-thread.ts";
import type { JsEnd } from "../../src/lvs/js-check.ts";
import { FakeServers } from "./fake-servers.ts";

/** A thread that does as it is told. */
class FakeThread {
  readonly posted: ToThread[] = [];
  readonly listener: JsThreadListener;
  readonly startedAt: number;
  over = false;
  stuck = false;

  constructor(listener: JsThreadListener, startedAt: number) {
    this.listener = listener;
    this.startedAt = startedAt;
  }

  post(message: ToThread): void {
    this.posted.push(message);
  }

  end(): Promise<void> {
    this.over = true;
    return this.stuck ? new Promise(() => {}) : Promise.resolve();
  }

  get asked(): number[] {
    return this.posted.flatMap((message) => (message.type === "ask" ? [message.id] : []));
  }

  loads(): void {
    this.listener.heard({ type: "loaded" });
  }

  says(id: number, up: boolean): void {
    this.listener.heard({ type: "answer", id, answer: { up } });
  }
}

let world: FakeServers;
let threads: FakeThread[];
let stays: string[];
let refused: string | undefined;
let module: JsModule;
const thread = (n: number): FakeThread => threads[n] ?? expect.fail(`no thread ${n}`);

beforeEach(() => {
  world = new FakeServers();
  threads = [];
  stays = [];
  refused = undefined;
  module = new JsModule({
    clock: world,
    start(listener) {
      if (refused !== undefined) return { refused };
      const started = new FakeThread(listener, world.now());
      threads.push(started);
      return started;
    },
    stays: (why) => stays.push(why),
    wrote: () => {},
  });
});

/** A call; what it ended with, when it has. */
function ask(timeout = 1000, signal = new AbortController().signal): { end: JsEnd | undefined } {
  const question = { address: "10.9.0.11", port: 80, virtualServer: "[10.9.0.100]:tcp:80", arguments: [], timeout };
  const call: { end: JsEnd | undefined } = { end: undefined };
  module.ask(question, signal).then((end) => {
    call.end = end;
  });
  return call;
}

const UP = { up: true, why: undefined, weight: undefined };

test("one thread has all the calls, which begin when it is loaded", async () => {
  const [a, b] = [ask(), ask()];
  expect(threads).toHaveLength(1);
  expect(thread(0).asked).toEqual([]);
  await world.run(seconds(5));
  thread(0).loads();
  expect(thread(0).asked).toEqual([1, 2]);
  thread(0).says(2, true);
  thread(0).says(1, true);
  await world.run(0);
  expect([a.end, b.end]).toEqual([UP, UP]);
});

test("a call that takes too long is told to end, and timed out when the loop turns", async () => {
  const a = ask(500);
  thread(0).loads();
  await world.run(milliseconds(500));
  expect(thread(0).posted.slice(1)).toEqual([{ type: "abort", id: 1 }, { type: "ping" }]);
  expect(a.end).toBeUndefined();
  thread(0).listener.heard({ type: "pong" });
  await world.run(seconds(5));
  expect([a.end, thread(0).over]).toEqual([{ timedOut: true }, false]);
});

test("a thread that hangs is ended; who had not been called there, or had time left, is called on the next", async () => {
  const [late, innocent, young] = [ask(500), ask(500), ask(9000)];
  thread(0).loads();
  thread(0).listener.heard({ type: "started", id: 1 });
  thread(0).listener.heard({ type: "started", id: 3 });
  await world.run(milliseconds(1500));
  expect([thread(0).over, late.end, innocent.end, young.end]).toEqual([true, { timedOut: true }, undefined, undefined]);
  thread(1).loads();
  expect(thread(1).asked).toEqual([2, 3]);
  await world.run(milliseconds(1500));
  expect([innocent.end, young.end, thread(1).over]).toEqual([{ timedOut: true }, { timedOut: true }, true]);
});

test("a thread that ends by itself is replaced; a call that it happens to twice has its reason", async () => {
  const a = ask();
  thread(0).loads();
  thread(0).listener.ended("it ended with status 3");
  await world.run(milliseconds(900));
  expect(threads).toHaveLength(1); // not more than one a second
  await world.run(milliseconds(200));
  expect(threads.map(({ startedAt }) => startedAt)).toEqual([0, seconds(1)]);
  thread(1).loads();
  const b = ask();
  thread(1).listener.ended("it ended with\nstatus 3");
  await world.run(seconds(1));
  expect([a.end, b.end]).toEqual([{ died: "it ended with status 3" }, undefined]);
  thread(2).loads();
  thread(2).says(2, true);
  await world.run(0);
  expect(b.end).toEqual(UP);
});

test("a module that cannot be loaded fails its calls; that is known for five seconds, and then tried again", async () => {
  const a = ask();
  thread(0).listener.heard({ type: "unloadable", why: "SyntaxError: x" });
  const b = ask();
  await world.run(seconds(4));
  const c = ask();
  await world.run(seconds(1));
  expect([a.end, b.end, c.end, threads.length]).toEqual([...Array(3).fill({ notRun: "SyntaxError: x" }), 1]);
  ask();
  expect(threads).toHaveLength(2);
});

test("one that ends while it is loaded, or is not loaded in time, cannot be loaded", async () => {
  const a = ask();
  thread(0).listener.ended("it ended with status 0");
  await world.run(seconds(5));
  const b = ask();
  await world.run(seconds(10));
  expect([a.end, b.end, thread(1).over]).toEqual([
    { notRun: "it ended with status 0" },
    { notRun: "it was not loaded within 10 seconds" },
    true,
  ]);
});

test("one that may not be loaded fails its calls", async () => {
  refused = "SECURITY VIOLATION";
  const a = ask();
  await world.run(0);
  expect(a.end).toEqual({ notRun: "SECURITY VIOLATION" });
});

test("a check that ends tells the module", async () => {
  const control = new AbortController();
  const a = ask(1000, control.signal);
  thread(0).loads();
  control.abort();
  await world.run(seconds(9));
  expect([a.end, thread(0).posted.slice(1)]).toEqual([{ timedOut: true }, [{ type: "abort", id: 1 }]]);
  const gone = ask(1000, control.signal);
  await world.run(0);
  expect([gone.end, thread(0).asked]).toEqual([{ timedOut: true }, [1]]);
});

test("loaded anew, it takes its place when it is loaded; the former one ends its calls", async () => {
  const a = ask(9000);
  thread(0).loads();
  module.renew();
  const b = ask(9000);
  expect(thread(0).asked).toEqual([1, 2]);
  thread(1).loads();
  const c = ask(9000);
  expect(thread(1).asked).toEqual([3]);
  thread(0).says(1, true);
  await world.run(0);
  expect(thread(0).over).toBe(false);
  thread(0).says(2, true);
  thread(1).says(3, true);
  await world.run(0);
  expect([a.end, b.end, c.end, thread(0).over, thread(1).over]).toEqual([UP, UP, UP, true, false]);
});

test("what cannot be loaded anew takes no place, and that is said", async () => {
  ask();
  thread(0).loads();
  thread(0).says(1, true);
  module.renew();
  thread(1).listener.heard({ type: "unloadable", why: "SyntaxError: x" });
  refused = "SECURITY VIOLATION";
  module.renew();
  const b = ask();
  thread(0).says(2, true);
  await world.run(0);
  expect([stays, b.end, thread(0).over, thread(1).over]).toEqual([
    ["SyntaxError: x", "SECURITY VIOLATION"],
    UP,
    false,
    true,
  ]);
});

test("where threads do not end there are three at most", async () => {
  for (let i = 0; i < 4; i++) {
    ask(100);
    const hung = threads.at(-1);
    if (hung !== undefined) hung.stuck = true;
    hung?.loads();
    hung?.listener.heard({ type: "started", id: i + 1 });
    await world.run(seconds(2));
  }
  const last = ask(100);
  await world.run(0);
  expect([threads.length, last.end]).toEqual([3, { notRun: "3 of its threads do not end" }]);
});

test("a module that speaks in its thread's place can only harm its own calls", async () => {
  const a = ask();
  const said = [
    undefined,
    5,
    {},
    { type: "answer" },
    { type: "answer", id: "1", answer: {} },
    { type: "hello", id: 1 },
  ];
  for (const message of said) thread(0).listener.heard(message);
  thread(0).loads();
  for (const message of [
    ...said,
    { type: "loaded" },
    { type: "unloadable" },
    { type: "pong" },
    { type: "started", id: 9 },
  ])
    thread(0).listener.heard(message);
  thread(0).says(7, true);
  thread(0).says(1, false);
  await world.run(0);
  expect(a.end).toEqual({ ...UP, up: false });
});

test("closed, it has no threads", async () => {
  ask(9000);
  thread(0).loads();
  module.renew();
  await module.close();
  expect(threads.map(({ over }) => over)).toEqual([true, true]);
});
