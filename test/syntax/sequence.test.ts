// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { expect, test } from "vitest";
import { lex, run } from "./lexing.ts";

// The words are those that keepalived 2.2.7 -t calls unknown keywords, with the file as the whole configuration.
test.each([
  ["~SEQ(N,3) a${N}", "a1 a2 a3"],
  ["~SEQ(N,0) a${N}", "a1 a0"],
  ["~SEQ(N,-2) a${N}", "a-1 a-2"],
  ["~SEQ(N,5,2) a${N}", "a5 a4 a3 a2"],
  ["~SEQ( N , 4 , 4 ) a${N}", "a4"],
  ["~SEQ(N,0,5,12) a${N}", "a0 a5 a10"],
  ["~SEQ(N,12,-5,0) a${N}", "a12 a7 a2"],
  ["~SEQ (N,2)a${N}", "a1 a2"],
  ["~SEQ(N,010) a${N}", "a1 a2 a3 a4 a5 a6 a7 a8"],
  ["~SEQ(N,+2) a${N}", "a1 a2"],
  ["~SEQ(N,,2) a${N}", "a0 a1 a2"],
  ["~SEQ(N,1,4294967298,8589934592) a${N}", "a1 a4294967299"],
  ["~SEQx(N,0x90,0x10,0xc0) a${N}", "a90 aa0 ab0 ac0"],
  ["~SEQx(N, 0x12, -1, 0x0c) a${N}", "a12 a11 a10 af ae ad ac"],
  ["$LO=3\n$HI=4\n~SEQ(N,$LO,$HI) a${N}\n~SEQ(N,${LO},${HI}) b${N}", "a3 a4 b3 b4"],
  ["~LST(N,x,y) a${N}", "ax ay"],
  ["~LST({P,Q},{1,a},{2,b},{3}) b${P}.${Q}", "b1.a b2.b b3."],
  ["~LST( {P , Q} , { 1 , a } ) c${P}.${Q}d", "c1.ad"],
  ["~LST({P,Q},1,2) i${P}.${Q}", "i1. i2."],
  ["~LST({P,Q},{1,},{,1}) f${P}.${Q}", "f1. f.1"],
  ["~LST(N,) g${N}.", "g."],
  ["~LST(N,{a}) h${N}", "ha"],
  ["$L=1,2,3\n~LST(N,$L) a${N}", "a1,2,3"],
  ["~SEQ(A,1,2) ~SEQ(B,7,8) a${A}.${B}", "a1.7 a1.8 a2.7 a2.8"],
  ["~SEQ(A,1,2)~LST(B,x,y) a${A}${B}", "a1x a1y a2x a2y"],
  ["~SEQ(A,1,2) ~SEQ(B,1,$A) c${A}.${B}", "c1.1 c2.1 c2.2"],
  ["~SEQ(N,1,2) @node1 kw${N}\n~SEQ(N,1,2) @nope kw${N}", "kw1 kw2"],
  ["$M= \\\nm${I} \\\nn${I}\n~SEQ(I,1,2) $M", "m1 n1 m2 n2"],
  ["~SEQ(N,1,3) a${N}\nlast${N}", "a1 a2 a3 last3"],
  ["~SEQ(N,2)\nz${N}", "z2"],
  ["~SEQ(N,1,2) k\\#y", "k#y k#y"],
  ["$N=9\n~SEQ(N,1,2) a${N}", "a1 a2"],
])("%j makes %s", (text, words) => {
  expect(run(text)).toMatchObject({ lines: words.split(" ").map((word) => `<${word}>`), said: [] });
});

// keepalived 2.2.7 -t: `Invalid ~SEQ specification` or `Invalid ~LST specification`, status 5; but it accepts the name 1N
test.each([
  ["~SEQ(N,1,0,5) a", "1:1+13 steps of 0 from 1 never lead to 5"],
  ["~SEQ(N,5,1,2) a", "1:1+13 steps of 1 from 5 never lead to 2"],
  ["~SEQ(N) a", "1:1+7 `~SEQ` needs a name and values"],
  ["~SEQ() a", "1:1+6 `~SEQ` needs a name and values"],
  ["~SEQ(N,1,x) a", "1:10+1 `x` is no integer"],
  ["~SEQ(N,08) a", "1:8+2 `08` is no integer"],
  ["~SEQ(N,1.5) a", "1:8+3 `1.5` is no integer"],
  ["~SEQ(N,2 3) a", "1:8+3 `2 3` is no integer"],
  ["~SEQ(N,9007199254740993) a", "1:8+16 `9007199254740993` is no integer"],
  ["~SEQ(N,1,2,3,4) a", "1:1+15 `~SEQ` takes no more than three numbers"],
  ["~SEQ(N,3 a", "1:1+5 `~SEQ` has no `)`"],
  ["~SEQ(1N,3) a", "1:6+2 `1N` cannot be the name of a value"],
  ["~SEQx(N,-3,2) a", "1:1+13 `~SEQx` writes hexadecimal numbers, and none below 0"],
  ["~LST(N) a", "1:1+7 `~LST` needs a name and values"],
  ["~LST(N,x y) a", "1:8+3 `x y` is not a value of `~LST`"],
  ["~LST(N,a}) a", "1:8+2 `a}` is not a value of `~LST`"],
  ["~LST(N,{1,2},3) a", "1:8+5 `{1,2}` has 2 values for 1 of `~LST`"],
  ["~LST({P,Q},{1,2,3}) a", "1:12+7 `{1,2,3}` has 3 values for 2 of `~LST`"],
])("%j is an error, and the line is dropped", (text, message) => {
  const { lines, said, found } = run(`${text}\nend`);
  expect(lines).toEqual(["<end>"]);
  expect(said).toEqual([message]);
  expect(found[0]?.status).toBe(5);
});

test("other words with a tilde are keywords", () => {
  expect(lex("~FOO(N,2)\n~seq(N,2)")).toEqual(["<~FOO(N,2)>", "<~seq(N,2)>"]);
});

test("an include is repeated in order", () => {
  const files = { "/etc/k/1.inc": "one ${N}", "/etc/k/2.inc": "two ${N}" };
  expect(lex("~SEQ(N,1,2) include ${N}.inc", { files })).toEqual(["<one> <1>", "<two> <2>"]);
});

test("a sequence without end is an error at once, also within another", () => {
  const huge = run("~SEQ(N,1,9000000000000000) kw\nend");
  expect(huge.lines).toEqual(["<end>"]);
  expect(huge.said).toEqual(["1:1+26 `~SEQ` makes 9000000000000000 lines, where 1050000 more are possible"]);
  const nested = run(`${"~SEQ(N,1,1000) ".repeat(6)} @nope kw\nend`);
  expect(nested.lines).toEqual(["<end>"]);
  expect(nested.said).toHaveLength(1);
});

test("thirty-two sequences in one line are too many", () => {
  expect(run(`${"~SEQ(N,1,1) ".repeat(40)}kw\nend`)).toMatchObject({
    lines: ["<end>"],
    said: [expect.stringMatching(/32 definitions within each other/)],
  });
});
