import { expect, test } from "vitest";
import { Patterns } from "../../src/daemon/patterns.ts";
import { runnable } from "../../src/daemon/runnable.ts";
import { reading } from "../config/reading.ts";

function services(...patterns: readonly string[]): ReturnType<typeof runnable> {
  const servers = patterns.map(
    (pattern, i) => `real_server 192.0.2.1 ${i + 1} {\nHTTP_GET {\nurl {\npath /\nregex "${pattern}"\n}\n}\n}\n`,
  );
  const text = `virtual_server 10.0.0.1 80 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\n${servers.join("")}}\n`;
  return runnable(reading(text).config);
}

const regexOf = (service: ReturnType<typeof runnable>, server: number) => {
  const [checker] = service[0]?.realServers[server]?.checkers ?? [];
  const regex = checker?.type === "http" ? checker.urls[0]?.regex : undefined;
  if (regex === undefined) throw new Error("no regex");
  return regex;
};

test("a pattern that PCRE2 refuses is said once, however many checkers have it, and again with a reload", () => {
  const patterns = new Patterns();
  const broken = services("(", "ok", "(", "[");
  const words = [
    "Invalid regex: '(' at offset 1: missing closing parenthesis",
    "Invalid regex: '[' at offset 1: missing terminating ] for character class",
  ];
  expect(patterns.configure(broken)).toEqual(words);
  expect(patterns.configure(services("("))).toEqual(words.slice(0, 1));
  expect(patterns.of(regexOf(broken, 0))).toBe(words[0]);
});

test("a pattern is compiled once: whoever asks with the same configuration has the same", () => {
  const patterns = new Patterns();
  const two = services("ok", "ok");
  expect(patterns.configure(two)).toEqual([]);
  const compiled = patterns.of(regexOf(two, 0));
  expect(compiled).toBeTypeOf("object");
  expect(patterns.of(regexOf(two, 0))).toBe(compiled);
});
