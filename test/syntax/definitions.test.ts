// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { expect, test } from "vitest";
import { seeded } from "../../src/syntax/seeded.ts";
import { lex, run } from "./lexing.ts";

test("definitions are used as the manual shows", () => {
  const text = [
    "$A=alpha",
    "$D=${A}-x",
    "kw pre$A ${A}post $A,x ($A) $Apost $A/24 [$A]",
    "$A=beta",
    "kw ${D}",
    '$Q="two words"',
    "kw $Q",
    "$K=kw",
    "$K z",
    "$E=",
    "kw a${E}b ${UNDEFINED_}x",
  ].join("\n");
  expect(lex(text)).toEqual([
    "<kw> <prealpha> <alphapost> <alpha,x> <(alpha)> <$Apost> <$A/24> <[$A]>",
    "<kw> <beta-x>",
    "<kw> <two words>",
    "<kw> <z>",
    "<kw> <ab> <$>",
    "open",
    "<UNDEFINED_>",
    "close",
    "<x>",
  ]);
});

// All of these as keepalived 2.2.7 -t names the unknown keywords, with the file as the whole configuration.
test.each([
  ["what follows a value decides on a name at its end", "$B=v\n$C=x$B\nk${C}_y\nl${C},z", ["<kx$B_y>", "<lxv,z>"]],
  ["a name may reach beyond a value", "$B=val\n$A=$\n${A}B", ["<val>"]],
  ["a definition may be brought by a definition", "$X=$Y=5\n$X\nk${Y}", ["<k5>"]],
  ["a condition may be brought by a definition", "$IF=@other\n$N=@node1\n$IF a\n$N b", ["<b>"]],
  ["a sequence may be brought by a definition", "$S=~SEQ(Q,1,2) q${Q}\n$S", ["<q1>", "<q2>"]],
  ["values are cut at a mark", "$A=${_HASH}x\n$A\nk", ["<k>"]],
  ["an escaped mark beside a value is one", "$X=x\nk\\#a$X\nk\\#a", ["<k>", "<k#a>"]],
  ["malformed definitions are keywords", "$1A=x\n$A-B=x\n$A = x", ["<$1A=x>", "<$A-B=x>", "<$A> <=> <x>"]],
])("%s", (_, text, expected) => {
  expect(lex(text)).toEqual(expected);
});

test("a definition of several lines continues the line that uses it", () => {
  const text = "$M= \\\n  kw one ${N} \\\n  kw two\n$N=5\n$M\nkw pre $M\nvb { $M }";
  expect(lex(text)).toEqual([
    "<kw> <one> <5>",
    "<kw> <two>",
    "<kw> <pre> <kw> <one> <5>",
    "<kw> <two>",
    "<vb>",
    "open",
    "<$M>",
    "close",
  ]);
});

// keepalived 2.2.7 -t, as above
test.each([
  ["a line of blanks does not end it", "$M= \\\na \\\n   \nc\n$M", ["<a>", "<c>"]],
  ["a comment does not end it", "$M= \\\na \\\n# only comment\nb\n$M", ["<a>", "<b>"]],
  ["a backslash in a comment counts", "$M= \\\na # c \\\nb\n$M", ["<a>", "<b>"]],
  ["and in that of the first line", "$M=a # c \\\nb\n$M", ["<a>", "<b>"]],
  ["the backslash may touch the word", "$M=\\\na\\\nb\n$M", ["<a>", "<b>"]],
  ["an empty line ends it", "$M=kw one \\\n\nkw two\n$M", ["<kw> <two>", "<kw> <one>"]],
  ["lines of others are left out when it is used", "$M= \\\na \\\n@nope b \\\nc\n$M", ["<a>", "<c>"]],
  ["its first line may have a condition", "$Z= \\\n@nope z1 \\\n@^nope z2 \\\nz3\n$Z", ["<z2>", "<z3>"]],
  ["an escaped mark counts on the first line", "$M= \\\na\\#b \\\nc\\#d\n$M", ["<a>", "<c#d>"]],
  ["its lines may define", "$M= \\\n$X=5 \\\nk${X}\n$M", ["<k5>"]],
  ["its lines may repeat", "$N= \\\n~SEQ(I,1,2) s${I} \\\nt\n$N", ["<s1>", "<s2>", "<t>"]],
  ["not in the middle of a line", "$M= \\\nm1 \\\nm2\nvb$M x", ["<vb$M> <x>"]],
  ["one ends in another", "$I= \\\ni1 \\\ni2\n$O= \\\no1 \\\n$I \\\no2\n$O", ["<o1>", "<i1>", "<i2>", "<o2>"]],
])("a definition of several lines: %s", (_, text, expected) => {
  expect(lex(text)).toEqual(expected);
});

test("predefined names", () => {
  const text = 'kw ${_PWD} $_INSTANCE\nkw x${_BANG}y\nkw "a ${_HASH}b"\nkw x\\${_HASH}y\n$_PWD=own\nkw ${_PWD}';
  expect(lex(text, { id: "me" })).toEqual([
    "<kw> </etc/k> <me>",
    "<kw> <x>",
    "<kw> <a #b>",
    "<kw> <x#y>",
    "<kw> <own>",
  ]);
});

test("${_RANDOM} takes its numbers from the source, a new one at each use", () => {
  const numbers = [0, 0.5, 0.999_999, 0.999_999, 0];
  const random = () => numbers.shift() ?? 0;
  const { lines, said } = run("kw ${_RANDOM}/$_RANDOM ${_RANDOM} ${_RANDOM 7 9}x ${_RANDOM\t5\t5}", {
    host: { random },
  });
  expect(lines).toEqual(["<kw> <0/16384> <32767> <9x> <5>"]);
  expect(said).toEqual([]);
});

test("from random_seed on the numbers are those of the seed, in every reading", () => {
  const use = "kw ${_RANDOM} ${_RANDOM 1 1000000}";
  const seed = (word: string): string => `global_defs {\n random_seed ${word}\n}\n`;
  const numbers = (text: string): string | undefined => run(text, { host: { random: () => 0.5 } }).lines.at(-1);
  const [one, other] = [numbers(seed("7") + use), numbers(seed("8") + use)];
  expect(numbers(`${use}\n${seed("7")}${use}`)).toBe(one);
  expect(numbers(seed("7") + use)).toBe(one);
  expect(new Set([one, other, numbers(use)]).size).toBe(3);
  for (const word of ["4294967296", "-1", "x", ""]) expect(numbers(seed(word) + use)).toBe(numbers(use));
  expect(numbers(`vrrp_instance V {\n random_seed 7\n}\n${use}`)).toBe(numbers(use));
});

test("a seed scatters its numbers evenly", () => {
  const random = seeded(1);
  const parts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const part = Math.floor(random() * 10);
    parts[part] = (parts[part] ?? 0) + 1;
  }
  for (const count of parts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test("${_RANDOM} with numbers that make no sense says so", () => {
  const { lines, said } = run('kw "${_RANDOM 1 2 3} ${_RANDOM a} ${_RANDOM 0x5 9}" ${_RANDOM 7 3} ${_RANDOM 40000}');
  expect(lines).toEqual(["<kw> <${_RANDOM 1 2 3} ${_RANDOM a} ${_RANDOM 0x5 9}> <7> <40000>"]);
  expect(said).toEqual([
    "1:5+16 `${_RANDOM 1 2 3}` is not a random number",
    "1:22+12 `${_RANDOM a}` is not a random number",
    "1:35+16 `${_RANDOM 0x5 9}` is not a random number",
    "1:53+14 `${_RANDOM 7 3}` is always 7, since 3 is the largest number",
    "1:68+16 `${_RANDOM 40000}` is always 40000, since 32767 is the largest number",
  ]);
});

test("${_ENV NAME} is an environment variable, and nothing where it is not set", () => {
  const environment = (name: string) => ({ HOME: "/root", V: "$A" })[name];
  const { lines, said } = run('$A=a\nkw ${_ENV HOME}/x ${_ENV V} a${_ENV NONE}b "${_ENV} ${_ENV A B}"', {
    host: { environment },
  });
  expect(lines).toEqual(["<kw> </root/x> <a> <ab> <${_ENV} ${_ENV A B}>"]);
  expect(said).toEqual([
    "2:45+7 `${_ENV}` is not the name of one environment variable",
    "2:53+11 `${_ENV A B}` is not the name of one environment variable",
  ]);
});

test("the place of a word from a definition is the place that used it, and it knows where it was defined", () => {
  const [token] = run("$L=long_$V\n$V=value\nkw ${L} tail").tokens;
  const via = { file: "/etc/k/k.conf", line: 1, column: 4, length: 7 };
  expect(token?.type === "words" ? token.words.map(({ span }) => span) : []).toEqual([
    { file: "/etc/k/k.conf", line: 3, column: 1, length: 2 },
    { file: "/etc/k/k.conf", line: 3, column: 4, length: 4, via },
    { file: "/etc/k/k.conf", line: 3, column: 9, length: 4 },
  ]);
});

// keepalived 2.2.7 -t hangs on most of these
test.each([
  ["$A=$A\nkw $A\nend"],
  ["$A=$B\n$B=$A\nkw $A\nend"],
  ["$A=x$A\nkw $A\nend"],
  ["$A=$A$A$A\n$A\nkw ${A}\nend"],
  ["$M= \\\n $M \\\n $M\n$M\nend"],
  ["$A= \\\n x \\\n $B\n$B= \\\n $A \\\n $A\n$A\nend"],
  ["$A=~SEQ(N,1,2) $A\n$A\nend"],
])("a definition that names itself is an error, and its line is ignored: %j", (text) => {
  const { lines, said } = run(text);
  expect(said[0]).toMatch(/expands without end|uses itself/);
  expect(lines).toEqual(["<end>"]);
});

test("forty definitions that double each other are refused", () => {
  const doubling = Array.from({ length: 40 }, (_, i) => `$A${i}=\${A${i + 1}}\${A${i + 1}}\n`).join("");
  const { lines, said } = run(`${doubling}$A40=x\nkw \${A0}\nend`);
  expect(said.join()).toMatch(/makes? the line longer|make too much/);
  expect(lines).toEqual(["<end>"]);
});
