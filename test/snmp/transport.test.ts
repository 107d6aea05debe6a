import { expect, test } from "vitest";
import { parseTransport } from "../../src/snmp/transport.ts";

test.each([
  ["unix:/var/agentx/master", { path: "/var/agentx/master" }],
  ["/run/agentx", { path: "/run/agentx" }],
  ["tcp:localhost:705", { host: "localhost", port: 705 }],
  ["tcp:192.0.2.1:7050", { host: "192.0.2.1", port: 7050 }],
  ["192.0.2.1:7050", { host: "192.0.2.1", port: 7050 }],
  ["tcp:7050", { host: "127.0.0.1", port: 7050 }],
  ["tcp:agent.example", { host: "agent.example", port: 705 }],
  ["tcp6:[2001:db8::1]:7050", { host: "2001:db8::1", port: 7050 }],
  ["udp:localhost:705", undefined],
  ["unix:", undefined],
  ["tcp:localhost:99999", undefined],
  ["", undefined],
])("snmp_socket %s", (written, to) => {
  expect(parseTransport(written)).toEqual(to);
});
