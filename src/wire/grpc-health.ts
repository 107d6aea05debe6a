import { concat } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";

/** What is called: gRPC's `health-checking.md`, `grpc/health/v1/health.proto`. */
export const HEALTH_CHECK = "/grpc.health.v1.Health/Check";

/** `ServingStatus`, by its number. */
export const SERVING_STATUS = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"] as const;

/** Of fields in protobuf's wire format: `field << 3 | type`, and then as the type says. */
const TYPES = { varint: 0, eight: 1, bytes: 2, four: 5 } as const;
const LONGEST_VARINT = 10;

/** `HealthCheckRequest { string service = 1; }`. Empty: the server as a whole, and the field is left out. */
export function encodeHealthRequest(service: string): Uint8Array {
  if (service === "") return new Uint8Array();
  const name = new TextEncoder().encode(service);
  return concat(Uint8Array.of((1 << 3) | TYPES.bytes), encodeVarint(name.length), name);
}

/**
 * `HealthCheckResponse { ServingStatus status = 1; }`: the number of the status, 0 where it is left out; of several the last
 * one counts, other fields are skipped. Never throws.
 */
export function decodeHealthResponse(bytes: Uint8Array): Decoded<number, "truncated" | "varint" | "type"> {
  let status = 0;
  let at = 0;
  while (at < bytes.length) {
    const key = decodeVarint(bytes, at);
    if (key === undefined) return drop("varint");
    at = key.next;
    switch (key.value % 8) {
      case TYPES.varint: {
        const number = decodeVarint(bytes, at);
        if (number === undefined) return drop("varint");
        if (Math.floor(key.value / 8) === 1) status = number.value;
        at = number.next;
        break;
      }
      case TYPES.eight:
        at += 8;
        break;
      case TYPES.bytes: {
        const length = decodeVarint(bytes, at);
        if (length === undefined) return drop("varint");
        at = length.next + length.value;
        break;
      }
      case TYPES.four:
        at += 4;
        break;
      default:
        return drop("type"); // groups, which nobody has written for long, and what is none
    }
  }
  return at === bytes.length ? accept(status) : drop("truncated");
}

function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.of(...bytes, rest);
}

/** Seven bits a byte, the lowest first. Beyond 2^53 it is not exact, and no status or length that means something. */
function decodeVarint(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let i = 0; i < LONGEST_VARINT; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) return undefined;
    value += (byte % 128) * 2 ** (7 * i);
    if (byte < 128) return { value, next: from + i + 1 };
  }
  return undefined;
}
