import type { Config } from "../config/model.ts";
import type { Log } from "../observe/log.ts";
import type { ChildOptions } from "./messages.ts";

/** A program that the supervisor runs as a process of its own: `vrrp-process.ts`, `checkers-process.ts`. */
export interface Program<Report> {
  readonly ident: "Keepalived_vrrp" | "Keepalived_healthcheckers"; // in syslog and JSON lines
  /**
   * Puts the first configuration in force. What it throws (or rejects with) ends the process: `PermanentFailure` with
   * its own status, after which the whole daemon stops; anything else with 70, and the supervisor starts another.
   */
  start(context: ProgramContext<Report>): Running<Report> | Promise<Running<Report>>;
}

/** What a program is started with. */
export interface ProgramContext<Report> {
  readonly config: Config;
  readonly options: ChildOptions;
  readonly adopted: Report | undefined; // the last report of the process that died before this one
  readonly log: Log;
  /** To be called whenever `report()` would answer something new; cheap: reports leave at most every 100 ms. */
  readonly changed: () => void;
}

/** A started program. */
export interface Running<Report> {
  /** Applies a new, valid configuration as a difference. Never called again before it has finished. */
  reload(config: Config): void | Promise<void>;
  /** Leaves the network and the kernel as configured; the process exits when it is done. Called once. */
  stop(): void | Promise<void>;
  /** The state of things now; must stay callable during and after `stop()`. */
  report(): Report;
}

/** Ends the process, and the whole daemon, with `status`: 1 fatal, 2 configuration, 4 missing permission. */
export class PermanentFailure extends Error {
  readonly status: 1 | 2 | 4;

  constructor(status: 1 | 2 | 4, message: string) {
    super(message);
    this.status = status;
  }
}
