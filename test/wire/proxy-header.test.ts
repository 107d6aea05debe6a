import { expect, test } from "vitest";
import { toByteString } from "../../src/base/bytes.ts";
import { ip } from "../../src/base/ip.ts";
import { encodeProxyHeader, type ProxyManner } from "../../src/wire/proxy-header.ts";
import { golden } from "../golden.ts";

test.each<[string, ProxyManner, string, number, number]>([
  ["proxy-v1-tcp4", { version: 1, command: "proxy" }, "127.0.0.1", 40001, 17001],
  ["proxy-v1-tcp6", { version: 1, command: "proxy" }, "::1", 40006, 17006],
  ["proxy-v2-tcp4", { version: 2, command: "proxy" }, "127.0.0.1", 40002, 17002],
  ["proxy-v2-tcp6", { version: 2, command: "proxy" }, "::1", 40003, 17003],
  ["proxy-v2-local", { version: 2, command: "local" }, "127.0.0.1", 40004, 17004],
  ["proxy-v2-local", { version: 2, command: "local" }, "::1", 40004, 17004],
])("haproxy's own bytes: %s", (name, manner, text, from, to) => {
  const address = ip(text);
  expect(encodeProxyHeader(manner, { address, port: from }, { address, port: to })).toEqual(golden(name));
});

test("both ends, each where it belongs", () => {
  const from = { address: ip("192.0.2.1"), port: 1 };
  const to = { address: ip("192.0.2.11"), port: 65535 };
  const line = toByteString(encodeProxyHeader({ version: 1, command: "proxy" }, from, to));
  expect(line).toBe("PROXY TCP4 192.0.2.1 192.0.2.11 1 65535\r\n");
  const block = encodeProxyHeader({ version: 2, command: "proxy" }, from, to).subarray(16);
  expect([...block]).toEqual([192, 0, 2, 1, 192, 0, 2, 11, 0, 1, 255, 255]);
});

test("version 1 has a word for what is nobody's", () => {
  const end = { address: ip("192.0.2.1"), port: 1 };
  expect(toByteString(encodeProxyHeader({ version: 1, command: "local" }, end, end))).toBe("PROXY UNKNOWN\r\n");
});
