import type { CommandHost } from "../command/command.ts";
import { compilePattern, NO_PCRE2 } from "../io/pattern.ts";
import { unfitFile } from "./tls-identity.ts";

/** What the checkers process will try, tried beforehand: `check` and `-t` load it, as the supervisor has no use for TLS. */
export const TRIAL: Required<NonNullable<CommandHost["trial"]>> = {
  pattern({ pattern, options, stack }) {
    const compiled = compilePattern(pattern, options, stack);
    return typeof compiled === "string" && compiled !== NO_PCRE2 ? compiled : undefined;
  },
  identity: unfitFile,
};
