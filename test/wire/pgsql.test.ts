import { expect, test } from "vitest";
import { concat, fromByteString } from "../../src/base/bytes.ts";
import type { DialogueStep } from "../../src/wire/dialogue.ts";
import { decodeErrorResponse, encodeStartup } from "../../src/wire/pgsql.ts";
import { type PgsqlVisit, pgsqlDialogue } from "../../src/wire/pgsql-visit.ts";
import { golden } from "../golden.ts";

/** What these chunks come to. */
function visited(database: string | undefined, ...chunks: readonly Uint8Array[]) {
  const { visit, step } = pgsqlDialogue({ user: "keepalived", database });
  let last: DialogueStep<PgsqlVisit> = { type: "going-on", visit };
  for (const chunk of chunks) if (last.type === "going-on") last = step(last.visit, chunk);
  return last.type === "over" ? { end: last.why ?? "up", say: last.say } : { end: "going on", say: undefined };
}

/** ErrorResponse with a state. */
function error(state: string): Uint8Array {
  const body = fromByteString(`SFATAL\0C${state}\0Mno\0\0`);
  return concat(Uint8Array.of(0x45, 0, 0, 0, body.length + 4), body);
}

test("pg_isready's own first words", () => {
  const parameters = { user: "keepalived", database: "app", application_name: "pg_isready" };
  expect(encodeStartup(parameters)).toEqual(golden("pgsql-startup"));
  const ours = { ...parameters, application_name: "keepalived-ts" };
  expect(pgsqlDialogue({ user: "keepalived", database: "app" }).say).toEqual(encodeStartup(ours));
  const { database, ...bare } = ours;
  expect(pgsqlDialogue({ user: "keepalived", database: undefined }).say).toEqual(encodeStartup(bare));
});

test("an error has a state and a text", () => {
  expect(decodeErrorResponse(golden("pgsql-too-many").subarray(5))).toEqual({
    state: "53300",
    text: "FATAL: sorry, too many clients already",
  });
  expect(decodeErrorResponse(new Uint8Array())).toEqual({ state: "", text: "" });
});

const NO_PGSQL = "it does not speak PostgreSQL's protocol";

test.each<[string, string | undefined, readonly Uint8Array[], string]>([
  ["asks for a proof", undefined, [golden("pgsql-scram")], "up"],
  ["lets us in, and is ready", undefined, [golden("pgsql-ready")], "up"],
  ["lets us in, and is not ready yet", undefined, [golden("pgsql-ready").subarray(0, -6)], "going on"],
  ["refuses the user", undefined, [golden("pgsql-refused")], "up"],
  ["has no database of the user's name", undefined, [golden("pgsql-no-database")], "up"],
  ["has not the database", "nodb", [golden("pgsql-no-database")], 'FATAL: database "nodb" does not exist (3D000)'],
  ["is full", undefined, [golden("pgsql-too-many")], "FATAL: sorry, too many clients already (53300)"],
  [
    "is in recovery, and not for us",
    undefined,
    [golden("pgsql-not-accepting")],
    "FATAL: the database system is not accepting connections: Hot standby mode is disabled. (57P03)",
  ],
  ["stops", undefined, [error("57P01")], "FATAL: no (57P01)"],
  [
    "is full after it let us in",
    undefined,
    [golden("pgsql-ready").subarray(0, 9), error("53300")],
    "FATAL: no (53300)",
  ],
  ["has lost its files", undefined, [error("58P01")], "FATAL: no (58P01)"],
  ["has no rights for the user", "app", [error("42501")], "up"],
  ["does not know the protocol", undefined, [error("08P01")], "FATAL: no (08P01)"],
  ["cannot fork", undefined, [fromByteString("Ecould not fork new process\n\0")], "could not fork new process"],
  ["is an HTTP server", undefined, [fromByteString("HTTP/1.1 400 Bad Request\r\n")], NO_PGSQL],
  ["begins with E and has not ended", undefined, [fromByteString("Ecould not fork")], "going on"],
  ["begins with E and does not end", undefined, [fromByteString("E".repeat(1000))], NO_PGSQL],
  ["says a message of no kind", undefined, [fromByteString("?\0\0\0\x04")], NO_PGSQL],
  ["says a message of no length", undefined, [fromByteString("R\0\0\0\x03")], NO_PGSQL],
])("a server that %s", (_, database, chunks, end) => {
  expect(visited(database, ...chunks).end).toBe(end);
});

test("a farewell is said to a server that let us in, and nothing to one that asks for a password or refuses", () => {
  expect(visited(undefined, golden("pgsql-ready")).say).toEqual(fromByteString("X\0\0\0\x04"));
  expect(visited(undefined, golden("pgsql-scram")).say).toBeUndefined();
  expect(visited(undefined, golden("pgsql-refused")).say).toBeUndefined();
});

test("bytes come as they like", () => {
  expect(visited(undefined, ...[...golden("pgsql-ready")].map((byte) => Uint8Array.of(byte))).end).toBe("up");
});
