import { expect, test } from "vitest";
import type { SslConfig } from "../../src/config/model/lvs.ts";
import { TRIAL } from "../../src/daemon/trial.ts";
import type { Trial } from "../../src/lint/trial.ts";
import { codes, found } from "./linting.ts";

const url = (...lines: readonly string[]): string => `url {\npath /\n${lines.join("\n")}\n}\n`;
const web = (...urls: readonly string[]): string =>
  `virtual_server 192.0.2.100 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.11 80 {\nHTTP_GET {\n${urls.join("")}}\n}\n}\n`;
const tried = { trial: { pattern: TRIAL.pattern } };

test("a pattern that does not compile is an error at its place, one that does is none", () => {
  const text = web(url("regex ok"), url('regex "(b"'), url('regex "c{2}"', "regex_options caseless"));
  expect(found("K040", text, tried)).toEqual([
    "error 13:7 Invalid regex: '(b' at offset 2: missing closing parenthesis: the check says nothing of its server",
  ]);
  expect(codes(text)).not.toContain("K040"); // where nobody tries it
});

test("a pattern is tried with its options, and the last one of a url counts", () => {
  expect(found("K040", web(url('regex "a[]b]"')), tried)).toEqual([]);
  expect(found("K040", web(url('regex "[]b"', "regex_options allow_empty_class")), tried)).toEqual([]);
  expect(found("K040", web(url('regex "[]b"')), tried)).toHaveLength(1);
  expect(found("K040", web(url('regex "(b"', "regex good")), tried)).toEqual([]);
});

test("each text is compiled once", () => {
  let compiled = 0;
  const pattern: Trial["pattern"] = () => {
    compiled++;
    return "Invalid";
  };
  expect(found("K040", web(url("regex a"), url("regex a"), url("regex b")), { trial: { pattern } })).toHaveLength(3);
  expect(compiled).toBe(2);
});

const SSL = "SSL {\nca /a/ca.pem\nca /b/ca.pem\nkey /b/key\n}\n";
const unfit =
  (keyword: "ca" | "certificate" | "key") =>
  ({ ca, certificate, key }: SslConfig) => ({ keyword, why: `${{ ca, certificate, key }[keyword]} is bad` });

test("a file that cannot be used is an error at its place, or at the block where none is written", () => {
  const text = SSL + web(url());
  const said = (keyword: "ca" | "certificate" | "key") => found("K041", text, { trial: { identity: unfit(keyword) } });
  expect(said("ca")).toEqual(["error 3:4 /b/ca.pem is bad"]);
  expect(said("key")).toEqual(["error 4:5 /b/key is bad"]);
  expect(said("certificate")).toEqual(["error 1:1 undefined is bad"]);
});

test("nothing is said where the files do, where nobody tries them, and where no service needs them", () => {
  expect(codes(SSL + web(url()), { trial: { identity: () => undefined } })).not.toContain("K041");
  expect(codes(SSL + web(url()))).not.toContain("K041");
  expect(codes(SSL, { trial: { identity: unfit("ca") } })).not.toContain("K041");
});
