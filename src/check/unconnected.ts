import { CERTIFICATE } from "./certificate.ts";
import type { Connected, Verdict } from "./checker.ts";

// As far as the colon reasons are Keepalived's (measured on 2.2.7).
const UNCONNECTED = {
  connecting: "Connection failed",
  waiting: "Timeout connecting",
  handshake: "SSL handshake/communication error connecting to",
  certificate: CERTIFICATE,
} as const;

/** What it says of a web server that no connection came about. */
export function unconnected({ why, local, during }: Extract<Connected, { ok: false }>): Verdict {
  return { up: false, why: local || during === undefined ? why : `${UNCONNECTED[during]}: ${why}`, local };
}
