import { expect, test } from "vitest";
import type { SslCheckConfig } from "../../src/config/model/check.ts";
import { findings, reading, rendered, server } from "./reading.ts";

const URL = "url {\npath /\n}";

function ssl(...lines: readonly string[]): SslCheckConfig {
  const { config } = reading(server(["SSL_GET {", ...lines, "}"].join("\n")));
  return config.virtualServers[0]?.realServers[0]?.checkers[0] as SslCheckConfig;
}

const verified = (...lines: readonly string[]) => ssl(...lines, URL).urls[0]?.verification;
const said = (...lines: readonly string[]) => reading(server(["SSL_GET {", ...lines, URL, "}"].join("\n")));

test("any certificate will do as long as nobody asks for more", () => {
  expect(verified()).toBeUndefined();
  expect(verified("tls_verify off")).toBeUndefined();
  expect(ssl(URL).expiryWarning).toBeUndefined();
});

test.each<[readonly string[], object]>([
  [["tls_verify"], { name: "192.0.2.11", authorities: undefined }],
  [["tls_verify", "virtualhost www.example:8443"], { name: "www.example", authorities: undefined }],
  [["tls_verify", "virtualhost www.example", "sni_name a.example"], { name: "a.example", authorities: undefined }],
  [
    ["tls_verify on", "sni_name a.example", "tls_name b.example.", "tls_ca /etc/ca.pem"],
    { name: "b.example", authorities: "/etc/ca.pem" },
  ],
  [["tls_verify", "tls_name 2001:db8::1"], { name: "2001:db8::1", authorities: undefined }],
  [["tls_verify", "connect_ip 192.0.2.99"], { name: "192.0.2.99", authorities: undefined }],
])("%j wants %j", (lines, expected) => {
  expect(verified(...lines)).toEqual(expected);
  expect(findings(said(...lines))).toEqual([]);
});

test("each url has the name that it asks for", () => {
  const urls = ["a", "b"].map((name) => `url {\npath /\nvirtualhost ${name}.example\n}`);
  expect(ssl("tls_verify", ...urls).urls.map(({ verification }) => verification?.name)).toEqual([
    "a.example",
    "b.example",
  ]);
});

test("tls_expiry_warning is for a checker, with or without tls_verify", () => {
  expect(ssl("tls_expiry_warning 21", URL)).toMatchObject({ expiryWarning: 21, urls: [{ verification: undefined }] });
});

test.each([
  ["tls_verify maybe", "`maybe` is no boolean"],
  ["tls_verify\ntls_name *.example", "`*.example` is a pattern"],
  ["tls_verify\ntls_name www..example", "`www..example` is no domain name and no address"],
  ["tls_expiry_warning 0", "`0` is not in the range 1 to 36500"],
  ["tls_expiry_warning 14d", "`14d` is no whole number"],
  ["tls_ca /etc/ca.pem", "`tls_ca` has no effect without `tls_verify`: any certificate will do"],
  ["tls_verify off\ntls_name www.example", "`tls_name` has no effect without `tls_verify`: any certificate will do"],
])("%j is said to be wrong, with what to do", (line, message) => {
  expect(findings(said(line))).toEqual([expect.stringContaining(message)]);
  expect(rendered(said(line))).toContain("= help: ");
});
