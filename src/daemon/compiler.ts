import { setFlagsFromString } from "node:v8";

/** The V8 that this was measured on, Node 20's; another may not know a flag, and would say so on standard error. */
const MEASURED = "11.";

/**
 * To be imported before anything else: V8 waits longer before it compiles a function for speed, and puts less into one.
 * A command that reads a large configuration once spends a sixth less processor time (docs/performance.md); what runs
 * for long comes to the same code a moment later.
 */
if (process.versions.v8.startsWith(MEASURED))
  for (const flag of ["--interrupt-budget=300000", "--max-inlined-bytecode-size-cumulative=200"])
    setFlagsFromString(flag);
