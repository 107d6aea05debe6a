import { expect, test } from "vitest";
import { findings, instance, reading, server } from "../config/reading.ts";

/** Measured on keepalived 2.2.7: it takes these without a word, and refuses the ones below. */
test.each([
  ["192.0.2.9/24", "/24", "192.0.2.9"],
  ["192.0.2.9/", "/", "192.0.2.9"],
  ["192.0.2.9/24/24", "/24/24", "192.0.2.9"],
  ["192.0.2.9-12", "-12", "192.0.2.9"],
  ["192.0.2.9-1/2", "-1/2", "192.0.2.9"],
  ["192.0.2.9-1-2", "-1-2", "192.0.2.9"],
])("connect_ip %s: what stands behind the address has no effect", (text, rest, address) => {
  const result = reading(server("TCP_CHECK {", `connect_ip ${text}`, "}"));
  expect(result.config.virtualServers[0]?.realServers[0]?.checkers[0]).toMatchObject({ address });
  expect(findings(result)).toEqual([`warning 7:12 \`${rest}\` has no effect behind \`${address}\``]);
});

test.each(["192.0.2.9/24-x", "192.0.2.9x", "/24", "-", "192.0.2.256/24"])("connect_ip %s is refused", (text) => {
  const result = reading(server("TCP_CHECK {", `connect_ip ${text}`, "}"));
  expect(findings(result)).toEqual([`error 7:12 \`${text}\` is no IP address`]);
});

test("services, servers and sources are addresses of hosts", () => {
  const text = server().replace("192.0.2.254", "192.0.2.254/24").replace("192.0.2.11", "192.0.2.11/32");
  const { config } = reading(text + instance("mcast_src_ip 192.0.2.1/24"));
  const [service] = config.virtualServers;
  expect([service?.address, service?.realServers[0]?.address]).toEqual(["192.0.2.254", "192.0.2.11"]);
  expect(config.vrrpInstances[0]?.sourceAddress).toBe("192.0.2.1");
});
