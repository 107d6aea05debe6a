import { runChild } from "./child.ts";
import type { VrrpReport } from "./messages.ts";
import { setV8Flags } from "./v8-flags.ts";
import { VrrpDaemon } from "./vrrp-daemon.ts";

// V8 compiles in this thread, and what adds a thousand addresses once in months is over before its compiled form is of
// use: 15 ms to add and 16 to remove them, not 20 and 26. What comes with each packet is compiled a moment later.
setV8Flags("--interrupt-budget=1000000");
runChild<VrrpReport>({ ident: "Keepalived_vrrp", start: (context) => new VrrpDaemon(context) });
