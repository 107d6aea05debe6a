import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { type DbusValue, type DbusValueDrop, type DbusVariant, decodeValues, encodeValues } from "./dbus-value.ts";

/** A message of D-Bus. D-Bus Specification 0.43, "Message format". */
export interface DbusMessage {
  readonly type: "call" | "return" | "error" | "signal";
  readonly noReply: boolean; //       flag NO_REPLY_EXPECTED
  readonly serial: number; //         u32, never 0; the sender's count
  readonly path?: string | undefined; // of the object
  readonly interface?: string | undefined;
  readonly member?: string | undefined; // method or signal
  readonly errorName?: string | undefined;
  readonly replySerial?: number | undefined;
  readonly destination?: string | undefined;
  readonly sender?: string | undefined; // set by the bus
  readonly signature: string; //      of the body
  readonly body: readonly DbusValue[];
}

/** Why a message is not taken. */
export type DbusDrop = DbusValueDrop | "endianness" | "version" | "type" | "length" | "serial" | "field" | "missing";

/** What has to be there to know a message's length. */
export const DBUS_FIXED_HEADER = 16;

/** We take no longer ones (the specification allows 128 MiB): nothing that concerns us is near it. */
export const LONGEST_MESSAGE = 1 << 20;

const VERSION = 1;
const NO_REPLY_EXPECTED = 1;
const TYPES = ["call", "return", "error", "signal"] as const;
const HEADER = "yyyyuua(yv)";
const LITTLE = 0x6c;
const BIG = 0x42;

/** Numbers and types of the header's fields, in the order in which GDBus writes them. */
const FIELDS = [
  ["path", 1, "o"],
  ["interface", 2, "s"],
  ["errorName", 4, "s"],
  ["destination", 6, "s"],
  ["signature", 8, "g"],
  ["replySerial", 5, "u"],
  ["member", 3, "s"],
  ["sender", 7, "s"],
] as const;
const FIELD_NUMBERS: ReadonlyMap<DbusValue | undefined, (typeof FIELDS)[number]> = new Map(
  FIELDS.map((field) => [field[1], field]),
);

type Field = (typeof FIELDS)[number][0];
type Fields = { [name in Field]?: string | number };

/**
 * The bytes of a message, little-endian:
 *
 *      0    1      2       3         4              8        12          16
 *     | l | type | flags | version | body length u | serial | fields a(yv) … | padding to 8 | body …
 */
export function encodeMessage(message: DbusMessage): Uint8Array {
  const { type, noReply, serial, signature } = message;
  const body = encodeValues(signature, message.body);
  const fields = FIELDS.flatMap(([name, number, kind]): DbusValue[] => {
    const value = message[name];
    return value === undefined || value === "" ? [] : [[number, { signature: kind, value }]];
  });
  const flags = noReply ? NO_REPLY_EXPECTED : 0;
  const header = encodeValues(HEADER, [
    ...[LITTLE, TYPES.indexOf(type) + 1, flags, VERSION, body.length, serial],
    fields,
  ]);
  return concat(header, new Uint8Array(-header.length & 7), body);
}

/** Length of the message that begins with these bytes, of which `DBUS_FIXED_HEADER` have to be there. */
export function lengthOfMessage(bytes: Uint8Array): Decoded<number, "truncated" | "endianness" | "length"> {
  if (bytes.length < DBUS_FIXED_HEADER) return drop("truncated");
  const little = endianness(bytes);
  if (little === undefined) return drop("endianness");
  const view = viewOf(bytes);
  const fields = view.getUint32(12, little);
  const length = align8(DBUS_FIXED_HEADER + fields) + view.getUint32(4, little);
  return length > LONGEST_MESSAGE ? drop("length") : accept(length);
}

/** Reads one whole message. Header fields that we do not know are skipped, as the specification wants it. Never throws. */
export function decodeMessage(bytes: Uint8Array): Decoded<DbusMessage, DbusDrop> {
  const length = lengthOfMessage(bytes);
  if (!length.ok) return length;
  if (length.value !== bytes.length) return drop("truncated");
  const little = endianness(bytes) === true;
  const header = decodeValues(HEADER, bytes, little);
  if (!header.ok) return header;
  const [, kind, flags, version, , serial, listed] = header.value.values;
  if (version !== VERSION) return drop("version");
  const type = TYPES[Number(kind) - 1];
  if (type === undefined) return drop("type");
  if (serial === 0) return drop("serial");
  const fields = readFields(listed as readonly (readonly [number, DbusVariant])[]);
  if (fields === undefined) return drop("field");
  if (REQUIRED[type].some((name) => fields[name] === undefined)) return drop("missing");
  const signature = String(fields.signature ?? "");
  const content = bytes.subarray(align8(header.value.end));
  const body = decodeValues(signature, content, little);
  if (!body.ok) return body;
  if (body.value.end !== content.length) return drop("length");
  const noReply = (Number(flags) & NO_REPLY_EXPECTED) !== 0;
  const { values } = body.value;
  return accept({
    type,
    noReply,
    serial: Number(serial),
    ...(fields as Partial<DbusMessage>),
    signature,
    body: values,
  });
}

const REQUIRED: Readonly<Record<DbusMessage["type"], readonly Field[]>> = {
  call: ["path", "member"],
  return: ["replySerial"],
  error: ["errorName", "replySerial"],
  signal: ["path", "interface", "member"],
};

/** Undefined where one has the wrong type. */
function readFields(listed: readonly (readonly [number, DbusVariant])[]): Fields | undefined {
  const fields: Fields = {};
  for (const [number, { signature, value }] of listed) {
    const field = FIELD_NUMBERS.get(number);
    if (field === undefined) continue;
    if (signature !== field[2]) return undefined;
    fields[field[0]] = value as string | number;
  }
  return fields;
}

function endianness(bytes: Uint8Array): boolean | undefined {
  return bytes[0] === LITTLE ? true : bytes[0] === BIG ? false : undefined;
}

function align8(length: number): number {
  return Math.ceil(length / 8) * 8;
}
