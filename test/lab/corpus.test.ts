import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { CONFIG_ID, CORPUS, CORPUS_FILES, DISK, FOLDER, SPECIMENS, type Specimen } from "../config/corpus.ts";
import { sourceOf } from "../config/reading.ts";
import { Lan } from "./lan.ts";
import { run } from "./run.ts";

/** Where we differ from keepalived 2.2.7 on a file of the corpus, and why. */
const DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [
    /blog-typos: keepalived alone/,
    "we skip the block of an unknown keyword, keepalived reads it as part of the one around",
  ],
  [/brace-never-opened/, "keepalived names the line behind the missing brace, and reads it in each of its processes"],
  [/brace-on-a-value|definition-faults/, "we skip a block where none can be"],
  [/language\/case: .* line [23]$/, "we skip the block of an unknown keyword"],
  [/bad-file-check-order: .* line 10$/, "what is defined below counts, so the checker is not left out"],
  [/byte-order-mark|unicode-blanks/, "these blanks are read as blanks, and each is named"],
  [/include-faults: .* line 8$/, "an incomplete set of braces is said, but not in keepalived's words"],
  [/semicolons: .* line 3$/, "interfaces are the host's, not the language's"],
  [
    /sequence-faults: .* line (9|15)$/,
    "a wrong name is refused; the braces of a value that is not defined are one word",
  ],
  [
    /bad-(check-(names|options|outside)|checker-typo|server-(extra-brace|one-line|typo)): keepalived alone/,
    "we skip the block of an unknown keyword",
  ],
  [/bad-check-no-braces: we alone: line 8$/, "keepalived names the line behind the missing brace"],
  [/bad-url-(missing|no-block|no-path)/, "keepalived 2.2.7 dies of a checker without a url"],
  [/bad-url-regex/, "a word that is no number is an error; keepalived takes it for 0"],
  [/bad-server-families: we alone: line 24$/, "a prefix length has no effect on an IPv4 service; keepalived is silent"],
  [/bad-flag-order: we alone: line 13$/, "`hashed` has no effect; keepalived is silent beside scheduler sh"],
  [/bad-misc-check-numbers: .* line 18$/, "accounts are the host's, not the language's"],
  [/(mail-without-braces|top-level-words: .* line [78]$)/, "we skip the block of an unknown keyword"],
  [/mail-faults: .* line 4$/, "an empty list of recipients is what an unclosed quote leaves, and the quote is said"],
  [/mail-server-by-name/, "a host name is looked up when a mail is sent, not when the file is read"],
  [/global\/script-user/, "accounts are the host's, not the language's"],
  [/global\/words: we alone: line 23$/, "no interface can have a name of 16 characters"],
  [/bad-addresses: .* line 15$|interface-missing/, "interfaces are the host's, not the language's"],
  [/tracking\/files/, "an old name is said, also where keepalived accepts it in silence"],
  [
    /bad-file-check: .* line 17$|file-faults/,
    "what is given twice is said where it is given; keepalived takes the last line",
  ],
  [/interface-faults: .* line 13$/, "interfaces are the host's, not the language's"],
  [
    /garp-group-faults/,
    "a twin of an interface is shown there; keepalived takes an interface out of a group that it drops",
  ],
  [/bfd-faults: we alone: line 39$/, "a neighbour that is refused is none: the instance is left out, and that is said"],
  [/sync-group-faults: .* line 24$/, "a second group of members is skipped whole; keepalived stumbles over its end"],
  [/sync-group-mixed/, "not done yet: keepalived complains of an address owner beside another, in some states only"],
  [
    /bad-bfd-instance: we alone: line 51$/,
    "a neighbour that is refused is none: the instance is left out, and that is said",
  ],
];

/** Keepalived 2.2.7 does not know what the others have, or dies of it. */
const OLD = SPECIMENS.filter(({ name }) => !name.startsWith("new-"));

const source = sourceOf(DISK, CONFIG_ID);
let lan: Lan;
let folder: string; // what Keepalived finds as /etc/keepalived

beforeAll(async () => {
  lan = await Lan.open([{ name: "lb1", interface: "eth0", addresses: ["192.0.2.1/24"] }]);
  folder = join(lan.folder, "etc");
  mkdirSync(folder);
  for (const { area, name } of CORPUS_FILES) {
    // Where a script's user is not root, `keepalived -t` 2.2.7 ends itself with SIGTERM after it looked at the script.
    const bytes = readFileSync(new URL(`${area}/${name}`, CORPUS), "latin1").replaceAll(/nobody|nogroup/g, "root");
    writeFileSync(join(folder, name), bytes, "latin1");
  }
  for (const name of scripts()) writeFileSync(join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
  await lan.run("lb1", ["sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=0"]);
  const batch = [
    "link add eth1 type veth peer name far1",
    "address add 198.51.100.1/24 brd + dev eth1",
    "address add 2001:db8::1/64 dev eth0 nodad",
    "link set eth1 up",
    "link set far1 up",
  ];
  await run(lan.command("lb1", ["ip", "-batch", "-"]), batch.join("\n"));
});

afterAll(() => lan.close());

test("keepalived -t 2.2.7 complains of the same lines and ends as we do, but for the differences with a reason", async () => {
  const wrong: string[] = [];
  const met = new Set<string>();
  for (const specimen of OLD) {
    const found = differences(await keepalived(specimen), reading(specimen)).map((it) => `${specimen.title}: ${it}`);
    for (const difference of found) {
      const reasons = DIFFERENT.filter(([pattern]) => pattern.test(difference));
      for (const [pattern] of reasons) met.add(String(pattern));
      if (reasons.length === 0) wrong.push(difference);
    }
  }
  expect(wrong).toEqual([]);
  expect(DIFFERENT.filter(([pattern]) => !met.has(String(pattern)))).toEqual([]);
});

/** Exit status of `-t`, and the lines that are complained of by number. */
interface Outcome {
  readonly status: number;
  readonly lines: ReadonlySet<number>;
}

async function keepalived({ name }: Specimen): Promise<Outcome> {
  // A mount namespace of its own: the file lies where we say that it lies, and the machine keeps its /etc.
  const script = `mount --bind ${folder} ${FOLDER} && exec timeout 10 keepalived -i ${CONFIG_ID} -t -f ${FOLDER}/${name}`;
  const { status, stderr } = await lan.attempt("lb1", ["unshare", "--mount", "sh", "-c", script]);
  return { status, lines: new Set(numbers(stderr)) };
}

/** Of a complaint of ours, the lines that Keepalived names; where it says nothing, the line of our own. */
function reading({ path }: Specimen): Outcome {
  const { diagnostics } = readConfig(path, source);
  const complaints = diagnostics.filter(({ status = 0, keepalived }) => status > 0 || keepalived !== undefined);
  const lines = complaints.flatMap(({ keepalived, span }) =>
    keepalived === undefined ? [span.line] : numbers(keepalived),
  );
  return { status: testStatus(diagnostics), lines: new Set(lines) };
}

/** The lines that Keepalived's messages name: `(Line 5) ...`, `(/etc/keepalived/a.conf: Line 5) ...`. */
function numbers(log: string): readonly number[] {
  return [...log.matchAll(/^\((?:\S+: )?Line (\d+)\)/gm)].map(([, line]) => Number(line));
}

/** What one says and the other does not. Where Keepalived reads no further (status 2), we still say the rest. */
function differences(theirs: Outcome, ours: Outcome): readonly string[] {
  const more = theirs.status === 2 ? [] : [...ours.lines].filter((line) => !theirs.lines.has(line));
  return [
    ...(theirs.status === ours.status ? [] : [`keepalived ends with ${theirs.status}, we with ${ours.status}`]),
    ...[...theirs.lines].filter((line) => !ours.lines.has(line)).map((line) => `keepalived alone: line ${line}`),
    ...more.map((line) => `we alone: line ${line}`),
  ];
}

/** Scripts that the files name: they must be there. */
function scripts(): ReadonlySet<string> {
  const named = /\/etc\/keepalived\/([\w.-]+\.(?:sh|py|pl))\b/g;
  return new Set(CORPUS_FILES.flatMap(({ text }) => [...text.matchAll(named)].map(([, name = ""]) => name)));
}
