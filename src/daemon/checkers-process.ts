import { CheckersDaemon } from "./checkers-daemon.ts";
import { runChild } from "./child.ts";

runChild({ ident: "Keepalived_healthcheckers", start: (context) => new CheckersDaemon(context) });
