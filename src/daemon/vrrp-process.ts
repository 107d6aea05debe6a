import { runChild } from "./child.ts";
import type { VrrpReport } from "./messages.ts";
import { VrrpDaemon } from "./vrrp-daemon.ts";

runChild<VrrpReport>({ ident: "Keepalived_vrrp", start: (context) => new VrrpDaemon(context) });
