import type { HostFacts } from "../base/host.ts";
import type { Reading } from "../config/read.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";
import type { Span } from "../syntax/span.ts";
import type { Trial } from "./trial.ts";
import type { WrittenInstance, WrittenService } from "./written.ts";

/** What a lint looks at. */
export interface LintInput extends Pick<Reading, "config" | "tree"> {
  readonly instances: readonly WrittenInstance[];
  readonly services: readonly WrittenService[];
  readonly host: HostFacts | undefined; // undefined: nothing is known of the host
  readonly trial: Trial | undefined; // undefined: nothing is tried out
  readonly peerVersion: string | undefined; // of the Keepalived on the other director: `2.2.7`
}

/** What a lint has to say about one place; `status` where `-t`, which knows its host, counts it. */
export type Finding = Pick<Diagnostic, "severity" | "message" | "span" | "help" | "status">;

/**
 * Something that is understood and allowed, and goes wrong in practice. `error` where it cannot work, `warning` where
 * it does something else than it seems to, `hint` where it works and surprises.
 */
export interface Lint {
  readonly code: `K${string}`; // never given to another lint; its page is docs/lints/CODE.md
  readonly name: string; // kebab-case
  readonly meaning: string; // one line for lists
  readonly severity: readonly Diagnostic["severity"][]; // those it may have, worst first
  /** Codes of the reader's diagnostics that are this lint: what it corrects while reading, it says itself. */
  readonly reader?: readonly string[];
  readonly check: (input: LintInput) => Iterable<Finding>;
}

/** For a lint that only the reader finds. */
export const byReader: Lint["check"] = () => [];

/** It cannot work. */
export function error(message: string, span: Span, help: string): Finding {
  return { severity: "error", message, span, help };
}

/** It does something else than it seems to. */
export function warning(message: string, span: Span, help: string): Finding {
  return { severity: "warning", message, span, help };
}

/** It works, and surprises. */
export function hint(message: string, span: Span, help: string): Finding {
  return { severity: "hint", message, span, help };
}
