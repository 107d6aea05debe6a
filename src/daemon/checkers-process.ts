import { CheckersDaemon } from "./checkers-daemon.ts";
import { runChild } from "./child.ts";
import type { CheckersReport } from "./messages.ts";

runChild<CheckersReport>({ ident: "Keepalived_healthcheckers", start: (context) => new CheckersDaemon(context) });
