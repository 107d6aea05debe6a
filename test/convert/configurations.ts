// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import fc from "fast-check";
import { usageOf } from "../../src/keywords/entries.ts";
import { TOP } from "../../src/keywords/language.ts";
import type { Row, Table } from "../../src/syntax/table.ts";
import { samples } from "../keywords/samples.ts";

/** Words that need care: quoted ones with all kinds of characters, and bare ones with what means something elsewhere. */
const strange = fc.oneof(
  fc
    .string({ unit: "binary", maxLength: 6 })
    .map((text) => `"${text.replace(/["\n\0]/g, "'")}"`)
    .filter((word) => !/\$\{?\w*$|\$\{_/.test(word)),
  fc.constantFrom(
    '""',
    '"two  words"',
    '"a # b"',
    '"{"',
    '"}"',
    '"a\\"',
    '"$A"',
    '"${A} b"',
    '"\u3000"',
    '"\r"',
    '"@x"',
  ),
  fc.constantFrom("'a", "a'b'", "a\\#b", "a\\", "\\!", "$A", "x$B", "@x", "~x", "include", "<", "a@b", "1,2", "\u00e4"),
);
const number = fc.constantFrom(
  "0",
  "1",
  "-1",
  "10",
  "007",
  "1.5",
  "1.50",
  "+3",
  "12abc",
  "9007199254740993",
  ".5",
  "-0",
);
const word = fc.oneof(
  strange,
  number,
  fc.constantFrom("on", "off", "true", "a", "eth0", "192.0.2.1", "192.0.2.2/24", "weight"),
);

/** As many words as mean something: the others are left out. */
function phrase(most: number): fc.Arbitrary<string> {
  return fc.array(word, { minLength: 1, maxLength: Math.min(most, 4) }).map((words) => words.join(" "));
}

const command = fc.oneof(
  fc.constantFrom(
    "/bin/true",
    '"/bin/x -0 a"',
    "\"/bin/x 'a  b' c\"",
    "'/bin/x \"a  b\"'",
    '""',
    "''",
    "a\\ b",
    "/b'i'n\"/ x\"",
  ),
  fc.constantFrom(
    '"a \\042 \\x41 \\n \\\\ \\\' \\cA \\q \\t"',
    '"\\044{_PWD} \\$A"',
    "\"x '' y\"",
    '"a # ! { } b"',
    '"\\000"',
  ),
  fc
    .array(
      fc.constantFrom(
        "a",
        " ",
        "\\\\",
        "\\'",
        "\\n",
        "\\7",
        "'b c'",
        "''",
        "{",
        "$",
        "\\044A",
        "\u00e9",
        "\u3000",
        "\\x",
        "\\c'",
      ),
    )
    .map((parts) => `"${parts.join("")}"`),
);
const pattern = fc
  .array(fc.constantFrom("a", " ", "\\\\", "\\d", "'", "\\n", "\\042", "{", "$", "\\044A", "^x|y*", "#", "\\"), {
    maxLength: 6,
  })
  .map((parts) => `"${parts.join("")}"`);
const account = fc.constantFrom("", "", " joe", " joe wheel", ' "o\'hara"', ' "a b" ":"', " a\\b", ' ":g"');

const blank = fc.constantFrom("\n", "\n", "\n\n", "  # note\n", "\r\n");

function line(keyword: string, row: Extract<Row, { kind: "line" }>): fc.Arbitrary<string> {
  const usage = usageOf(row);
  const key = keyword.startsWith("<") ? "" : `${keyword} `;
  if (usage.includes("<SCRIPT>"))
    return fc.tuple(command, usage.includes("<USER>") ? account : fc.constant("")).map((words) => key + words.join(""));
  if (/^<.*> <QUOTED/.test(usage)) return fc.tuple(pattern, pattern).map((words) => key + words.join(" "));
  if (usage.startsWith("<QUOTED ")) return fc.oneof(pattern, phrase(2)).map((text) => key + text);
  const sample = fc.constantFrom(...samples(usage));
  if (row.type.most === 0) return fc.constant(key);
  return fc.oneof({ weight: 3, arbitrary: sample }, phrase(row.type.most)).map((text) => key + text);
}

function setting(keyword: string, row: Row): fc.Arbitrary<string> {
  if (row.kind === "line") return line(keyword, row);
  if (row.kind === "items") {
    return fc.array(phrase(row.item.most), { maxLength: 3 }).map((items) => `${keyword} {\n${items.join("\n")}\n}`);
  }
  const name = fc.oneof(fc.constantFrom("192.0.2.1 80", "192.0.2.1", "VI_1", "a", "fwmark 1", "group g"), word);
  const header = row.header.most === 0 ? fc.constant("") : name;
  return fc.tuple(header, settings(row.children)).map(([words, inner]) => `${keyword} ${words} {\n${inner}\n}`);
}

const known = new Map<Table, fc.Arbitrary<string>>();

function settings(table: Table): fc.Arbitrary<string> {
  const before = known.get(table);
  if (before !== undefined) return before;
  const rows = Object.entries(table).map(([keyword, row]) => setting(keyword, row));
  const made = fc.array(fc.tuple(fc.oneof(...rows), blank), { maxLength: 6 }).map((lines) => lines.flat().join(""));
  known.set(table, made);
  return made;
}

/** What a service and an instance need for being kept, so that the model has something to say. */
const COMPLETE = [
  "interface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.254\n}\n",
  "protocol TCP\nlb_algo rr\n",
] as const;

const s = (table: Table): fc.Arbitrary<string> => settings(table);
const instance = fc
  .tuple(
    fc.constantFrom("V", "W"),
    s(TOP.vrrp_instance.children),
    fc.constantFrom("", "track_script {\nc\nd weight 5\n}\n"),
  )
  .map(([name, inner, tracks]) => `vrrp_instance ${name} {\n${COMPLETE[0]}${inner}${tracks}}\n`);
const script = fc
  .tuple(fc.constantFrom("c", "d"), command)
  .map(([name, text]) => `vrrp_script ${name} {\nscript ${text}\n}\n`);
const server = fc
  .tuple(fc.integer({ min: 1, max: 9 }), s(TOP.virtual_server.children.real_server.children))
  .map(
    ([n, inner]) =>
      `real_server 192.0.2.${n} 80 {\n${inner}TCP_CHECK {\n}\nHTTP_GET {\nurl {\npath /\n}\n}\nTCP_CHECK {\nretry 2\n}\n}\n`,
  );
const service = fc
  .tuple(s(TOP.virtual_server.children), fc.array(server, { maxLength: 3 }))
  .map(([inner, servers]) => `virtual_server 192.0.2.100 80 {\n${COMPLETE[1]}${inner}${servers.join("")}}\n`);

/** Configurations made from the keyword tables: most of their values are good, some are wrong, some are strange. */
export const configurations: fc.Arbitrary<string> = fc
  .array(fc.oneof(settings(TOP), instance, instance, script, script, service), { maxLength: 6 })
  .map((parts) => parts.join(""));
