import fc from "fast-check";
import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { isSent, type MailEvent, type MailQueue, mailDeadline, mailStep, noMail } from "../../src/notify/mail-queue.ts";

const add = (mail: string): MailEvent<string> => ({ type: "add", mail });
const DELIVERED: MailEvent<string> = { type: "delivered" };
const FAILED: MailEvent<string> = { type: "failed", permanent: false };
const REFUSED: MailEvent<string> = { type: "failed", permanent: true };
const TIMER: MailEvent<string> = { type: "timer" };

function run(...fed: readonly (readonly [number, MailEvent<string>])[]): { queue: MailQueue<string>; did: string[] } {
  let queue = noMail<string>();
  const did: string[] = [];
  for (const [at, event] of fed) {
    const step = mailStep(queue, event, seconds(at));
    queue = step.queue;
    for (const effect of step.effects) {
      if (effect.type === "note") did.push(`${at} ${effect.note}`);
      else did.push(`${at} ${effect.type} ${effect.mail}${effect.type === "lost" ? ` ${effect.why}` : ""}`);
    }
  }
  return { queue, did };
}

test("mails leave one at a time, in the order they came", () => {
  const { queue, did } = run([0, add("a")], [0, add("b")], [1, DELIVERED], [2, DELIVERED]);
  expect([did, isSent(queue)]).toEqual([["0 send a", "1 send b"], true]);
});

test("a relay that is away is tried again after 5, 10, 20 ... 300 s, which is said once, as its return is", () => {
  const { queue, did } = run(
    [0, add("a")],
    [0, FAILED],
    [1, add("b")],
    [4, TIMER],
    [5, TIMER],
    [5, FAILED],
    [15, TIMER],
    [16, DELIVERED],
    [17, FAILED],
  );
  expect(did).toEqual(["0 send a", "0 retrying", "5 send a", "15 send a", "16 recovered", "16 send b", "17 retrying"]);
  expect(mailDeadline(queue)).toBe(seconds(22));
  const long = run(
    [0, add("a")],
    ...Array.from({ length: 9 }, (_, i) => [[i * 300, FAILED] as const, [(i + 1) * 300, TIMER] as const]).flat(),
  );
  expect(mailDeadline(mailStep(long.queue, FAILED, seconds(2701)).queue)).toBe(seconds(3001));
});

test("a mail that is refused for good is given up, and the next one sent", () => {
  expect(run([0, add("a")], [0, add("b")], [1, REFUSED]).did).toEqual(["0 send a", "1 lost a refused", "1 send b"]);
});

test("alerts of more than an hour ago are given up", () => {
  const { queue, did } = run([0, add("a")], [0, FAILED], [3000, add("b")], [3000, TIMER], [3601, FAILED]);
  expect(did.slice(-1)).toEqual(["3601 lost a too-old"]);
  expect(queue.waiting.map(({ mail }) => mail)).toEqual(["b"]);
});

test("the last of them too; then there is nothing to wait for, and an answer that comes late is none", () => {
  const { queue, did } = run([0, add("a")], [3601, FAILED], [3602, FAILED], [3603, DELIVERED]);
  expect(did).toEqual(["0 send a", "3601 retrying", "3601 lost a too-old", "3603 recovered"]);
  expect([mailDeadline(queue), isSent(queue)]).toEqual([undefined, true]);
});

test("of more than 1000 that wait the oldest is given up, but not the one under way", () => {
  const many = Array.from({ length: 1000 }, (_, i) => [0, add(`m${i}`)] as const);
  expect(run(...many, [1, add("x")]).did.at(-1)).toBe("1 lost m1 too-many");
  expect(run([0, add("first")], [0, FAILED], ...many).did.at(-1)).toBe("0 lost first too-many");
});

test("at the stop what waits is tried once more, at once, and no second time", () => {
  const stop: MailEvent<string> = { type: "stop" };
  const { queue, did } = run([0, add("a")], [0, add("b")], [0, FAILED], [1, stop], [2, DELIVERED], [3, FAILED]);
  expect(did.slice(2)).toEqual(["1 send a", "2 recovered", "2 send b", "3 lost b stopped"]);
  expect(isSent(queue)).toBe(true);
});

test("law: a mail that waits is under way or has a deadline, and each is sent in order", () => {
  const event = fc.oneof(
    fc.constant("add"),
    fc.constant("ok"),
    fc.constant("failed"),
    fc.constant("bad"),
    fc.constant("timer"),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(400)), { maxLength: 200 }), (events) => {
      let queue = noMail<number>();
      let [now, count, last] = [0, 0, -1];
      for (const [type, later] of events) {
        now += seconds(later);
        if ((type === "ok" || type === "failed" || type === "bad") && !queue.sending) continue;
        const fed: MailEvent<number> =
          type === "add"
            ? { type, mail: count++ }
            : type === "timer"
              ? { type }
              : type === "ok"
                ? { type: "delivered" }
                : { type: "failed", permanent: type === "bad" };
        const step = mailStep(queue, fed, now);
        queue = step.queue;
        for (const effect of step.effects) {
          if (effect.type !== "send") continue;
          expect(effect.mail).toBeGreaterThanOrEqual(last);
          last = effect.mail;
        }
        if (!isSent(queue)) expect(queue.sending || mailDeadline(queue) !== undefined).toBe(true);
      }
    }),
  );
});
