import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import type { Micros } from "../base/time.ts";

/** How a call ended, by its number; gRPC's `statuscodes.md`. */
export const GRPC_STATUS = [
  ...["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"],
  ...["PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED"],
  ...["INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"],
] as const;

const PREFIX = 5;

/**
 * A message in the body of a request, not compressed. gRPC's `PROTOCOL-HTTP2.md`, Length-Prefixed-Message.
 *
 *     | compressed, u8 | length, u32 | message |
 */
export function encodeGrpcMessage(message: Uint8Array): Uint8Array {
  const prefix = new Uint8Array(PREFIX);
  viewOf(prefix).setUint32(1, message.length);
  return concat(prefix, message);
}

/** The one message that a body is. `none`: there is none. Never throws. */
export function decodeGrpcMessage(
  body: Uint8Array,
): Decoded<Uint8Array, "none" | "truncated" | "compressed" | "several"> {
  if (body.length === 0) return drop("none");
  if (body.length < PREFIX) return drop("truncated");
  if (body[0] !== 0) return drop("compressed"); // nobody has offered that
  const end = PREFIX + viewOf(body).getUint32(1);
  if (body.length < end) return drop("truncated");
  return body.length > end ? drop("several") : accept(body.subarray(PREFIX, end));
}

/** `grpc-timeout`: at most eight digits, never less than is asked for. 1 to 99,999,999,000 microseconds. */
export function grpcTimeout(timeout: Micros): string {
  return timeout <= 99_999_999 ? `${timeout}u` : `${Math.ceil(timeout / 1000)}m`;
}

/** `grpc-message` without its percent-encoding; what is none stays as it is. */
export function grpcMessage(value: string): string {
  return value.replace(/(?:%[\da-fA-F]{2})+/g, (encoded) => {
    const bytes = Uint8Array.from(encoded.match(/[\da-fA-F]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
    return new TextDecoder().decode(bytes);
  });
}
