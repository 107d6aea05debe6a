/** One moment of one file: what the kernel's table held for each implementation. */
export interface Moment {
  readonly name: string; // `dies`, `edit: weight`
  readonly ours: readonly string[];
  readonly keepalived: readonly string[];
  readonly took: number; // seconds
  readonly said: { readonly ours: readonly string[]; readonly keepalived: readonly string[] }; // of servers and quorums, since the moment before
}

/** What happened to one file. */
export interface FileLife {
  readonly name: string;
  readonly moments: readonly Moment[];
  readonly complaints: readonly string[]; // of our daemon about itself
  readonly took: number; // seconds
  readonly error?: string;
}

/** All files. */
export interface ServicesRecord {
  readonly files: readonly FileLife[];
}
