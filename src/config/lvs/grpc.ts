import type { GRPC_CHECK } from "../../keywords/grpc.ts";
import { last } from "../../syntax/table.ts";
import type { GrpcCheckConfig } from "../model/check.ts";
import type { CheckBody } from "./checkers.ts";
import { connection, type Inherited, STANDARD } from "./connection.ts";
import { hostName } from "./http.ts";
import type { LvsContext } from "./lvs-context.ts";
import { expiryWarningOf, verificationOf } from "./tls.ts";

const OF_TLS = ["sni_name", "tls_verify", "tls_ca", "tls_name", "tls_expiry_warning"] as const;

/** `GRPC_CHECK`. */
export function grpcCheck(
  body: CheckBody<typeof GRPC_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): GrpcCheckConfig | undefined {
  const { settings } = body.value;
  const base = connection({ type: "grpc", body, standard: STANDARD }, inherited, context);
  if (base === undefined) return undefined;
  const virtualHost = last(settings.virtualhost)?.value ?? inherited.virtualHost;
  const common = { ...base, service: last(settings.service)?.value ?? "", virtualHost };
  if (settings.tls.length === 0) {
    for (const keyword of OF_TLS) {
      const given = last<unknown>(settings[keyword]);
      if (given === undefined) continue;
      const message = `\`${keyword}\` has no effect: the server is asked without TLS`;
      context.report.warning(["no-effect", message], given.keyword, { status: 0, help: "add `tls`" });
    }
    return { ...common, tls: undefined, expiryWarning: undefined };
  }
  const serverName = last(settings.sni_name)?.value ?? hostName(virtualHost);
  const verification = verificationOf(settings, serverName ?? base.address);
  return { ...common, tls: { serverName, verification }, expiryWarning: expiryWarningOf(settings, context) };
}
