import type { Moment, ServicesRecord } from "./record.ts";

/** Where our table is another one than keepalived 2.2.7's. */
interface Difference {
  readonly at: RegExp; //     of `FILE: MOMENT`
  readonly lines: RegExp; //  all lines that only one of them has
  readonly row: string; //    of docs/differences.md
  readonly why: string;
  readonly sometimes?: true; // not in every run
}

/** The table of differences. What is not in it is a failure, and so is what nobody meets any more. */
export const DIFFERENCES: readonly Difference[] = [
  {
    ...{ at: /^(checkers\/check-misc|services\/weights-by-script): /, lines: / -r 192\.0\.2\.\S+ -m -w \d+$/ },
    ...{
      row: "D90",
      why: "keepalived gives a server of misc_dynamic the weight 0 at the first reload after an exit 0",
    },
  },
  {
    ...{ at: /: (stop after )?edit: protocol$/, lines: /^-[Aa] -[tu] / },
    ...{ row: "D91", why: "keepalived keeps the services of a group whose protocol has changed, even after its end" },
  },
  {
    ...{ at: /^lvs\/ipv6-over-ipv4: edit: forwarding method$/, lines: /^-a -t \[2001:db8::100\]/ },
    ...{ row: "V16", why: "a reload that adds an error is refused: here a server of another family without a tunnel" },
    sometimes: true, // the gate has other edits
  },
  {
    ...{ at: /^checkers\/check-http-regex: /, lines: / -r 192\.0\.2\.(11|177):80 -m -w \d+$/ },
    ...{ row: "H6", why: "keepalived searches what a read has brought, with the headers where they come along" },
    sometimes: true,
  },
  {
    ...{ at: /^checkers\/check-smtp-hosts: /, lines: / -r 192\.0\.2\.41:25 / },
    ...{ row: "C47", why: "keepalived gives a host block no time, so its verdict is a matter of luck" },
    sometimes: true,
  },
];

/** A moment at which the tables differ. */
interface Differing {
  readonly at: string; // `FILE: MOMENT`
  readonly lines: readonly string[]; // those of one side alone
}

/** All of them. */
export function differing({ files }: ServicesRecord): readonly Differing[] {
  return files.flatMap(({ name, moments }) =>
    moments.flatMap((moment) => {
      const lines = alone(moment);
      return lines.length === 0 ? [] : [{ at: `${name}: ${moment.name}`, lines }];
    }),
  );
}

function alone({ ours, keepalived }: Moment): readonly string[] {
  const [mine, theirs] = [new Set(ours), new Set(keepalived)];
  return [...ours.filter((line) => !theirs.has(line)), ...keepalived.filter((line) => !mine.has(line))];
}

/** What explains a difference. */
export function explained({ at, lines }: Differing): readonly Difference[] {
  return DIFFERENCES.filter((known) => known.at.test(at) && lines.every((line) => known.lines.test(line)));
}
