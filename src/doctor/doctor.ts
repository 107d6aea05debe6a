import { directorFindings } from "./director.ts";
import type { Duties } from "./duties.ts";
import type { DoctorFacts, DoctorFinding } from "./facts.ts";
import { firewallFindings } from "./firewall.ts";
import { kernelFindings } from "./kernel.ts";
import { serverFindings } from "./server.ts";

/** Everything that is wrong with a host for its duties, as far as its facts tell; what matters most first. */
export function examine(duties: Duties, facts: DoctorFacts): readonly DoctorFinding[] {
  const found = [
    ...kernelFindings(duties, facts),
    ...directorFindings(duties, facts),
    ...serverFindings(duties, facts),
    ...firewallFindings(duties, facts),
  ];
  return [
    ...found.filter(({ severity }) => severity === "error"),
    ...found.filter(({ severity }) => severity === "warning"),
  ];
}
