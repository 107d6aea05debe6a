import { createHash } from "node:crypto";
import { toByteString } from "../base/bytes.ts";
import { fetchPage } from "../check/page.ts";
import { Clock } from "../io/clock.ts";
import { Poller } from "../io/poller.ts";
import { hostOf } from "../wire/http.ts";
import { checkIo } from "./check-io.ts";
import type { GenhashOptions } from "./genhash-options.ts";

/**
 * Prints the digest of a page as `digest` wants it; the exit status. What is printed is Keepalived's to the byte (2.2.7),
 * where it reads all at once: its verbose dump begins anew with each read, ours shows a body as one. It ends with 0 also
 * when there is no page, we end with 1.
 */
export async function genhash(options: GenhashOptions, say: (text: string) => void): Promise<0 | 1> {
  const poller = new Poller();
  const clock = new Clock(poller);
  const { server: address, port, path, tls, virtualHost, verbose, fwmark, timeout } = options;
  const manner = { serverName: options.sni ? virtualHost : undefined, closeNotify: false, patience: timeout };
  const startedAt = clock.now();
  try {
    const page = await fetchPage(
      {
        target: {
          ...{ address, port, bindAddress: undefined, bindPort: 0, bindInterface: undefined, fwmark },
          ...(tls ? { tls: manner } : {}),
        },
        request: { path, host: virtualHost ?? hostOf(address, port), protocol: options.protocol },
        patience: timeout,
      },
      checkIo(clock, poller),
    );
    if (page.ok) {
      const digest = createHash("md5").update(page.body).digest();
      if (verbose) say(verboseText(page.head, page.body, digest));
      say(`${digest.toString("hex")}\n`);
    } else say(`${page.why}\n`);
    if (verbose) say(`\nGlobal response time for [${path}] = ${clock.now() - startedAt} usecs\n`);
    return page.ok ? 0 : 1;
  } finally {
    clock.close();
    poller.close();
  }
}

function verboseText(head: Uint8Array, body: Uint8Array, digest: Uint8Array): string {
  const shown = body.length === 0 ? "" : `${title("       HTML Buffer       ")}${dump(body)}`;
  return [
    `${title("   HTTP Header Buffer   ")}${dump(head)}`,
    `${title("HTTP Header Ascii Buffer")}${printable(head)}\n${shown}\n`,
    `${title("   HTML hash resulting   ")}${dump(digest)}`,
    title("HTML hash final resulting"),
  ].join("");
}

/** What would command a terminal is left out. */
function printable(bytes: Uint8Array): string {
  return toByteString(
    bytes.map((byte) => (byte >= 0x20 ? byte : byte === 13 || byte === 10 || byte === 9 ? byte : 0x2e)),
  );
}

function title(text: string): string {
  return `-----------------------[ ${text} ]-----------------------\n`;
}

/** Sixteen bytes a line: where, in hexadecimal, as text. */
function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0"));
    const [left, right] = [hex.slice(0, 8).join(" "), hex.slice(8).join(" ")];
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${`${at}`.padStart(4, "0")}  ${left.padEnd(23)} - ${right.padEnd(23)}   ${text.padEnd(16)}\n`);
  }
  return lines.join("");
}
