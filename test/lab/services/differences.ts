import type { Moment, ServicesRecord } from "./record.ts";

/** Where our table is another one than keepalived 2.2.7's. */
interface Difference {
  readonly at: RegExp; //     of `FILE: MOMENT`
  readonly lines: RegExp; //  all lines that only one of them has
  readonly row: string; //    of docs/differences.md
  readonly why: string;
  readonly sometimes?: true; // not even in every play of all edits
}

/** The table of differences. What is not in it is a failure, and so is what nobody meets any more. */
export const DIFFERENCES: readonly Difference[] = [
  {
    ...{ at: /^(checkers\/check-misc|services\/weights-by-script): /, lines: / -r 192\.0\.2\.\S+ -[im] -w \d+/ },
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
    ...{ at: /^lvs\/inhibit: edit: forwarding method$/, lines: / -r 192\.0\.2\.99:80 -[im] -w 0/ },
    ...{ row: "D92", why: "keepalived leaves a sorry server that is in the table with the former method" },
  },
  {
    ...{
      at: /^services\/(group-ports|ipv6-group): (stop after )?edit: forwarding method$/,
      lines: / -r \S+:80(80)? -m /,
    },
    ...{
      row: "D93",
      why: "keepalived leaves the servers of a group on their former port when the method changes the port",
    },
  },
  {
    ...{ at: /^services\/all-drained: edit undone: sorry server$/, lines: / -r 192\.0\.2\.1[12]:80 -m -w 0$/ },
    ...{ row: "D94", why: "keepalived does not bring servers of weight 0 back when the sorry server is taken away" },
  },
  {
    at: /^(lvs\/ipv6-over-ipv4|services\/(dual-stack-tunnels|many-ports-one-host)): edit: forwarding method$/,
    lines: /^-a -t /,
    ...{
      row: "V16",
      why: "a reload that adds an error is refused: a server of another family, or several of one address",
    },
  },
  {
    ...{ at: /^checkers\/check-(http-get|ssl-get): edit: forwarding method$/, lines: / -i -w 1 --tun-type ipip$/ },
    ...{ row: "C105", why: "keepalived takes a dead server with another method into the table" },
  },
  {
    ...{ at: /^lvs\/inhibit: all are dead$/, lines: / -r 192\.0\.2\.99:80 -m -w [01]$/ },
    ...{
      row: "C8",
      why: "a server that the kernel refuses never dies for keepalived; uthreshold 4294967295 is refused",
    },
    sometimes: true, // the stand-in takes it
  },
  {
    ...{ at: /^checkers\/check-http-regex: /, lines: / -r 192\.0\.2\.\d+:80 -\w -w \d+/ },
    ...{ row: "H6", why: "keepalived searches what a read has brought, with the headers where they come along" },
    sometimes: true,
  },
  {
    ...{ at: /^checkers\/check-smtp-hosts: /, lines: / -r 192\.0\.2\.\d+:\d+ / },
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
