import { readConfig } from "../config/read.ts";
import { absentInterfaces } from "../lint/interfaces.ts";
import { invalidPatterns, unfitFiles } from "../lint/trials.ts";
import { inOrder, render, testStatus } from "../syntax/diagnostic.ts";
import { newReport } from "../syntax/report.ts";
import type { CommandHost } from "./command.ts";
import { remembering } from "./remembering.ts";

/**
 * `-t`: what the reader has to say, which interfaces this host has not, and what the daemon could not use at its start. The status is Keepalived's: 0 nothing wrong,
 * 2 argument missing, 4 cannot run, 5 errors, 6 include or script security.
 */
export function testConfig(
  path: string,
  host: Pick<CommandHost, "source" | "facts" | "trial">,
): { readonly text: string; readonly status: number } {
  const { source, sourceLine } = remembering(host.source);
  const reading = readConfig(path, source);
  const report = newReport(sourceLine, reading.includes);
  const { tree, config } = reading;
  for (const { message, span, help, status } of absentInterfaces({ tree, host: host.facts([]) }))
    report.error(["K027", message], span, {
      ...(help === undefined ? {} : { help }),
      ...(status === undefined ? {} : { status }),
    });
  // `-t` of 2.2.7 tries neither, and ends with 0.
  const tried = { tree, config, trial: host.trial };
  for (const [code, found] of [["K040", invalidPatterns(tried)] as const, ["K041", unfitFiles(tried)] as const])
    for (const { message, span, help = "" } of found) report.error([code, message], span, { help, status: 0 });
  const found = inOrder([...reading.diagnostics, ...report.finished(reading.files)], reading.files);
  return { text: found.map((it) => `${render(it)}\n`).join(""), status: testStatus(found) };
}
