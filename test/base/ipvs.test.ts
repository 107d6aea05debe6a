import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { destinationName, serviceName } from "../../src/base/ipvs.ts";

test("services and destinations are named as Keepalived names them", () => {
  expect(serviceName({ address: ip("10.9.0.100"), protocol: "tcp", port: 80 })).toBe("[10.9.0.100]:tcp:80");
  expect(serviceName({ address: ip("2001:db8::64"), protocol: "sctp", port: 0 })).toBe("[2001:db8::64]:sctp:0");
  expect(destinationName({ address: ip("10.9.0.11"), port: 80 })).toBe("[10.9.0.11]:80");
});
