import { setV8Flags } from "./v8-flags.ts";

/**
 * To be imported before anything else: V8 waits longer before it compiles a function for speed, and puts less into one.
 * A command that reads a large configuration once spends a sixth less processor time (docs/performance.md); what runs
 * for long comes to the same code a moment later.
 */
setV8Flags("--interrupt-budget=300000", "--max-inlined-bytecode-size-cumulative=200");
