import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { CheckerConfig } from "../../src/config/model/check.ts";
import { findings, reading, rendered, server } from "./reading.ts";

const block = (...lines: readonly string[]): string => ["GRPC_CHECK {", ...lines, "}"].join("\n");

/** The checker of a real server named rs.example. */
function grpc(...lines: readonly string[]): CheckerConfig | undefined {
  const { config } = reading(server("virtualhost rs.example", block(...lines)));
  return config.virtualServers[0]?.realServers[0]?.checkers[0];
}

const said = (...lines: readonly string[]) => reading(server(block(...lines)));

test("GRPC_CHECK asks for the whole server without TLS where nothing is said", () => {
  const { config } = reading(server(block()));
  expect(config.virtualServers[0]?.realServers[0]?.checkers).toEqual([
    {
      ...{
        type: "grpc",
        address: "192.0.2.11",
        port: 80,
        bindAddress: undefined,
        bindPort: 0,
        bindInterface: undefined,
      },
      ...{ fwmark: 0, connectTimeout: seconds(5), delayLoop: seconds(60), warmup: seconds(60), retry: 1 },
      ...{ delayBeforeRetry: seconds(1), alpha: false, logAllFailures: false },
      ...{ service: "", virtualHost: undefined, tls: undefined, expiryWarning: undefined },
    },
  ]);
});

const NAMED = { serverName: "rs.example", verification: undefined };

test.each<[readonly string[], object]>([
  [["service shop.Cart", "connect_port 50051"], { service: "shop.Cart", port: 50051, virtualHost: "rs.example" }],
  [["virtualhost a.example"], { virtualHost: "a.example", tls: undefined }],
  [["tls"], { tls: NAMED }],
  [
    ["tls", "virtualhost a.example:8443"],
    { virtualHost: "a.example:8443", tls: { ...NAMED, serverName: "a.example" } },
  ],
  [["tls", "sni_name b.example"], { virtualHost: "rs.example", tls: { ...NAMED, serverName: "b.example" } }],
  [
    ["tls", "tls_verify", "tls_ca /etc/ca.pem", "tls_expiry_warning 9"],
    { tls: { ...NAMED, verification: { name: "rs.example", authorities: "/etc/ca.pem" } }, expiryWarning: 9 },
  ],
])("%j is read", (lines, expected) => {
  expect(grpc(...lines)).toMatchObject(expected);
  expect(findings(said(...lines))).toEqual([]);
});

test("without a name there is none for TLS, and the certificate must be good for the address", () => {
  const { config } = reading(server(block("tls", "tls_verify")));
  const tls = { serverName: undefined, verification: { name: "192.0.2.11", authorities: undefined } };
  expect(config.virtualServers[0]?.realServers[0]?.checkers).toMatchObject([{ tls }]);
});

test.each([
  ["service /grpc.health.v1.Health/Check", "`/grpc.health.v1.Health/Check` is a method, no service"],
  ["tls_verify", "`tls_verify` has no effect: the server is asked without TLS"],
  ["sni_name a.example", "`sni_name` has no effect: the server is asked without TLS"],
  ["servce x", "unknown keyword `servce` in `GRPC_CHECK`"],
  ["connect_port 70000", "`70000` is not in the range 1 to 65535"],
])("%j is said to be wrong, with what to do", (line, message) => {
  expect(findings(said(line))).toEqual([expect.stringContaining(message)]);
  expect(rendered(said(line))).toContain("= help: ");
});

test("a value without its word leaves the check as it is, and the file is read on", () => {
  const text = server(block("service", "virtualhost a.example"));
  expect(findings(reading(text))).toHaveLength(1);
  expect(reading(text).config.virtualServers[0]?.realServers[0]?.checkers).toMatchObject([
    { service: "", virtualHost: "a.example" },
  ]);
});
