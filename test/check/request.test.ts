import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { httpCheck } from "../../src/check/http.ts";
import type { HttpUrl } from "../../src/check/http-verdict.ts";
import type { RequestText } from "../../src/check/request.ts";
import { SentFiles } from "../../src/daemon/sent-files.ts";
import { Loopback, never } from "./loopback.ts";

const loopback = new Loopback();
const folder = mkdtempSync(join(tmpdir(), "request-"));
afterAll(() => {
  loopback.close();
  rmSync(folder, { recursive: true });
});

const PLAIN: RequestText = { method: "GET", headers: [], body: undefined, credentials: undefined };

interface Seen extends Pick<IncomingMessage, "method" | "url" | "headers"> {
  readonly body: string;
}

async function ask(target: Target, request: Partial<RequestText>, url: Partial<HttpUrl> = {}): Promise<Verdict> {
  const pace = { connectTimeout: seconds(5), delayLoop: seconds(5) };
  const asked = { path: "/", statusCodes: [[200, 299]] as const, digest: undefined, virtualHost: undefined, ...url };
  const check = { ...target, ...pace, protocol: "1.1" as const, virtualHost: "www.example" };
  return await httpCheck(check, { ...asked, request: { ...PLAIN, ...request } }, loopback.io, never());
}

/** What Node's HTTP server makes of a request; it keeps what it answers open. */
async function seen(request: Partial<RequestText>): Promise<Seen> {
  let found: Seen | undefined;
  const target = await loopback.adopt(
    createServer((message, response) => {
      let body = "";
      message.on("data", (chunk: Buffer) => {
        body += String(chunk);
      });
      message.on("end", () => {
        found = { method: message.method, url: message.url, headers: message.headers, body };
        response.setHeader("Content-Length", 5).end("hello");
      });
    }),
  );
  expect(await ask(target, request)).toEqual(UP);
  if (found === undefined) throw new Error("nothing was asked");
  return found;
}

test.each(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"])(
  "%s reaches the server, and its answer is up",
  async (method) => expect((await seen({ method })).method).toBe(method),
);

test("headers come as they are written, and one may stand in the place of ours", async () => {
  const headers = [
    ["X-Probe", 'a, b; c="d"'],
    ["Accept", "*/*"],
    ["user-agent", "probe/1"],
  ] as const;
  const { headers: found } = await seen({ headers });
  expect(found).toMatchObject({
    "x-probe": 'a, b; c="d"',
    accept: "*/*",
    "user-agent": "probe/1",
    host: "www.example",
  });
  expect((await seen({})).headers["user-agent"]).toBe("KeepAliveClient");
});

test("a body comes with its length in bytes; without one the length is said where a server waits for one", async () => {
  const post = await seen({ method: "POST", body: { text: "größe\n" } });
  expect(post).toMatchObject({ method: "POST", body: "größe\n", headers: { "content-length": "8" } });
  expect((await seen({ method: "PUT" })).headers["content-length"]).toBe("0");
  expect((await seen({ method: "DELETE" })).headers["content-length"]).toBeUndefined();
});

test("a body of a file comes byte by byte", async () => {
  const file = join(folder, "body");
  writeFileSync(file, "x".repeat(300_000));
  expect((await seen({ method: "POST", body: { file } })).body).toHaveLength(300_000);
});

test("a login is RFC 7617's, and of a file the first line", async () => {
  const file = join(folder, "login");
  writeFileSync(file, "Aladdin:open sesame\r\nnot this\n");
  const { authorization } = (await seen({ credentials: { file } })).headers;
  expect(authorization).toBe("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); // RFC 7617 §2
  expect((await seen({ credentials: { text: "test:123£" } })).headers.authorization).toBe("Basic dGVzdDoxMjPCow=="); // §2.1
});

test("the answer to HEAD ends with its headers, whatever length they announce and however long the connection stays", async () => {
  const target = await loopback.listen((socket) => {
    socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"));
  });
  expect(await ask(target, { method: "HEAD" })).toEqual(UP);
});

test.each<[string, Partial<RequestText>, RegExp]>([
  ["body", { body: { file: join(folder, "missing") } }, /^cannot read .*missing: No such file or directory$/],
  ["login", { credentials: { file: folder } }, /: it is no file$/],
  ["login without a colon", { credentials: { file: join(folder, "wordless") } }, /does not begin with USER:PASSWORD$/],
  ["body of more than 1 MiB", { body: { file: join(folder, "huge") } }, /: it has more than 1048576 bytes$/],
])("a %s that cannot be had says nothing of the server, and nobody is asked", async (_, request, why) => {
  writeFileSync(join(folder, "wordless"), "secret\n");
  writeFileSync(join(folder, "huge"), Buffer.alloc((1 << 20) + 1));
  const refused = await loopback.closedPort();
  expect(await ask(refused, request)).toEqual({ up: false, local: true, why: expect.stringMatching(why) });
});

test("a file is read once, and anew after a reload; one that was not there is looked for again", () => {
  const files = new SentFiles();
  const path = join(folder, "later");
  expect(files.of(path)).toContain("No such file");
  writeFileSync(path, "one");
  expect(Buffer.from(files.of(path) as Uint8Array).toString()).toBe("one");
  writeFileSync(path, "two");
  expect(Buffer.from(files.of(path) as Uint8Array).toString()).toBe("one");
  files.forget();
  expect(Buffer.from(files.of(path) as Uint8Array).toString()).toBe("two");
});
