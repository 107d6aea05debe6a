import { concat, fromByteString, toByteString } from "../base/bytes.ts";
import { DBUS_FIXED_HEADER, type DbusMessage, decodeMessage, encodeMessage, lengthOfMessage } from "../wire/dbus.ts";

/**
 * A session with a message bus: authentication as who we are (EXTERNAL), Hello, the request for our name, then messages.
 * D-Bus Specification 0.43, "Authentication Protocol", "Message Bus Messages".
 */
export type BusSession =
  | { readonly name: "greeting"; readonly service: string; readonly heard: Uint8Array }
  | {
      readonly name: "talking";
      readonly service: string;
      readonly heard: Uint8Array; // of a message that is not complete yet
      readonly serial: number; //    sent last
      readonly owned: boolean; //    whether the name is ours
    };

/** What the driver must do, in this order. Nothing comes after `over`. */
export type BusEffect =
  | { readonly type: "send"; readonly bytes: Uint8Array }
  | { readonly type: "acquired" } // the name is ours
  | { readonly type: "lost" } //     it is somebody else's, who may let it go; or was taken away
  | { readonly type: "called"; readonly call: DbusMessage }
  | { readonly type: "over"; readonly why: string };

export interface BusStep {
  readonly session: BusSession;
  readonly effects: readonly BusEffect[];
}

const BUS = "org.freedesktop.DBus";
const TO_BUS = { type: "call", path: "/org/freedesktop/DBus", interface: BUS, destination: BUS } as const;
const HELLO = 1; // serials of our first two calls
const REQUEST_NAME = 2;
const IN_QUEUE = 2; // answer to RequestName: somebody else has the name now
/** A line of the authentication is never that long. */
const LONGEST_LINE = 4096;

/** Begins a session for the name `service`, as the user `uid`. */
export function openSession(service: string, uid: number): BusStep {
  const identity = [...String(uid)].map((digit) => digit.charCodeAt(0).toString(16)).join("");
  return {
    session: { name: "greeting", service, heard: new Uint8Array() },
    effects: [{ type: "send", bytes: fromByteString(`\0AUTH EXTERNAL ${identity}\r\n`) }],
  };
}

/** The bus sent `bytes`. Never throws. */
export function busHeard(session: BusSession, bytes: Uint8Array): BusStep {
  const heard = concat(session.heard, bytes);
  return session.name === "greeting" ? greeted({ ...session, heard }) : messages({ ...session, heard });
}

/** A message of ours as bytes; the session counts it. Only in a session that talks. */
export function post(
  session: Extract<BusSession, { name: "talking" }>,
  message: Omit<DbusMessage, "serial">,
): { readonly session: typeof session; readonly bytes: Uint8Array } {
  const serial = (session.serial % 0xffff_ffff) + 1; // never 0
  return { session: { ...session, serial }, bytes: encodeMessage({ ...message, serial }) };
}

/** The last words: the name is free for others. */
export function releaseName(service: string): Omit<DbusMessage, "serial"> {
  return { ...TO_BUS, member: "ReleaseName", noReply: true, signature: "s", body: [service] };
}

function greeted(session: Extract<BusSession, { name: "greeting" }>): BusStep {
  const { service, heard } = session;
  const end = heard.indexOf(0x0a);
  if (end < 0) return heard.length > LONGEST_LINE ? over(session, "it does not speak D-Bus") : { session, effects: [] };
  const line = toByteString(heard.subarray(0, end)).trimEnd();
  if (!/^OK /.test(line)) return over(session, `it refuses us: ${line.slice(0, 80)}`);
  const hello = { ...TO_BUS, member: "Hello", noReply: false, serial: HELLO, signature: "", body: [] };
  const request = { ...TO_BUS, member: "RequestName", noReply: false, serial: REQUEST_NAME, signature: "su" };
  const bytes = concat(
    fromByteString("BEGIN\r\n"),
    encodeMessage(hello),
    encodeMessage({ ...request, body: [service, 0] }),
  );
  const rest = heard.slice(end + 1);
  const talking = messages({ name: "talking", service, heard: rest, serial: REQUEST_NAME, owned: false });
  return { session: talking.session, effects: [{ type: "send", bytes }, ...talking.effects] };
}

function messages(begun: Extract<BusSession, { name: "talking" }>): BusStep {
  let session = begun;
  const effects: BusEffect[] = [];
  let at = 0;
  for (;;) {
    const left = begun.heard.subarray(at);
    if (left.length < DBUS_FIXED_HEADER) break;
    const length = lengthOfMessage(left);
    if (!length.ok) return over(session, `a message of it cannot be read: ${length.reason}`, effects);
    if (left.length < length.value) break;
    at += length.value;
    const read = decodeMessage(left.subarray(0, length.value));
    // The next one begins where it should: a message that we cannot read is left out, not the session.
    if (!read.ok) continue;
    const [next, effect] = message(session, read.value);
    session = next;
    if (effect !== undefined) effects.push(effect);
    if (effect?.type === "over") return { session, effects };
  }
  return { session: { ...session, heard: begun.heard.slice(at) }, effects };
}

function message(
  session: Extract<BusSession, { name: "talking" }>,
  heard: DbusMessage,
): readonly [typeof session, BusEffect | undefined] {
  const { type, replySerial, sender, member, body } = heard;
  if (type === "call") return [session, { type: "called", call: heard }];
  if (sender !== BUS) return [session, undefined];
  if (type === "error" && (replySerial === HELLO || replySerial === REQUEST_NAME))
    return [session, { type: "over", why: `it refuses the name ${session.service}: ${body[0] ?? heard.errorName}` }];
  if (type === "return" && replySerial === REQUEST_NAME && body[0] === IN_QUEUE) return [session, { type: "lost" }];
  if (type !== "signal" || body[0] !== session.service) return [session, undefined];
  if (member === "NameAcquired") return [{ ...session, owned: true }, { type: "acquired" }];
  if (member === "NameLost") return [{ ...session, owned: false }, { type: "lost" }];
  return [session, undefined];
}

function over(session: BusSession, why: string, before: readonly BusEffect[] = []): BusStep {
  return { session, effects: [...before, { type: "over", why }] };
}
