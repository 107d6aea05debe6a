// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { expect, test } from "vitest";
import { run } from "./lexing.ts";

/** `SEVERITY LINE:COLUMN+LENGTH TEXT: HELP` of what is said of names without a value. */
function said(text: string, id?: string): readonly string[] {
  return run(text, id === undefined ? {} : { id })
    .found.filter(({ code }) => code === "undefined-name")
    .map(({ severity, span, message, help }) => {
      const [, name] = /^`(.*)` has no definition above it, and is read as text$/.exec(message) ?? [];
      return `${severity} ${span.line}:${span.column}+${span.length} ${name}: ${help}`;
    });
}

// keepalived 2.2.7 -t says of `virtual_router_id ${VRIDD}`: invalid number '$', Unexpected '{', Unknown keyword 'VRIDD'
test("a `${NAME}` that no definition has is a warning; with the definition it is none", () => {
  expect(said("kw ${VRID}")).toEqual(["warning 1:4+7 ${VRID}: write `$VRID=VALUE` above it"]);
  expect(said("$VRID=5\nkw ${VRID} $VRID")).toEqual([]);
  expect(said("kw ${VRID}\n$VRID=5")).toHaveLength(1);
});

test("a name that is nearly a definition's is a warning that says which, with braces and without, quoted too", () => {
  const near = (use: string): readonly string[] => said(`$VRID=5\nkw ${use}`);
  expect(near("${VRIDD}")).toEqual(["warning 2:4+8 ${VRIDD}: did you mean `${VRID}`?"]);
  expect(near("$vrid")).toEqual(["warning 2:4+5 $vrid: did you mean `$VRID`?"]);
  expect(near('"a ${VIRD}"')).toEqual(["warning 2:7+7 ${VIRD}: did you mean `${VRID}`?"]);
});

test("a `$` in a password is nobody's business", () => {
  for (const word of ["pa$word", "$ecret", "pa$", "$$", "pa$1", "$V", "$VRID/24"])
    expect(said(`$VRID=5\n$P=6\nauth_pass ${word}`)).toEqual([]);
});

test("within double quotes it may be a shell's, which is a hint", () => {
  expect(said(`notify "sh -c 'echo \${HOME}'"`)).toEqual([
    "hint 1:21+7 ${HOME}: only a shell can make something of it, or `$HOME=VALUE` above",
  ]);
  expect(said('kw "a" ${HOME}')[0]).toMatch(/^warning/);
});

test("a definition for another machine is none here", () => {
  const text = "@lb1 $VIP=192.0.2.1\nkw ${VIP}";
  expect(said(text, "lb1")).toEqual([]);
  expect(said(text, "lb2")).toHaveLength(1);
});

test("a name is said once, at its first use, also where a definition or a sequence brings it", () => {
  expect(said("~SEQ(N,1,9) kw ${UNKNOWN}${N}\nkw ${UNKNOWN}")).toHaveLength(1);
  expect(said("$A=x${GONE}\nkw $A\nkw $A")).toEqual(["warning 2:4+2 ${GONE}: write `$GONE=VALUE` above it"]);
});

test("a name that may be a password's is looked at again with braces", () => {
  expect(said("kw $HOME\nkw ${HOME}")).toEqual(["warning 2:4+7 ${HOME}: write `$HOME=VALUE` above it"]);
});

test("what is built in, or is wrong in another way, is not called undefined", () => {
  expect(said("kw ${_PWD} ${_INSTANCE} ${_HASH} ${_RANDOM} ${_RANDOM x} ${_ENV A B} ${A }")).toEqual([]);
  expect(said("$M=a \\\n  b\nkw ${M} behind")).toEqual([]);
});

test("many names are said in part, and cost no more", () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `$NAME${i}A=1\nkw $NAME${i}B \${OTHER${i}}`).join("\n");
  expect(said(text)).toHaveLength(64);
  expect(said(text.replaceAll(/B \$.*/g, "_is_quite_another_one"))).toEqual([]);
});
