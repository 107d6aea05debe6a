import { concat } from "../base/bytes.ts";
import { decodeGrpcMessage, GRPC_STATUS, grpcMessage } from "../wire/grpc.ts";
import { decodeHealthResponse, SERVING_STATUS } from "../wire/grpc-health.ts";
import { quoted } from "./certificate.ts";
import { down, UP, type Verdict } from "./checker.ts";
import type { Http2Event, Http2Fields } from "./http2-client.ts";

/** A good answer has seven bytes. */
const LONGEST = 4096;
const NO_FIELDS: Http2Fields = new Map();

/** Reads what a server says of its health; `service`: which was asked for, empty: the whole. SERVING is up, nothing else. */
export function judgeGrpc(service: string): (event: Http2Event) => Verdict | undefined {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let headers = NO_FIELDS;
  return (event) => {
    switch (event.type) {
      case "head":
        headers = event.headers;
        return headers.has("grpc-status") ? undefined : noGrpc(event.status, headers);
      case "data":
        pieces.push(event.bytes);
        length += event.bytes.length;
        return length > LONGEST ? down(`the answer is longer than ${LONGEST} bytes`) : undefined;
      case "end":
        return answered(service, event.trailers.has("grpc-status") ? event.trailers : headers, concat(...pieces));
      case "failed":
        return down(`HTTP/2 error: ${event.why}`);
    }
  };
}

/** A web server, or a proxy whose servers are gone. */
function noGrpc(status: number, headers: Http2Fields): Verdict | undefined {
  if (status !== 200) return down(`it is no gRPC server, or a proxy in front of it answers: HTTP status ${status}`);
  const type = headers.get("content-type") ?? "";
  if (/^application\/grpc(?:$|[+;])/.test(type)) return undefined;
  return down(`it is no gRPC server: the content type is ${quoted(type)}`);
}

function answered(service: string, fields: Http2Fields, body: Uint8Array): Verdict {
  const code = fields.get("grpc-status");
  if (code === undefined) return down("the answer ends without grpc-status");
  if (code !== "0") return refused(service, code, grpcMessage(fields.get("grpc-message") ?? ""));
  const message = decodeGrpcMessage(body);
  const health = message.ok ? decodeHealthResponse(message.value) : message;
  if (!health.ok) return down(`the answer is malformed: ${health.reason}`);
  const status = SERVING_STATUS[health.value];
  if (status === "SERVING") return UP;
  const words = status === undefined ? `has a status of no known meaning: ${health.value}` : NOT_SERVING[status];
  return down(`${named(service)} ${words}`);
}

const NOT_SERVING = {
  NOT_SERVING: "is NOT_SERVING",
  UNKNOWN: "is UNKNOWN: nobody has told the server whether it serves",
  SERVICE_UNKNOWN: "is not known to the server (SERVICE_UNKNOWN)",
} as const;

function refused(service: string, code: string, message: string): Verdict {
  const name = /^\d+$/.test(code) ? GRPC_STATUS[Number(code)] : undefined;
  const said = message === "" ? "" : `, it says ${quoted(message)}`;
  if (name === "NOT_FOUND") return down(`${named(service)} is not known to the server (NOT_FOUND)${said}`);
  if (name === "UNIMPLEMENTED")
    return down(`the server does not have the service grpc.health.v1.Health (UNIMPLEMENTED)${said}`);
  return down(`gRPC status ${name ?? quoted(code)}${said}`);
}

function named(service: string): string {
  return service === "" ? "the server as a whole" : `the service ${quoted(service)}`;
}
