import type { Diagnostic } from "../config/diagnostic.ts";

/**
 * What stands against a reload: a reload may not add errors. An error that the running configuration has too does not
 * count, so that a daemon that started in spite of it can still be reloaded. Empty: apply it.
 */
export function objections(running: readonly Diagnostic[], next: readonly Diagnostic[]): readonly Diagnostic[] {
  const known = new Set(running.filter(isError).map(({ message }) => message));
  return next.filter((it) => it.fatal === true || (isError(it) && !known.has(it.message)));
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}
