import type { CheckersReport } from "../observe/report.ts";
import { CheckersDaemon } from "./checkers-daemon.ts";
import { runChild } from "./child.ts";

runChild<CheckersReport>({ ident: "Keepalived_healthcheckers", start: (context) => new CheckersDaemon(context) });
