import { RECEIVED_RULES } from "./received-rules.ts";
import type { Rule } from "./rule.ts";
import { SENT_RULES } from "./sent-rules.ts";
import { STATE_RULES } from "./state-rules.ts";

/** Every rule that is tried, in the order of docs/conformance.md. */
export const RULES: readonly Rule[] = [...STATE_RULES, ...RECEIVED_RULES, ...SENT_RULES];
