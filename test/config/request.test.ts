import { expect, test } from "vitest";
import type { HttpCheckConfig, RequestConfig } from "../../src/config/model/check.ts";
import { findings, reading, rendered, server } from "./reading.ts";

const file = (checker: readonly string[], ...urls: readonly string[][]): string =>
  server(["HTTP_GET {", ...checker, ...urls.flatMap((lines) => ["url {", "path /", ...lines, "}"]), "}"].join("\n"));

/** Of each url. */
function requests(checker: readonly string[], ...urls: readonly string[][]): readonly (RequestConfig | undefined)[] {
  const { config, diagnostics } = reading(file(checker, ...urls));
  expect(diagnostics).toEqual([]);
  const [check] = config.virtualServers[0]?.realServers[0]?.checkers ?? [];
  return (check as HttpCheckConfig).urls.map(({ request }) => request);
}

const GET = { method: "GET", headers: [], body: undefined, credentials: undefined };

test.each<[string, object | undefined]>([
  ["", undefined],
  ["method GET", undefined],
  ["method HEAD", { ...GET, method: "HEAD" }],
  ["header X-Probe a b", { ...GET, headers: [["X-Probe", "a b"]] }],
  ["header Accept: text/html", { ...GET, headers: [["Accept", "text/html"]] }],
  ['header X "a \\"b\\""', { ...GET, headers: [["X", 'a "b"']] }],
  ["header X 'a\\tb'", { ...GET, headers: [["X", "a\tb"]] }],
  ["body hello", { ...GET, method: "POST", body: { text: "hello" } }],
  ['body "a b\\r\\n"', { ...GET, method: "POST", body: { text: "a b\r\n" } }],
  ['body "{\\"query\\":{\\"all\\":true}}"', { ...GET, method: "POST", body: { text: '{"query":{"all":true}}' } }],
  ["method GET\nbody hello", { ...GET, body: { text: "hello" } }],
  ["body_file /etc/body", { ...GET, method: "POST", body: { file: "/etc/body" } }],
  ["basic_auth user secret", { ...GET, credentials: { text: "user:secret" } }],
  ["basic_auth user 'a \\x22b: c'", { ...GET, credentials: { text: 'user:a "b: c' } }],
  ["basic_auth_file /etc/secret", { ...GET, credentials: { file: "/etc/secret" } }],
])("%j is said of a url, or of its checker for all of them", (lines, expected) => {
  expect(requests([], lines.split("\n"))).toEqual([expected]);
  expect(requests(lines.split("\n"), [], [])).toEqual([expected, expected]);
});

test("a url takes what it does not say itself from its checker; headers add up, by name", () => {
  const checker = ["method POST", "header X-One 1", "header X-Two 2", "body checker", "basic_auth a b"];
  const url = ["header x-two two", "header X-Three 3", "body_file /etc/body"];
  expect(requests(checker, url, ["method PUT"])).toEqual([
    {
      method: "POST",
      headers: [
        ["X-One", "1"],
        ["x-two", "two"],
        ["X-Three", "3"],
      ],
      body: { file: "/etc/body" },
      credentials: { text: "a:b" },
    },
    {
      method: "PUT",
      headers: [
        ["X-One", "1"],
        ["X-Two", "2"],
      ],
      body: { text: "checker" },
      credentials: { text: "a:b" },
    },
  ]);
});

test.each([
  ["method get", "no server knows `get`", "write `GET`"],
  ["method CONNECT", "`CONNECT` is for proxies: there is no answer to be judged", ""],
  ["method G(T", "`G(T` is no method of HTTP", ""],
  ["header X(Y 1", "`X(Y` is no name of a header", ""],
  ["header X 'a\\r\\nHost: b'", "a header holds no line breaks and no control characters", ""],
  ["header X a\\x0ab", "a header holds no line breaks and no control characters", ""],
  ["header X\\r\\nY 1", "is no name of a header", ""],
  ["header Host www.example", "`Host` is no header to be set", "`virtualhost` says it"],
  ["header content-length 5", "`content-length` is no header to be set", "it is that of `body`"],
  ["header Transfer-Encoding chunked", "`Transfer-Encoding` is no header to be set", ""],
  ["header Connection close", "`Connection` is no header to be set", "`http_protocol` says it"],
  ["body two words", "a body with blanks needs quotes", "body_file"],
  ["basic_auth a b c", "a user and a password are two words", "write quotes around blanks"],
  ["basic_auth a:b c", "`a:b` has a colon, which ends a user", ""],
  ["basic_auth a 'b\\n'", "neither user nor password may hold control characters", ""],
  ["body a\nbody_file b", "`body` and `body_file` say the same: this one is left out", "delete one of them"],
  ["basic_auth a b\nbasic_auth_file c", "`basic_auth` and `basic_auth_file` say the same", ""],
  ["basic_auth a b\nheader Authorization x", "`basic_auth` makes the header `Authorization`", ""],
  ["method HEAD\nbody a", "`HEAD` has no body: this one is left out", "write `method POST`"],
])("%j is refused once, with what to do", (lines, message, help) => {
  for (const text of [file(lines.split("\n"), [], []), file([], lines.split("\n"), [])]) {
    const result = reading(text);
    expect(findings(result)).toEqual([expect.stringMatching(/^error /)]);
    expect(findings(result)[0]).toContain(message);
    expect(rendered(result)).toContain(help);
  }
});

test("what looks at a body has none where HEAD is asked for", () => {
  const looks = ["method HEAD", "digest 5d41402abc4b2a76b9719d911017c592"];
  const message = "the answer to `HEAD` has no body to look at: the check always fails";
  expect(findings(reading(file([], looks)))).toEqual([expect.stringContaining(message)]);
});

test("a path or a virtual host that would break its line is left out", () => {
  expect(findings(reading(file([], ['virtualhost "a\rX: y"'])))).toEqual([
    expect.stringContaining("error 9:13 `virtualhost` holds no line breaks and no control characters; it is left out"),
  ]);
  const bad = reading(file([], ['path "/a\rb"']));
  expect(findings(bad)).toEqual([expect.stringContaining("`path` holds no line breaks")]);
  const [check] = bad.config.virtualServers[0]?.realServers[0]?.checkers ?? [];
  expect((check as HttpCheckConfig).urls.map(({ path }) => path)).toEqual(["/"]);
});
