// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { convert, type Form } from "../../src/convert/convert.ts";
import { render } from "../../src/syntax/diagnostic.ts";
import { decodeUtf8 } from "../../src/syntax/utf8.ts";
import { type Files, instance, reading, server, sourceOf } from "../config/reading.ts";

interface Said {
  readonly text: string;
  readonly said: readonly string[];
}

/** One text in the other form, and what is said about it. */
function converted(text: string, to: Form, files: Files = {}): Said {
  const result = convert("k", sourceOf({ k: text, ...files }), to);
  return { text: result.text, said: result.diagnostics.map((it) => render(it)) };
}

function json(text: string, files: Files = {}): unknown {
  return JSON.parse(converted(text, "json", files).text);
}

function conf(value: unknown): string {
  return converted(JSON.stringify(value), "conf").text;
}

/** What is wrong with this as JSON, with line and column; not what is wrong with the configuration that it says. */
function wrong(value: unknown): readonly string[] {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return convert("k", sourceOf({ k: text }), "conf")
    .diagnostics.filter(({ code }) => code === "unknown-keyword" || code.startsWith("json-"))
    .map(({ message, span }) => `${message} at ${span.line}:${span.column}`);
}

/** What lines in an instance become, and back. */
function inInstance(...lines: readonly string[]): Readonly<Record<string, unknown>> {
  const text = `vrrp_instance V {\n${lines.join("\n")}\n}\n`;
  const [{ name, ...rest } = { name: "" }] = (json(text) as { vrrp_instance: { name: string }[] }).vrrp_instance;
  expect(name).toBe("V");
  expect(conf({ vrrp_instance: [{ name, ...rest }] })).toBe(
    `vrrp_instance V {\n${lines.map((line) => `    ${line}\n`).join("")}}\n`,
  );
  return rest;
}

test("a number is a number, where it is written as JSON writes it", () => {
  expect(inInstance("virtual_router_id 51", "advert_int 1.5")).toEqual({ virtual_router_id: 51, advert_int: 1.5 });
  expect(inInstance("priority 007", "advert_int 1.50")).toEqual({ priority: "007", advert_int: "1.50" });
  expect(inInstance("debug 9007199254740993")).toEqual({ debug: "9007199254740993" });
  expect(inInstance("debug -0", "priority 12abc")).toEqual({ debug: "-0", priority: "12abc" });
});

test("a word of digits that is no number of its row stays text", () => {
  expect(inInstance("interface 5")).toEqual({ interface: "5" });
});

test("a flag is true; a boolean is true or false, and what is none stays text", () => {
  expect(inInstance("nopreempt")).toEqual({ nopreempt: true });
  expect(inInstance("strict_mode", "smtp_alert off")).toEqual({ strict_mode: true, smtp_alert: false });
  expect(inInstance("strict_mode maybe")).toEqual({ strict_mode: "maybe" });
  expect(json("vrrp_instance V {\n strict_mode yes\n}\n")).toEqual({
    vrrp_instance: [{ name: "V", strict_mode: true }],
  });
});

test("one word is that word; several are written with quotes where they need them", () => {
  expect(inInstance('interface "eth 0"', 'notify_fifo ""'.replace("notify_fifo", "vrf"))).toEqual({
    interface: "eth 0",
    vrf: "",
  });
  expect(inInstance('use_vmac "a b" group 1')).toEqual({ use_vmac: '"a b" group 1' });
  expect(inInstance("use_vmac")).toEqual({ use_vmac: true });
});

test("a list has one text an item; given again it is a list of lists", () => {
  expect(inInstance("virtual_ipaddress {", "    192.0.2.1/24 dev eth0", '    "@x"', "}")).toEqual({
    virtual_ipaddress: ["192.0.2.1/24 dev eth0", '"@x"'],
  });
  const twice = ["virtual_ipaddress {", "    192.0.2.1", "}", "virtual_ipaddress {", "}"];
  expect(inInstance(...twice)).toEqual({ virtual_ipaddress: [["192.0.2.1"], []] });
  expect(json('vrrp_sync_group G {\n group {\n A "B C"\n D\n }\n}\n')).toEqual({
    vrrp_sync_group: [{ name: "G", group: ["A", "B C", "D"] }],
  });
});

test("a keyword that may be given again is always an array, another one only where it is", () => {
  const text = server("HTTP_GET {\nurl {\nstatus_code 200\n}\n}");
  expect(json(text)).toMatchObject({
    virtual_server: [{ lb_algo: "wlc", real_server: [{ HTTP_GET: [{ url: [{ status_code: ["200"] }] }] }] }],
  });
  expect(inInstance("priority 1", "priority 2")).toEqual({ priority: [1, 2] });
});

test("the words before a brace are `name`", () => {
  const text = 'virtual_server 192.0.2.1 80 {\n}\n\nvrrp_instance "a b" {\n}\n';
  expect(json(text)).toEqual({ virtual_server: [{ name: "192.0.2.1 80" }], vrrp_instance: [{ name: "a b" }] });
  expect(conf(json(text))).toBe(text);
});

test("a block without words before its brace may have a keyword of that name", () => {
  const value = {
    virtual_server: [
      { name: "192.0.2.1 80", real_server: [{ name: "192.0.2.2 80", DNS_CHECK: [{ name: "a.example" }] }] },
    ],
  };
  expect(json(conf(value))).toEqual(value);
});

test("lines that begin with any word are `items`", () => {
  const text = 'virtual_server_group G {\n    192.0.2.1-9 80\n    "include" 1\n    fwmark 1\n}\n';
  const value = { virtual_server_group: [{ name: "G", items: ["192.0.2.1-9 80", '"include" 1'], fwmark: [1] }] };
  expect(json(text)).toEqual(value);
  expect(conf(value)).toBe(text);
});

test("comments go, and includes, conditions, definitions and sequences are carried out", () => {
  const text =
    "$P=100\n# note\n@node1 include more\n@other wrong\nvrrp_instance V {\n  priority $P ! so\n}\n~SEQ(N,1,2) vrrp_script s${N} {\n}\n}";
  const { text: out } = converted(text, "conf", { more: "global_defs {\n}\n" });
  expect(out).toMatch(/^global_defs \{\n\}\n\nvrrp_instance V \{\n {4}priority 100\n\}\n/);
  expect(out).not.toMatch(/note|wrong|\$/);
});

test.each([
  ['"/usr/bin/killall -0 haproxy"', ["/usr/bin/killall", "-0", "haproxy"]],
  ["/bin/true", ["/bin/true"]],
  ["\"/bin/sh -c 'a  b'\"", ["/bin/sh", "-c", "a  b"]],
  [
    '"a \\\\ \\\' \\042 \\n \\t \\001 \\044{_PWD} $ # ! { }"',
    ["a", "\\", "'", '"', "\n", "\t", "\x01", "${_PWD}", "$", "#", "!", "{", "}"],
  ],
  ["\"''\"", [""]],
  ['""', []],
])("the command %s is its arguments", (text, argv) => {
  expect(inInstance(`notify ${text}`)).toEqual({ notify: argv });
});

test("a pattern is what it matches", () => {
  const text = (pattern: string): string =>
    `virtual_server 192.0.2.1 80 {\n real_server 192.0.2.2 80 {\n HTTP_GET {\n url {\n regex ${pattern}\n}\n}\n}\n}\n`;
  const patternOf = (value: unknown): unknown => JSON.stringify(value).match(/"regex":("(?:[^"\\]|\\.)*")/)?.[1];
  for (const [written, pattern, again] of [
    ['"\\"status\\" *: *\\"UP\\""', '"status" *: *"UP"', '"\\042status\\042 *: *\\042UP\\042"'],
    ["'two words'", "two words", '"two words"'],
    ['"^a\\\\d$"', "^a\\d$", '"^a\\\\d$"'],
    ["UP", "UP", "UP"],
  ] as const) {
    expect(patternOf(json(text(written)))).toBe(JSON.stringify(pattern));
    expect(conf(json(text(written)))).toContain(`regex ${again}\n`);
  }
});

test("a body, a header and a login are the words that they mean", () => {
  const text = (line: string): string =>
    `virtual_server 192.0.2.1 80 {\n real_server 192.0.2.2 80 {\n HTTP_GET {\n ${line}\n url {\n path /\n}\n}\n}\n}\n`;
  for (const [written, shown, again] of [
    ['body "{\\"a\\":{\\"b\\":1}}"', '"body":"{\\"a\\":{\\"b\\":1}}"', 'body "{\\042a\\042:{\\042b\\042:1}}"'],
    ["header X-Probe 'a b' c", '"header":["X-Probe \\"a b\\" c"]', 'header X-Probe "a b" c'],
    ["basic_auth u 'p\\x22 w'", '"basic_auth":"u \\"p\\\\042 w\\""', 'basic_auth u "p\\042 w"'],
  ] as const) {
    expect(JSON.stringify(json(text(written)))).toContain(shown);
    expect(conf(json(text(written)))).toContain(`${again}\n`);
  }
});

test("user and group of a command stand beside it", () => {
  expect(inInstance("notify /bin/x joe")).toEqual({ notify: { command: ["/bin/x"], user: "joe" } });
  expect(inInstance('notify "/bin/x a" joe "a b"')).toEqual({
    notify: { command: ["/bin/x", "a"], user: "joe", group: "a b" },
  });
  expect(inInstance("notify_deleted")).toEqual({ notify_deleted: true });
  expect(conf({ vrrp_script: [{ name: "s", script: "/bin/x 'a b'" }] })).toContain("script \"/bin/x 'a b'\"\n");
});

test("words without effect are left out; a value that is refused stays, and is refused again", () => {
  expect(json("vrrp_instance V {\n interface eth0 eth1\n advert_int x\n}\n")).toEqual({
    vrrp_instance: [{ name: "V", interface: "eth0", advert_int: "x" }],
  });
  expect(converted('{"vrrp_instance":{"name":"V","advert_int":"x"}}', "json").said.join()).toContain(
    "`x` is no number\n --> k:1:43",
  );
});

test("keywords are grouped where their order means nothing", () => {
  const text = "vrrp_script a {\n script x\n}\nglobal_defs {\n}\nvrrp_script b {\n script x\n}\n";
  expect(Object.keys(json(text) as object)).toEqual(["vrrp_script", "global_defs"]);
});

test("where their order counts, what comes back stands under `below`", () => {
  const codes = (config: string): readonly string[] => reading(config).diagnostics.map(({ code }) => code);
  const script = (name: string): string => `vrrp_script ${name} {\n    script x\n}\n\n`;
  const text = script("a") + instance("track_script {", "b", "}") + script("b");
  const value = json(text) as { below: object[] };
  expect(Object.keys(value)).toEqual(["vrrp_script", "vrrp_instance", "below"]);
  expect(value.below).toEqual([{ vrrp_script: [{ name: "b", script: ["x"] }] }]);
  expect(reading(conf(value)).config).toEqual(reading(text).config);
  expect(codes(conf(value))).toEqual(codes(text)); // that one stands below what names it
  const grouped = {
    ...value,
    below: [],
    vrrp_script: [...(value as unknown as { vrrp_script: [] }).vrrp_script, { name: "b", script: ["x"] }],
  };
  expect(codes(conf(grouped))).not.toEqual(codes(text));
});

test("the order of checkers of several kinds is kept", () => {
  const text = server("TCP_CHECK {\nretry 1\n}", "HTTP_GET {\nurl {\npath /\n}\n}", "TCP_CHECK {\nretry 2\n}");
  expect(reading(conf(json(text))).config).toEqual(reading(text).config);
});

test("the order is kept where another one would only give other findings", () => {
  const file = (name: string): string => `track_file ${name} {\nfile /tmp/x\n}\n`;
  const leftOut = server("FILE_CHECK {", "track_file b", "}"); // defined already
  const value = json(file("a") + server() + leftOut + file("b"));
  expect(Object.keys(value as object)).toEqual(["track_file", "virtual_server", "below"]);
});

test("from conf to conf keywords stay in their order", () => {
  const text = "vrrp_script a {\n}\n\nglobal_defs {\n}\n\nvrrp_script b {\n}\n";
  expect(converted(text, "conf").text).toBe(text);
});

test("a file that begins with a brace is JSON, whatever stands before it and however it is written", () => {
  expect(converted('\ufeff \n{"vrrp_version":3,"global_defs":{"vrrp_version":3}}', "json").text).toBe(
    '{\n  "global_defs": [\n    {\n      "vrrp_version": 3\n    }\n  ]\n}\n',
  );
  expect(converted("", "json")).toEqual({ text: "{}\n", said: [] });
  expect(converted("{}", "conf")).toEqual({ text: "", said: [] });
});

test("what a keyword cannot be is said with its path, all at once", () => {
  const real = { name: "192.0.2.2 80", wieght: 1, weight: { a: 1 } };
  const value = {
    vrrp_instnce: [],
    virtual_server: [
      { name: "192.0.2.1 80", lb_algo: null, alpha: false, real_server: [real, 5], delay_loop: [1, true] },
      { protocol: "TCP" },
    ],
    vrrp_instance: {
      name: "V",
      virtual_ipaddress: "192.0.2.1",
      track_script: [1e99],
      state: true,
      below: {},
      interface: 5,
    },
    toString: 1,
  };
  const text = JSON.stringify(value);
  const at = (part: string): string => ` at 1:${text.indexOf(part) + 1}`;
  expect(wrong(text)).toEqual([
    `unknown keyword: \`vrrp_instnce\`${at('"vrrp_instnce')}`,
    `\`null\` where one word is expected: \`virtual_server[0].lb_algo\`${at("null")}`,
    `\`false\` where \`true\` is expected: \`virtual_server[0].alpha\`${at("false")}`,
    `unknown keyword: \`virtual_server[0].real_server[0].wieght\`${at('"wieght')}`,
    `an object where one word is expected: \`virtual_server[0].real_server[0].weight\`${at('{"a"')}`,
    `a number where a block is expected: \`virtual_server[0].real_server[1]\`${at("5],")}`,
    `\`true\` where one word is expected: \`virtual_server[0].delay_loop[1]\`${at("true]")}`,
    `\`virtual_server\` without \`name\`: \`virtual_server[1]\`${at('{"protocol')}`,
    `a string where a list is expected: \`vrrp_instance.virtual_ipaddress\`${at('"192.0.2.1"')}`,
    `\`1e+99\` is no plain decimal number: \`vrrp_instance.track_script[0]\`${at("1e+99")}`,
    `\`true\` where one word is expected: \`vrrp_instance.state\`${at('true,"below')}`,
    `an object where an array is expected: \`vrrp_instance.below\`${at("{},")}`,
    `unknown keyword: \`toString\`${at('"toString')}`,
  ]);
  expect(converted(text, "conf").said[0]).toContain("help: did you mean `vrrp_instance`?");
  expect(converted(text, "conf").text).toContain("    real_server 192.0.2.2 80 {\n    }\n");
});

test.each([
  [{ vrrp_instance: { name: 'a"b' } }, "a double quote cannot stand in a word: `vrrp_instance.name`"],
  [{ vrrp_instance: { name: "a\nb" } }, "a word ends on the line it begins on: `vrrp_instance.name`"],
  [{ vrrp_instance: { name: "a\0b" } }, "a NUL byte cannot stand in a configuration: `vrrp_instance.name`"],
  [{ vrrp_instance: { name: "a\ud800" } }, "half of a surrogate pair is no character: `vrrp_instance.name`"],
  [{ vrrp_instance: { name: "${_INSTANCE}" } }, "`$NAME` is replaced where it is read: `vrrp_instance.name`"],
  [{ linkbeat_interfaces: ["a } b"] }, "the text is not the rest of one line: `linkbeat_interfaces[0]`"],
  [{ linkbeat_interfaces: ['a "b'] }, "the text is not the rest of one line: `linkbeat_interfaces[0]`"],
  [{ linkbeat_interfaces: [" "] }, "a text without words: `linkbeat_interfaces[0]`"],
  [
    { global_defs: { startup_script: ["a", 1] } },
    "a number where a command is expected: `global_defs.startup_script[1]`",
  ],
  [{ global_defs: { startup_script: { command: ["a"], usr: "b" } } }, "unknown key: `global_defs.startup_script.usr`"],
  [{ global_defs: { startup_script: { user: "b" } } }, "an object without `command`: `global_defs.startup_script`"],
  [
    { global_defs: { startup_script: { command: [], group: "b" } } },
    "`group` without `user`: `global_defs.startup_script`",
  ],
  [
    { global_defs: { startup_script: { command: "a", user: 'a"b' } } },
    "no configuration can hold this name: `global_defs.startup_script.user`",
  ],
  [
    { global_defs: { startup_script: ["\udc00"] } },
    "half of a surrogate pair is no character: `global_defs.startup_script[0]`",
  ],
  [{ vrrp_script: { name: "s", script: { command: "a", user: "b" } } }, "unknown key: `vrrp_script.script.user`"],
  ['{"__proto__": 1}', "unknown keyword: `__proto__`"],
  ['{"global_defs": {"constructor": 1}}', "unknown keyword: `global_defs.constructor`"],
  [
    '{"virtual_server_group": {"name": "G", "<IPADDR> [<PORT>]": ["a"]}}',
    'unknown keyword: `virtual_server_group["<IPADDR> [<PORT>]"]`',
  ],
  ["[]", "an array where an object of keywords is expected"],
  ["[1", "`,` or `]` is expected"],
])("%j is refused", (value, message) => {
  expect(wrong(value).map((it) => it.replace(/ at \d+:\d+$/, ""))).toContain(message);
});

test("words that only look like a replacement stay", () => {
  for (const name of ["$FOO", "${FOO}", "a$", "$_PWD", "x ${_RANDOM x} y"]) {
    const text = conf({ vrrp_instance: { name } });
    expect(text).toBe(`vrrp_instance "${name}" {\n}\n`);
    expect(json(text)).toEqual({ vrrp_instance: [{ name }] });
  }
});

test("what is wrong with a value is shown where it stands in the JSON", () => {
  const text = '{\n  "global_defs": {\n    "vrrp_version": 4,\n    "smtp_alert": true\n  }\n}';
  expect(converted(text, "conf").said[0]).toBe(
    [
      "error: `4` is not in the range 2 to 3",
      " --> k:3:21",
      "  |",
      '3 |     "vrrp_version": 4,',
      "  |                     ^",
      "  = help: write a number from 2 to 3",
    ].join("\n"),
  );
  expect(converted(text, "json").said).toEqual(converted(text, "conf").said);
});

const SEEDS = readdirSync("test/seeds").filter((name) => /\.(conf|txt)$/.test(name));
test.each(SEEDS)("%s goes both ways without loss", (name) => {
  const text = readFileSync(`test/seeds/${name}`, "utf8");
  const there = converted(text, "json").text;
  const back = converted(there, "conf").text;
  expect(reading(back).config).toEqual(reading(text).config);
  expect(reading(converted(text, "conf").text).config).toEqual(reading(text).config);
  expect(converted(back, "json").text).toBe(there);
});

const CORPUS = readdirSync("test/config/corpus", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(conf|inc)$/.test(name))
  .map((name) => ({ name: name.replace(/^.*\//, ""), text: decodeUtf8(readFileSync(`test/config/corpus/${name}`)) }));
const FOLDER = "/etc/keepalived/";
const FILES = Object.fromEntries(CORPUS.map(({ name, text }) => [FOLDER + name, text]));

test.each(CORPUS.filter(({ name }) => name.endsWith(".conf")))("$name goes both ways without loss", ({ name }) => {
  const source = sourceOf(FILES, "lb1");
  const { config } = readConfig(FOLDER + name, source);
  for (const to of ["json", "conf"] as const) {
    const { text: said, diagnostics } = convert(FOLDER + name, source, to);
    expect(diagnostics.filter(({ code }) => code === "lossy")).toEqual([]);
    expect(reading(to === "conf" ? said : converted(said, "conf").text).config).toEqual(config);
  }
});
