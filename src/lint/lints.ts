import { ANNOUNCE_LINTS } from "./announce.ts";
import { CHECK_LINTS } from "./checks.ts";
import { INTERFACE_LINTS } from "./interfaces.ts";
import { LANGUAGE_LINTS } from "./language.ts";
import type { Lint } from "./lint.ts";
import { LVS_LINTS } from "./lvs.ts";
import { MAIL_LINTS } from "./mail.ts";
import { NETWORK_LINTS } from "./network.ts";
import { SCRIPT_LINTS } from "./scripts.ts";
import { TRIAL_LINTS } from "./trials.ts";
import { VRRP_LINTS } from "./vrrp.ts";
import { WEIGHT_LINTS } from "./weights.ts";

/** Every lint, by code. */
export const LINTS: readonly Lint[] = [
  ...LVS_LINTS,
  ...VRRP_LINTS,
  ...LANGUAGE_LINTS,
  ...WEIGHT_LINTS,
  ...NETWORK_LINTS,
  ...INTERFACE_LINTS,
  ...CHECK_LINTS,
  ...SCRIPT_LINTS,
  ...MAIL_LINTS,
  ...ANNOUNCE_LINTS,
  ...TRIAL_LINTS,
].sort((a, b) => (a.code < b.code ? -1 : 1));
