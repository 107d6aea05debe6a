// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { sourceOf } from "../config/reading.ts";

const MB = 1_000_000; // characters

/** A megabyte of the same again and again. */
function filled(part: string): string {
  return part.repeat(Math.ceil(MB / part.length));
}

/** Definitions, each of which uses the next one. */
function chain(length: number): string {
  const uses = Array.from({ length }, (_, i) => `$A${i}=$A${i + 1}\n`).join("");
  return `${uses}$A${length}=x\n`;
}

/** The processor seconds that reading a file takes: no more than `most`, in one of three trials on a machine that is busy. */
function timed(text: string, most: number): number {
  const source = sourceOf({ "k.conf": text });
  let best = Number.POSITIVE_INFINITY;
  for (let trial = 0; trial < 3 && best >= most; trial++) {
    const before = process.cpuUsage();
    readConfig("k.conf", source);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

test.each<[string, string]>([
  ["lines of one letter", filled("a\n")],
  ["words of one letter", filled("a ")],
  ["one word", filled("a")],
  ["open braces", filled("{")],
  ["blocks in blocks", filled("vrrp_instance V {\n")],
  ["letters with accents", filled("\u00e9 ")],
  ["foreign blanks", filled("\u3000a")],
  ["bytes that are no UTF-8", filled("a\udce4 ")],
  ["quotes and comments", filled('kw "a b" # x\n')],
  ["open quotes", filled('kw "\n')],
  ["conditions", filled("@lb1 kw a\n")],
  ["definitions", filled("$A=b\n")],
  ["uses of a definition", `$A=b\n${filled("kw $A ${A}\n")}`],
  ["names that nobody defines", filled("kw $A\n")],
  ["definitions that use themselves", filled("$A=$A\n$A\n")],
  ["uses of half a megabyte", `$A=${"x".repeat(MB / 2)}\n${filled("kw $A\n").slice(0, MB / 2)}`],
  ["endless sequences", filled("~SEQ(a,1,9999999999) x\n")],
  ["services", filled("virtual_server 10.0.0.1 80 {\n}\n")],
  ["instances", filled("vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\n}\n")],
  ["addresses", `vrrp_instance V {\nvirtual_ipaddress {\n${filled("10.0.0.1/24 dev eth0\n")}}\n}\n`],
])("a megabyte of %s is read within a second", (_, text) => {
  expect(timed(text, 1)).toBeLessThan(1);
});

const MOST = 5; // seconds, where definitions and sequences make as much as they may (syntax/budget.ts): 2 on an idle core

test.each<[string, string]>([
  ["definitions in definitions", `${chain(99)}${filled("kw $A0\n")}`],
  ["lines that begin with definitions in definitions", `${chain(31)}${filled("$A0\n")}`],
  ["definitions of many braces", `$A={{{{{{{{{{}}}}}}}}}}\n${filled("a $A\n")}`],
  ["sequences", filled("~SEQ(a,1,1000) kw ${a}\n")],
])("a megabyte of %s ends with what they may make", (_, text) => {
  expect(timed(text, MOST)).toBeLessThan(MOST);
});
