import type { StopSignal } from "../base/stopping.ts";
import { encodeGrpcMessage, grpcTimeout } from "../wire/grpc.ts";
import { encodeHealthRequest, HEALTH_CHECK } from "../wire/grpc-health.ts";
import { hostOf } from "../wire/http.ts";
import type { CheckIo, Connected, TlsManner, Verdict } from "./checker.ts";
import { judgeGrpc } from "./grpc-verdict.ts";
import { type Http2Pace, http2Check, USER_AGENT } from "./http2.ts";

/** What a GRPC_CHECK asks for; config/model/check.ts `GrpcCheckConfig`. */
export interface GrpcExpectation extends Http2Pace, Pick<TlsManner, "expiryWarning"> {
  readonly service: string; // empty: the server as a whole
  readonly virtualHost: string | undefined;
  readonly tls: Pick<TlsManner, "serverName" | "verification"> | undefined; // undefined: without TLS
}

/**
 * Asks a server after its health or that of one of its services: gRPC's `health-checking.md`, Health/Check. Up: it says
 * SERVING. Each wait may take `connectTimeout`, which the server is told. `signal` ends it early; its verdict then says nothing.
 */
export function grpcCheck(check: GrpcExpectation, io: CheckIo, signal: StopSignal): Promise<Verdict> {
  const { address, port, connectTimeout: patience, service, virtualHost, expiryWarning, ...target } = check;
  const tls = check.tls && { ...check.tls, closeNotify: true, patience, expiryWarning };
  const request = {
    scheme: tls === undefined ? "http" : "https",
    authority: virtualHost ?? hostOf(address, port),
    method: "POST",
    path: HEALTH_CHECK,
    headers: {
      te: "trailers",
      "content-type": "application/grpc",
      "grpc-timeout": grpcTimeout(patience),
      ...USER_AGENT,
    },
    body: encodeGrpcMessage(encodeHealthRequest(service)),
  } as const;
  const judge = judgeGrpc(service);
  return http2Check(
    check,
    { target: { ...target, address, port, tls }, request, judge, unconnected, timeouts },
    io,
    signal,
  );
}

const timeouts = { silent: "it does not answer", answering: "the answer does not end" };

function unconnected({ why, local, during }: Extract<Connected, { ok: false }>): Verdict {
  const tls = !local && (during === "handshake" || during === "certificate");
  return { up: false, why: tls ? `TLS: ${why}` : why, local };
}
