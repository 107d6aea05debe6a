/** A program that is run at an event or as a check; never by a shell. */
export interface CommandConfig {
  readonly argv: readonly string[]; // at least one
  readonly user: string | undefined; // undefined: the daemon's choice; `script_user` is resolved
  readonly group: string | undefined; // undefined: that of the user
}
