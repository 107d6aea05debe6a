import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { hear, newSequences, nextSequence, type Sequences } from "../../src/vrrp/sequence.ts";

const A = ip("192.0.2.1");
const B = ip("192.0.2.2");

/** After what these neighbours sent; throws where a number was refused. */
function heard(...numbers: readonly (readonly [typeof A, number])[]): Sequences {
  return numbers.reduce((known, [from, sequence]) => {
    const next = hear(known, from, sequence);
    if (next === undefined) throw new Error(`refused: ${sequence}`);
    return next;
  }, newSequences(0));
}

test("a daemon that starts again begins above all it has sent", () => {
  let before = newSequences(1_700_000_000);
  for (let second = 0; second < 60; second++) before = nextSequence(before);
  expect(nextSequence(newSequences(1_700_000_061)).sent).toBeGreaterThan(before.sent);
});

test("each advert has the next number, above those of the neighbours", () => {
  const first = nextSequence(newSequences(9));
  expect([first.sent, nextSequence(first).sent]).toEqual([10, 11]);
  expect(nextSequence(heard([A, 500], [B, 40])).sent).toBe(501);
});

test("a neighbour's number must grow; another's may be lower", () => {
  const known = heard([A, 500], [B, 40]);
  expect(hear(known, A, 500)).toBeUndefined();
  expect(hear(known, A, 499)).toBeUndefined();
  expect(hear(known, A, 501)?.heard.at(-1)).toEqual({ from: A, sequence: 501 });
  expect(hear(known, B, 41)).toBeDefined();
});

test("behind the last number everything begins again", () => {
  expect(nextSequence({ sent: 0xffff_ffff, heard: [{ from: A, sequence: 7 }] })).toEqual({ sent: 1, heard: [] });
  expect(nextSequence(heard([A, 0xffff_ffff])).sent).toBe(1);
});

test("of too many neighbours the one that was silent longest is forgotten", () => {
  const many = heard(...Array.from({ length: 17 }, (_, i) => [ip(`192.0.2.${i + 1}`), 5] as const));
  expect(many.heard).toHaveLength(16);
  expect(hear(many, A, 1)).toBeDefined();
  expect(hear(many, B, 1)).toBeUndefined();
});
