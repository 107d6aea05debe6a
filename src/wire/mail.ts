import { toByteString } from "../base/bytes.ts";

/** A mail to be handed to a relay. Control characters in any of it are sent as blanks. */
export interface Mail {
  readonly from: string; //           `k@example.com`, `Name <k@example.com>`
  readonly to: readonly string[]; //  at least one, of the same forms
  readonly subject: string;
  readonly body: string; //           lines end with \n
  readonly date: string; //           RFC 5322 §3.3
}

/** The address of a mailbox: what stands in `<>`, or all of it. */
export function mailAddress(mailbox: string): string {
  const [, inside] = /<([^<>]*)>[^<>]*$/.exec(mailbox) ?? [];
  return clean(inside ?? mailbox)
    .trim()
    .replaceAll(" ", "");
}

/** The message as DATA sends it, up to and with the line that is a dot; headers as Keepalived's. */
export function messageText({ from, to, subject, body, date }: Mail): string {
  const text = [
    `Date: ${clean(date)}`,
    `From: ${clean(from)}`,
    `Subject: ${isAscii(subject) ? clean(subject) : encodedWords(clean(subject))}`,
    "X-Mailer: Keepalived",
    `To: ${to.map(clean).join(",\n ")}`,
    ...(isAscii(`${subject}${body}${from}${to.join("")}`) ? [] : MIME),
    "",
    ...body.split("\n").map((line) => clean(line)),
    "",
  ].join("\n");
  const stuffed = text.split("\n").map((line) => (line.startsWith(".") ? `.${line}` : line)); // RFC 5321 §4.5.2
  return `${stuffed.join("\r\n")}\r\n.\r\n`;
}

const MIME = ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"];

/** RFC 2047 §2: words of at most 75 characters, cut between characters. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    if (new TextEncoder().encode(word + character).length > 45) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((each) => `=?UTF-8?B?${base64(each)}?=`).join("\n ");
}

/** Base64 of the text's UTF-8. */
export function base64(text: string): string {
  return btoa(toByteString(new TextEncoder().encode(text)));
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e\n\t]*$/.test(text);
}

/** Nothing in a value ends its line: control characters as blanks. */
export function clean(text: string): string {
  return text.replace(CONTROL, " ");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/g;
