/** What a process reports, for a file; without the passwords that it has. Undefined where it has reported nothing. */
export function dumpText(report: object | undefined): string | undefined {
  return report && `${JSON.stringify(report, unsaid, 2)}\n`;
}

/** What a checker asks is its identity, JSON in itself. With which password it asks, is nobody's matter. */
function unsaid(key: string, value: unknown): unknown {
  return key === "identity" && typeof value === "string" ? value.replace(SECRETS, '$1********"') : value;
}

const SECRETS = /("\w*(?:passw|secret)\w*":")(?:[^"\\]|\\.)*"/gi;
