import type { HealthNote } from "../../src/lvs/health.ts";
import type { SysctlReport } from "../../src/observe/report.ts";

/** What the checkers of test/lab/checks.ts say, a line each. `service` is the port of the virtual server. */
export type CheckEvent =
  | { readonly type: "sysctls"; readonly sysctls: readonly SysctlReport[] } // changed at the start
  | {
      readonly type: "note";
      readonly service: number;
      readonly note: HealthNote["name"];
      readonly words: string | undefined;
    }
  | { readonly type: "verdict"; readonly service: number; readonly up: boolean; readonly server: string };
