import fc from "fast-check";
import { expect, test } from "vitest";
import { type SmtpVisitStep, visitStart, visitStep } from "../../src/wire/smtp-visit.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Feeds chunks one after the other: what was said, and what it came to. */
function visited(...chunks: readonly string[]): readonly string[] {
  let visit = visitStart("lb.example.org");
  const said: string[] = [];
  for (const chunk of chunks) {
    const step: SmtpVisitStep = visitStep(visit, bytes(chunk));
    if (step.type !== "going-on") return [...said, step.type === "refused" ? `refused ${step.phase}` : step.type];
    visit = step.visit;
    if (step.say !== undefined) said.push(...new TextDecoder().decode(step.say).split(/(?<=\r\n)/));
  }
  return [...said, "going-on"];
}

const HELO = "HELO lb.example.org\r\n";
const QUIT = "QUIT\r\n";

test("220, HELO, 250, QUIT and a line: welcome", () => {
  expect(visited("220 hi\r\n", "250 ok\r\n", "221 bye\r\n")).toEqual([HELO, QUIT, "welcome"]);
});

test("replies of several lines, without text, and with bare line feeds count; 2.2.7 refuses the first two", () => {
  expect(visited("220-a\r\n220-b\r\n220 c\r\n", "250-x\r\n250 y\r\n", "221\r\n")).toEqual([HELO, QUIT, "welcome"]);
  expect(visited("220\r\n", "250\r\n", "221 bye\r\n")).toEqual([HELO, QUIT, "welcome"]);
  expect(visited("220 hi\n", "250 ok\n", "\n")).toEqual([HELO, QUIT, "welcome"]);
});

test("the last line may have any code, but must come", () => {
  expect(visited("220 hi\r\n", "250 ok\r\n", "500 what\r\n")).toEqual([HELO, QUIT, "welcome"]);
  expect(visited("220 hi\r\n", "250 ok\r\n", "221 bye")).toEqual([HELO, QUIT, "going-on"]);
});

test("another code refuses, in a last line too", () => {
  expect(visited("554 no\r\n")).toEqual(["refused greeting"]);
  expect(visited("220-a\r\n", "421 busy\r\n")).toEqual(["refused greeting"]);
  expect(visited("220 hi\r\n", "500 no\r\n")).toEqual([HELO, "refused hello"]);
});

test("what is no SMTP, or does not end, refuses", () => {
  expect(visited("HTTP/1.1 400 Bad\r\n")).toEqual(["refused greeting"]);
  expect(visited("220", "x".repeat(20_000))).toEqual(["refused greeting"]);
  expect(visited("220 hi\r\n", ...Array(200).fill(`250-${"x".repeat(100)}\r\n`))).toEqual([HELO, "refused hello"]);
});

test("a name of the configuration stays one word of one line", () => {
  const step = visitStep(visitStart("a b\r\nMAIL"), bytes("220 hi\r\n"));
  expect(step.type === "going-on" && step.say).toEqual(bytes("HELO abMAIL\r\n"));
  const unnamed = visitStep(visitStart(" "), bytes("220 hi\r\n"));
  expect(unnamed.type === "going-on" && unnamed.say).toEqual(bytes("HELO localhost\r\n"));
});

test("however bytes come, the same is found, and nothing throws", () => {
  const line = fc.oneof(
    fc.constantFrom("220 hi\r\n", "220-a\r\n", "250 ok\r\n", "250-x\r\n", "221 bye\r\n", "554 no\r\n", "220\r\n", "\n"),
    fc.string({ maxLength: 8 }),
  );
  const cuts = fc.array(fc.nat(40), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), cuts, (lines, sizes) => {
      const whole = lines.join("");
      const chunks: string[] = [];
      let rest = whole;
      for (const size of sizes) {
        chunks.push(rest.slice(0, size));
        rest = rest.slice(size);
      }
      expect(visited(...chunks, rest).at(-1)).toBe(visited(whole).at(-1));
    }),
    { numRuns: 300 },
  );
});
