import { runChild } from "./child.ts";
import { VrrpDaemon } from "./vrrp-daemon.ts";

runChild({ ident: "Keepalived_vrrp", start: (context) => new VrrpDaemon(context) });
