import { setFlagsFromString } from "node:v8";

/** The V8 that flags were measured on, Node 20's; another may not know one, and would say so on standard error. */
const MEASURED = "11.";

/** Sets flags of V8 where they are known to help. */
export function setV8Flags(...flags: readonly string[]): void {
  if (process.versions.v8.startsWith(MEASURED)) for (const flag of flags) setFlagsFromString(flag);
}
