import { BfdDaemon } from "./bfd-daemon.ts";
import { runChild } from "./child.ts";
import type { BfdReport } from "./messages.ts";

runChild<BfdReport>({ ident: "Keepalived_bfd", start: (context) => new BfdDaemon(context) });
