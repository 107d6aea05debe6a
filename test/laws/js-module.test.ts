import fc from "fast-check";
import { expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import type { ToThread } from "../../src/daemon/js-messages.ts";
import { JsModule } from "../../src/daemon/js-module.ts";
import type { JsThreadListener } from "../../src/daemon/js-thread.ts";
import type { JsEnd } from "../../src/lvs/js-check.ts";
import { FakeServers } from "../daemon/fake-servers.ts";

/** What may happen; `which` picks a thread or a call. */
const event = fc.record({
  what: fc.constantFrom("ask", "ask", "load", "start", "answer", "pong", "unloadable", "die", "renew", "abort", "pass"),
  which: fc.nat(50),
  span: fc.nat(3000),
});

test("whatever threads do, each call ends once, the last ones when time has passed, and threads that are told to end are few", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60 }), fc.boolean(), async (events, stuck) => {
      const world = new FakeServers();
      const threads: { listener: JsThreadListener; over: boolean; posted: ToThread[] }[] = [];
      const ends = new Map<number, JsEnd[]>();
      const controls: AbortController[] = [];
      const module = new JsModule({
        clock: world,
        start(listener) {
          const thread = { listener, over: false, posted: [] as ToThread[] };
          threads.push(thread);
          return {
            post: (message) => thread.posted.push(message),
            end() {
              thread.over = true;
              return stuck ? new Promise(() => {}) : Promise.resolve();
            },
          };
        },
        stays: () => {},
        wrote: () => {},
      });
      const question = { address: "192.0.2.11", port: 80, virtualServer: "", arguments: [], timeout: 500 };
      for (const { what, which, span } of events) {
        const thread = threads.filter(({ over }) => !over).at(which % Math.max(1, threads.length));
        const says = (message: object): void => thread?.listener.heard(message);
        if (what === "ask") {
          const control = new AbortController();
          const call = controls.push(control);
          ends.set(call, []);
          module.ask(question, control.signal).then((end) => ends.get(call)?.push(end));
        } else if (what === "load") says({ type: "loaded" });
        else if (what === "start") says({ type: "started", id: which });
        else if (what === "answer") says({ type: "answer", id: which, answer: { up: true } });
        else if (what === "pong") says({ type: "pong" });
        else if (what === "unloadable") says({ type: "unloadable", why: "" });
        else if (what === "renew") module.renew();
        else if (what === "abort") controls.at(which % Math.max(1, controls.length))?.abort();
        else if (what === "die" && thread !== undefined) {
          thread.over = true;
          thread.listener.ended("it died");
        } else await world.run(milliseconds(span));
      }
      await world.run(seconds(60));
      for (const end of ends.values()) expect(end).toHaveLength(1);
      expect(threads.filter(({ over }) => !over).length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 300 },
  );
});
