/** What a command line had to say. */
export interface Said {
  readonly out: string;
  readonly error: string;
  readonly status: number;
}

/** What our command and Debian's ipvsadm said to the same lines, in their order. */
export interface IpvsadmRecord {
  readonly ours: readonly Said[];
  readonly theirs: readonly Said[];
}
