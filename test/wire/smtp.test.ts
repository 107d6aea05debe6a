import fc from "fast-check";
import { expect, test } from "vitest";
import type { Mail } from "../../src/wire/mail.ts";
import { type SmtpDialogue, type SmtpEvent, type SmtpManners, smtpStart, smtpStep } from "../../src/wire/smtp.ts";

const MAIL: Mail = {
  from: "k@example.com",
  to: ["a@example.com", "Ops <b@example.com>"],
  subject: "S",
  body: "B",
  date: "D",
};
const PLAIN: SmtpManners = { hello: "helo.example.com", encrypted: "no", login: undefined };
const SECURE: SmtpManners = { ...PLAIN, encrypted: "start-tls", login: { user: "u", password: "pä" } };

/** Feeds replies one by one; what is said in between, the message shortened. */
function talk(replies: readonly (string | SmtpEvent)[], manners = PLAIN): string[] {
  let dialogue: SmtpDialogue = smtpStart(MAIL, manners);
  const said: string[] = [];
  for (const reply of replies) {
    const event = typeof reply === "string" && reply !== "encrypted" ? new TextEncoder().encode(reply) : reply;
    const step = smtpStep(dialogue, event as SmtpEvent);
    dialogue = step.dialogue;
    for (const effect of step.effects) {
      if (effect.type === "send")
        said.push(new TextDecoder().decode(effect.bytes).replace(/^Date: [\s\S]*/, "message"));
      else if (effect.type === "over") said.push(JSON.stringify(effect.outcome));
      else said.push(effect.type);
    }
  }
  return said.map((line) => line.replace(/\r\n$/, ""));
}

const OK = "250 ok\r\n";
const delivered = (...refused: string[]): string => JSON.stringify({ type: "delivered", refused });
const failed = (why: string, permanent: boolean): string => JSON.stringify({ type: "failed", why, permanent });

test("the dialogue is keepalived's: HELO, MAIL, each RCPT, DATA, QUIT; answers of several lines are one", () => {
  const said = talk([
    "220-hello\r\n",
    "220 sink\r\n",
    OK,
    "250-o\r\n250 k\r\n",
    OK,
    OK,
    "354 go\r\n",
    OK,
    "221 bye\r\n",
  ]);
  expect(said).toEqual([
    "HELO helo.example.com",
    "MAIL FROM:<k@example.com>",
    "RCPT TO:<a@example.com>",
    "RCPT TO:<b@example.com>",
    "DATA",
    "message",
    "QUIT",
    delivered(),
  ]);
});

test("it is the same however the bytes are cut, and with bare line feeds", () => {
  const whole = "220 x\r\n250 ok\r\n250 ok\n250 ok\r\n251 moved\r\n354 go\r\n250 ok\r\n221 bye\r\n";
  expect(talk([whole]).at(-1)).toBe(delivered());
  expect(talk([...whole])).toEqual(talk([whole]));
});

test("a recipient that is refused does not stop the others; all of them do, for good only if none may come later", () => {
  const start = ["220 x\r\n", OK, OK];
  expect(talk([...start, "550 no\r\n", OK, "354 x\r\n", OK, "221\r\n"]).at(-1)).toBe(
    delivered("a@example.com: 550 no"),
  );
  expect(talk([...start, "550 no\r\n", "450 later\r\n", "221\r\n"]).at(-1)).toBe(failed("450 later", false));
  expect(talk([...start, "550 no\r\n", "553 never\r\n", "221\r\n"]).slice(-2)).toEqual([
    "QUIT",
    failed("550 no", true),
  ]);
});

test.each([
  [["554 go away\r\n"], failed("554 go away", true)],
  [["421 busy\r\n"], failed("421 busy", false)],
  [["220 x\r\n", "501 who\r\n"], failed("501 who", true)],
  [["220 x\r\n", OK, "451 wait\r\n"], failed("451 wait", false)],
  [["220 x\r\n", OK, OK, OK, OK, "503 no\r\n"], failed("503 no", true)],
  [["220 x\r\n", OK, OK, OK, OK, "354 x\r\n", "552-too\r\n552 long\r\n"], failed("552 too long", true)],
])("a refusal ends it, with QUIT: %j", (replies, outcome) => {
  expect(talk([...replies, "221 bye\r\n"]).slice(-2)).toEqual(["QUIT", outcome]);
});

test("a connection that breaks is a failure for now; behind the acceptance it is none", () => {
  expect(talk(["220 x\r\n", { end: "reset" }])).toEqual(["HELO helo.example.com", failed("reset", false)]);
  expect(talk(["220 x\r\n", OK, OK, OK, OK, "354 x\r\n", OK, { end: "reset" }]).at(-1)).toBe(delivered());
  expect(talk([{ end: "a" }, { end: "b" }, "220 x\r\n", "encrypted"])).toEqual([failed("a", false)]);
});

test("what is no SMTP, and a reply without end, are a failure", () => {
  expect(talk(["HTTP/1.1 400\r\n"])).toEqual([failed("no SMTP reply", false)]);
  expect(talk(["220-x\r\n".repeat(3000)])).toEqual([failed("the reply does not end", false)]);
});

test("STARTTLS: encrypted before anything is told, the login after it; what was said in clear behind it does not count", () => {
  const said = talk(["220 x\r\n", OK, "220 go\r\n250 injected\r\n", "encrypted", OK, "235 welcome\r\n", OK], SECURE);
  expect(said).toEqual([
    "EHLO helo.example.com",
    "STARTTLS",
    "start-tls",
    "EHLO helo.example.com",
    `AUTH PLAIN ${Buffer.from("\0u\0pä").toString("base64")}`,
    "MAIL FROM:<k@example.com>",
    "RCPT TO:<a@example.com>",
  ]);
});

test("what comes in clear during the handshake is nothing, and a host without a name is localhost", () => {
  const said = talk(["220 x\r\n", OK, "220 go\r\n", OK, "encrypted"], { ...SECURE, hello: "" });
  expect(said).toEqual(["EHLO localhost", "STARTTLS", "start-tls", "EHLO localhost"]);
});

test("encrypted from the start: no STARTTLS, the login at once", () => {
  const said = talk(["220 x\r\n", OK, "235 welcome\r\n"], { ...SECURE, encrypted: "from-start" });
  expect(said.map((line) => line.split(" ")[0])).toEqual(["EHLO", "AUTH", "MAIL"]);
});

test("without encryption, or with a wrong password, nothing is sent", () => {
  expect(talk(["220 x\r\n", OK, "502 no\r\n", "221\r\n"], SECURE).slice(-2)).toEqual(["QUIT", failed("502 no", true)]);
  const wrong = ["220 x\r\n", OK, "220 go\r\n", "encrypted" as const, OK, "535 wrong\r\n", "221\r\n"];
  expect(talk(wrong, SECURE).at(-1)).toBe(failed("535 wrong", true));
  expect(talk(["encrypted", "220 x\r\n"])).toEqual(["HELO helo.example.com"]);
});

test("law: whatever a relay says, it does not throw, and ends at most once", () => {
  const reply = fc.oneof(
    fc.constantFrom("220 x\r\n", OK, "354 x\r\n", "221 x\r\n", "450 x\r\n", "550 x\r\n", "235 x\r\n", "250-", "\r\n"),
    fc.string(),
    fc.constantFrom<SmtpEvent>("encrypted", { end: "x" }),
  );
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 30 }), fc.constantFrom(PLAIN, SECURE), (replies, manners) => {
      expect(talk(replies, manners).filter((line) => line.startsWith('{"type"')).length).toBeLessThanOrEqual(1);
    }),
  );
});
