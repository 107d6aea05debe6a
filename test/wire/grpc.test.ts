import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { seconds } from "../../src/base/time.ts";
import { decodeGrpcMessage, encodeGrpcMessage, GRPC_STATUS, grpcMessage, grpcTimeout } from "../../src/wire/grpc.ts";
import { decodeHealthResponse, encodeHealthRequest } from "../../src/wire/grpc-health.ts";
import { fromHex, golden } from "../golden.ts";

test("a request of grpcio is written byte for byte, with a service and without", () => {
  expect(encodeGrpcMessage(encodeHealthRequest("web"))).toEqual(golden("grpc-health-request"));
  expect(encodeGrpcMessage(encodeHealthRequest(""))).toEqual(golden("grpc-health-request-whole"));
});

test("the length of a name is a varint, and counts bytes", () => {
  expect(encodeHealthRequest("ö")).toEqual(fromHex("0a 02 c3 b6"));
  expect(encodeHealthRequest("x".repeat(300)).subarray(0, 3)).toEqual(fromHex("0a ac 02"));
});

/** The status in a body. */
function statusIn(body: Uint8Array): number | string {
  const message = decodeGrpcMessage(body);
  const status = message.ok ? decodeHealthResponse(message.value) : message;
  return status.ok ? status.value : status.reason;
}

test.each([
  ["SERVING as grpcio sends it", golden("grpc-health-serving"), 1],
  ["UNKNOWN as grpcio sends it: nothing", golden("grpc-health-unknown"), 0],
  [
    "other fields, which are skipped",
    encodeGrpcMessage(fromHex("12 02 aa bb 19 0102030405060708 25 01020304 08 02")),
    2,
  ],
  ["another integer", encodeGrpcMessage(fromHex("10 01")), 0],
  ["the status twice: the last one counts", encodeGrpcMessage(fromHex("08 01 08 02")), 2],
  ["a status to come", encodeGrpcMessage(fromHex("08 80 01")), 128],
])("reads %s", (_, body, status) => {
  expect(statusIn(body)).toBe(status);
});

test.each([
  ["nothing", "", "none"],
  ["half a prefix", "00 00 00", "truncated"],
  ["half a message", "00 00 00 00 02 08", "truncated"],
  ["a compressed message", "01 00 00 00 02 08 01", "compressed"],
  ["two messages", "00 00 00 00 02 08 01 00 00 00 00 00", "several"],
  ["a message of 4 GB", "00 ff ff ff ff 08 01", "truncated"],
  ["a key without its value", "00 00 00 00 01 08", "varint"],
  ["an integer without end", "00 00 00 00 0c 08 ff ff ff ff ff ff ff ff ff ff ff", "varint"],
  ["a text that is shorter than it says", "00 00 00 00 03 12 05 61", "truncated"],
  ["a number of which half is missing", "00 00 00 00 02 25 01", "truncated"],
  ["a group", "00 00 00 00 01 0b", "type"],
  ["a text of 2^70 bytes", "00 00 00 00 0b 12 ff ff ff ff ff ff ff ff ff 7f", "truncated"],
])("%s is no answer", (_, hex, reason) => {
  expect(statusIn(fromHex(hex))).toBe(reason);
});

test("decoding never throws, and a message comes back as it was", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(decodeGrpcMessage(encodeGrpcMessage(bytes))).toEqual({ ok: true, value: bytes });
      decodeGrpcMessage(bytes);
      decodeHealthResponse(bytes);
      decodeHealthResponse(concat(Uint8Array.of(8), bytes));
    }),
  );
});

test("a timeout has at most eight digits and is never shorter than asked for", () => {
  expect([1, 99_999_999].map(grpcTimeout)).toEqual(["1u", "99999999u"]);
  expect([seconds(5), seconds(100), seconds(100) + 1].map(grpcTimeout)).toEqual(["5000000u", "100000m", "100001m"]);
  expect(grpcTimeout(seconds(4294.967295))).toBe("4294968m"); // the longest connect_timeout
});

test("a message is read with its percent-encoding, and with what is none as it is", () => {
  expect(grpcMessage("not%20found: 100%, %C3%B6%zz %e2%82%ac")).toBe("not found: 100%, ö%zz €");
});

test("statuses have gRPC's numbers", () => {
  expect([GRPC_STATUS[5], GRPC_STATUS[12], GRPC_STATUS[14], GRPC_STATUS[16]]).toEqual([
    ...["NOT_FOUND", "UNIMPLEMENTED", "UNAVAILABLE", "UNAUTHENTICATED"],
  ]);
});
