import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import type { Dialogue, DialogueStep } from "../../src/wire/dialogue.ts";
import { mysqlDialogue } from "../../src/wire/mysql-visit.ts";
import { pgsqlDialogue } from "../../src/wire/pgsql-visit.ts";
import { redisDialogue } from "../../src/wire/redis.ts";
import { golden } from "../golden.ts";

const PROOF = new Uint8Array(20);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Each dialogue, and what its servers say. */
const DIALOGUES: readonly (readonly [string, Dialogue<unknown>, readonly Uint8Array[]])[] = [
  ...[undefined, { user: "a", password: "b" }].map((login) => {
    const said = ["+OK\r\n", "+PONG\r\n", "-LOADING x\r\n", "-NOAUTH x\r\n"].map(ascii);
    return ["Redis", redisDialogue({ login, allowNoauth: true }), said] as const;
  }),
  ...[true, false].map((welcome) => {
    const names = ["greeting", "ok", "denied", "switch", "too-many"].map((name) => golden(`mysql-${name}`));
    return ["MySQL", mysqlDialogue({ user: "a", welcome, prove: () => PROOF }), names] as const;
  }),
  ...[undefined, "app"].map((database) => {
    const names = ["scram", "ready", "refused", "no-database", "too-many", "not-accepting"];
    return [
      "PostgreSQL",
      pgsqlDialogue({ user: "a", database }),
      names.map((name) => golden(`pgsql-${name}`)),
    ] as const;
  }),
];

/** Good words in any order, some bytes changed, cut off or added. */
function hostile(words: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const some = fc.array(fc.oneof(fc.constantFrom(...words), fc.uint8Array({ maxLength: 40 })), { maxLength: 6 });
  return fc.tuple(some, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat()).map((each) => {
    const [parts, changes, cut] = each;
    const whole = concat(...parts);
    for (const [at, value] of changes) whole[at % Math.max(1, whole.length)] = value;
    return whole.subarray(0, cut % 4 === 0 ? cut % (whole.length + 1) : whole.length);
  });
}

/** What these chunks come to, and all that is held meanwhile. */
function end<Visit>(dialogue: Dialogue<Visit>, chunks: readonly Uint8Array[]) {
  let last: DialogueStep<Visit> = { type: "going-on", visit: dialogue.visit };
  for (const chunk of chunks) if (last.type === "going-on") last = dialogue.step(last.visit, chunk);
  return last.type === "over" ? { why: last.why, farewell: last.say } : "going on";
}

test.each(DIALOGUES)(
  "law: whatever a %s server says, and in whatever pieces, comes to the same",
  (_, dialogue, words) => {
    fc.assert(
      fc.property(hostile(words), fc.array(fc.nat(), { maxLength: 8 }), (bytes, cuts) => {
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((to, i) => bytes.subarray(at[i], to));
        const whole = end(dialogue, [bytes]);
        expect(end(dialogue, pieces)).toEqual(whole);
        if (whole !== "going on" && whole.why !== undefined) expect(whole.why).toMatch(/^[\s\S]{1,300}$/);
      }),
    );
  },
);

test.each(DIALOGUES)("law: a %s server that talks without end is not listened to without end", (_, dialogue, words) => {
  fc.assert(
    fc.property(hostile(words), fc.nat(255), (bytes, byte) => {
      const endless = Array.from({ length: 40 }, () => new Uint8Array(1000).fill(byte));
      const last = end(dialogue, [bytes, ...endless]);
      expect(last).not.toBe("going on");
    }),
    { numRuns: 20 },
  );
});
