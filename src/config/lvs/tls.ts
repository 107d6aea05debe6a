import type { VERIFYING } from "../../keywords/tls.ts";
import { last, type Settings } from "../../syntax/table.ts";
import type { VerificationConfig } from "../model/check.ts";
import type { LvsContext } from "./lvs-context.ts";

type Verifying = Settings<typeof VERIFYING>;

/**
 * How a certificate is verified; undefined: any will do. `name`: what it must be good for where `tls_name` does not say it:
 * the name that the server is asked by, else its address.
 */
export function verificationOf(settings: Verifying, name: string): VerificationConfig | undefined {
  if (last(settings.tls_verify)?.value !== true) return undefined;
  return { authorities: last(settings.tls_ca)?.value, name: last(settings.tls_name)?.value ?? name };
}

/** Days before a certificate expires. To be called once for a checker: it also says what has no effect. */
export function expiryWarningOf(settings: Verifying, { report }: LvsContext): number | undefined {
  const verifies = last(settings.tls_verify)?.value === true;
  for (const keyword of ["tls_ca", "tls_name"] as const) {
    const given = last(settings[keyword]);
    if (given === undefined || verifies) continue;
    const message = `\`${keyword}\` has no effect without \`tls_verify\`: any certificate will do`;
    report.warning(["no-effect", message], given.keyword, { status: 0, help: "add `tls_verify`" });
  }
  return last(settings.tls_expiry_warning)?.value;
}
