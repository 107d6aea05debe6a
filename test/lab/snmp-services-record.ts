/** What managers were shown and told of the same services, by one implementation. */
export interface ServicesLife {
  readonly rows: Readonly<Record<string, string>>; // of the checkers' part of the MIB, below it: `3.1.2.1`
  readonly dead: Readonly<Record<string, string>>; // the same when a server is dead
  readonly told: Readonly<Record<"start" | "dead" | "back" | "stop", readonly string[]>>; // traps, each without its time
  readonly counted: readonly string[]; // `ipvsadm -Ln --stats --exact` at the moment of the rows
  readonly metrics: readonly string[]; // samples of the metrics page then; none of keepalived
}

/** Both of them. */
export interface ServicesRecord {
  readonly ours?: ServicesLife;
  readonly keepalived?: ServicesLife;
  readonly error?: string;
}
