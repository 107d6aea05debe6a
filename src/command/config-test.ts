import { readConfig } from "../config/read.ts";
import { absentInterfaces } from "../lint/interfaces.ts";
import { inOrder, render, testStatus } from "../syntax/diagnostic.ts";
import { newReport } from "../syntax/report.ts";
import type { CommandHost } from "./command.ts";
import { remembering } from "./remembering.ts";

/**
 * `-t`: what the reader has to say, and which interfaces this host has not. The status is Keepalived's: 0 nothing wrong,
 * 2 argument missing, 4 cannot run, 5 errors, 6 include or script security.
 */
export function testConfig(
  path: string,
  host: Pick<CommandHost, "source" | "facts">,
): { readonly text: string; readonly status: number } {
  const { source, sourceLine } = remembering(host.source);
  const reading = readConfig(path, source);
  const report = newReport(sourceLine, reading.includes);
  for (const { message, span, help, status } of absentInterfaces({ tree: reading.tree, host: host.facts([]) }))
    report.error(["K027", message], span, {
      ...(help === undefined ? {} : { help }),
      ...(status === undefined ? {} : { status }),
    });
  const found = inOrder([...reading.diagnostics, ...report.finished(reading.files)], reading.files);
  return { text: found.map((it) => `${render(it)}\n`).join(""), status: testStatus(found) };
}
