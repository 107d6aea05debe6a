import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, renameSync, statSync, unlinkSync, writeSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { NamedState, VrrpInstanceReportOf } from "../observe/report.ts";

/** Writes a dump for its owner alone into $TMPDIR or /tmp. A link of that name is replaced, not followed. */
export function writeDump(name: string, text: string): void {
  const path = join(dumpFolder(), name);
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const fd = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    writeSync(fd, text);
    renameSync(draft, path);
  } catch (error) {
    unlinkSync(draft);
    throw error;
  } finally {
    closeSync(fd);
  }
}

function dumpFolder(): string {
  const folder = process.env["TMPDIR"] ?? "";
  return isAbsolute(folder) && statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : "/tmp";
}

/** The statistics of SIGUSR2 in Keepalived's layout; packets refused are listed by our reasons. */
export function statistics(instances: readonly VrrpInstanceReportOf<NamedState>[]): string {
  return instances
    .map(({ name, counters: c }) => {
      const dropped = Object.entries(c.dropped).map(([reason, count]) => `    ${reason}: ${count}`);
      return [
        `VRRP Instance: ${name}`,
        "  Advertisements:",
        `    Received: ${c.advertisementsReceived}`,
        `    Sent: ${c.advertisementsSent}`,
        `  Became master: ${c.becomeMaster}`,
        `  Released master: ${c.releaseMaster}`,
        "  Packet Errors:",
        ...dropped,
        "  Priority Zero:",
        `    Received: ${c.priorityZeroReceived}`,
        `    Sent: ${c.priorityZeroSent}`,
        "",
      ].join("\n");
    })
    .join("");
}
