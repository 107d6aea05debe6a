import { expect, test } from "vitest";
import { type Mail, mailAddress, messageText } from "../../src/wire/mail.ts";

const MAIL: Mail = {
  from: "k@example.com",
  to: ["a@example.com", "b@example.com"],
  subject: "[R1] VRRP Instance V1 - Entering MASTER state",
  body: "=> VRRP Instance is now owning VRRP VIPs <=",
  date: "Sat, 21 Nov 2026 19:23:21 +0000",
};

test("the message is keepalived's (captured, 2.2.7; the recipients folded as in 2.4)", () => {
  expect(messageText(MAIL)).toBe(
    [
      "Date: Sat, 21 Nov 2026 19:23:21 +0000",
      "From: k@example.com",
      "Subject: [R1] VRRP Instance V1 - Entering MASTER state",
      "X-Mailer: Keepalived",
      "To: a@example.com,",
      " b@example.com",
      "",
      "=> VRRP Instance is now owning VRRP VIPs <=",
      "",
      ".",
      "",
    ].join("\r\n"),
  );
});

test("nothing in a value ends its line, or the message", () => {
  const spoilt = {
    ...MAIL,
    subject: "a\r\nBcc: evil@example.com",
    from: "k@example.com\nX: y",
    to: ["a@example.com\r\n.\r\n"],
    body: ".\n..two\nthree\r.",
  };
  const text = messageText(spoilt);
  expect(text).not.toMatch(/^(Bcc|X): /m);
  expect(text.split("\r\n").slice(-6)).toEqual(["..", "...two", "three .", "", ".", ""]);
});

test("text that is not ASCII is encoded as RFC 2047 has it, in words that are short enough", () => {
  const subject = `Überwachung ${"ä€".repeat(40)}`;
  const text = messageText({ ...MAIL, subject, body: "läuft" });
  const [, folded = ""] = /^Subject: ([\s\S]*?)\r\nX-Mailer/m.exec(text) ?? [];
  const words = folded.split("\r\n ");
  expect(words.every((word) => word.length <= 75)).toBe(true);
  const bytes = words.map((word) => Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? "", "base64"));
  expect(Buffer.concat(bytes).toString()).toBe(subject);
  expect(text).toContain("Content-Type: text/plain; charset=utf-8\r\n");
  expect(text).toContain("\r\nläuft\r\n");
});

test("the address is what stands between angle brackets, or all of it", () => {
  expect(mailAddress("Ops <ops@example.com>")).toBe("ops@example.com");
  expect(mailAddress('"A <x>" <a@example.com>')).toBe("a@example.com");
  expect(mailAddress(" a@example.com ")).toBe("a@example.com");
  expect(mailAddress("a@example.com>\r\nRCPT TO:<b@example.com")).not.toMatch(/[\r\n ]/);
});
