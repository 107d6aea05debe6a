import { expect, test } from "vitest";
import type { HostFacts } from "../../src/base/host.ts";
import { testConfig } from "../../src/command/config-test.ts";
import { TRIAL } from "../../src/daemon/trial.ts";
import { instance, sourceOf } from "../config/reading.ts";

function tested(text: string, names: readonly string[] | undefined = ["eth0"]): ReturnType<typeof testConfig> {
  const facts: HostFacts = names === undefined ? {} : { interfaces: names.map((name) => ({ name, addresses: [] })) };
  return testConfig("k.conf", { source: sourceOf({ "k.conf": text, a: "foo\n" }), facts: () => facts });
}

test("an interface that this host has not counts as Keepalived counts it", () => {
  expect(tested(instance())).toEqual({ text: "", status: 0 });
  expect(tested(instance(), ["eth1"])).toMatchObject({ status: 5 });
  expect(tested("linkbeat_interfaces {\neth0\n}\n", ["eth1"])).toMatchObject({ status: 4 });
  expect(tested("linkbeat_interfaces {\neth0\n}\n")).toMatchObject({ status: 0 });
  expect(tested(`global_defs {\ndynamic_interfaces\n}\n${instance()}`, ["eth1"])).toMatchObject({ status: 0 });
});

test("where nothing is known of the host, nothing is said of it", () => {
  expect(testConfig("k.conf", { source: sourceOf({ "k.conf": instance() }), facts: () => ({}) })).toEqual({
    text: "",
    status: 0,
  });
});

test("the findings stand in the order of lines, without codes", () => {
  const { text } = tested(`foo\n${instance()}bar\n`, ["eth1"]);
  expect(text.match(/^error.*/gm)).toEqual([
    "error: unknown keyword `foo` at the top level",
    "error: there is no interface `eth0`",
    "error: unknown keyword `bar` at the top level",
  ]);
  expect(text).toContain("3 | interface eth0\n  |           ^^^^\n  = help: the host has `eth1`\n");
});

test("an interface that only a checker binds to is no matter of -t", () => {
  const bound = "bind_if eth7\n";
  const text = `virtual_server 192.0.2.1 80 {\nprotocol TCP\nreal_server 192.0.2.2 80 {\nTCP_CHECK {\n${bound}}\n}\n}\n`;
  expect(tested(text).text).not.toContain("eth7`");
});

test("a finding in an included file shows the include", () => {
  expect(tested("include a\n").text).toContain(" = included from k.conf:1:9\n");
});

test("what the daemon could not use at its start is said with its place, and the status stays 0, as that of 2.2.7", () => {
  const ssl = "SSL {\ncertificate /nowhere/director.pem\n}\n";
  const url = 'SSL_GET {\nurl {\npath /\nregex "(b"\n}\n}\n';
  const service = `virtual_server 192.0.2.1 443 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\nreal_server 192.0.2.2 443 {\n${url}}\n}\n`;
  const source = sourceOf({ "k.conf": ssl + service });
  const { text, status } = testConfig("k.conf", { source, facts: () => ({}), trial: TRIAL });
  expect(text.match(/^error.*|--> .*/gm)).toEqual([
    "error: SSL error : Cant load certificate file /nowhere/director.pem: No such file or directory",
    "--> k.conf:2:13",
    "error: Invalid regex: '(b' at offset 2: missing closing parenthesis: the check says nothing of its server",
    "--> k.conf:12:7",
  ]);
  expect(status).toBe(0);
});
