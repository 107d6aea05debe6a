import type { Socket } from "node:net";
import { createServer } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { genhash } from "../../src/daemon/genhash.ts";
import { genhashArguments, parseGenhash } from "../../src/daemon/genhash-options.ts";
import { CERTIFICATE, KEY } from "../check/certificate.ts";
import { Loopback } from "../check/loopback.ts";

let loopback: Loopback;

beforeEach(() => {
  loopback = new Loopback();
});
afterEach(() => loopback.close());

/** What is printed about a server, and the status. */
async function run(port: number, ...more: readonly string[]): Promise<readonly [said: string, status: number]> {
  const options = parseGenhash(["-s", "127.0.0.1", "-p", `${port}`, "-u", "/", ...more]);
  if (!("server" in options)) throw new Error(options.text);
  let said = "";
  const status = await genhash(options, (text) => {
    said += text;
  });
  return [said.replace(/= \d+ usecs/, "= N usecs"), status];
}

const answers = async (answer: string): Promise<number> =>
  (await loopback.listen((socket: Socket) => void socket.once("data", () => socket.end(answer, "latin1")))).port;

test("prints what keepalived --genhash 2.2.7 prints: any status, chunk framing, no more than Content-Length", async () => {
  for (const [answer, digest] of [
    ["HTTP/1.1 404 NF\r\nContent-Length: 5\r\n\r\nhello world", "5d41402abc4b2a76b9719d911017c592"],
    [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\nhello world\n\r\n0\r\n\r\n",
      "05f37e0246afe558ca5391a506fd8fa8",
    ],
    ["HTTP/1.1 200 OK\r\n\r\n", "d41d8cd98f00b204e9800998ecf8427e"],
  ] as const)
    expect(await run(await answers(answer))).toEqual([`${digest}\n`, 0]);
});

test("verbose is what keepalived --genhash 2.2.7 prints, to the byte", async () => {
  const [said] = await run(await answers("HTTP/1.1 404 NF\r\nContent-Length: 5\r\n\r\nhello"), "-v");
  expect(said).toBe(
    [
      "-----------------------[    HTTP Header Buffer    ]-----------------------",
      "0000  48 54 54 50 2f 31 2e 31 - 20 34 30 34 20 4e 46 0d   HTTP/1.1 404 NF.",
      "0016  0a 43 6f 6e 74 65 6e 74 - 2d 4c 65 6e 67 74 68 3a   .Content-Length:",
      "0032  20 35 0d 0a 0d 0a       -                            5....          ",
      "-----------------------[ HTTP Header Ascii Buffer ]-----------------------",
      "HTTP/1.1 404 NF\r\nContent-Length: 5\r\n\r\n",
      "-----------------------[        HTML Buffer        ]-----------------------",
      "0000  68 65 6c 6c 6f          -                           hello           ",
      "",
      "-----------------------[    HTML hash resulting    ]-----------------------",
      "0000  5d 41 40 2a bc 4b 2a 76 - b9 71 9d 91 10 17 c5 92   ]A@*.K*v.q......",
      "-----------------------[ HTML hash final resulting ]-----------------------",
      "5d41402abc4b2a76b9719d911017c592",
      "",
      "Global response time for [/] = N usecs",
      "",
    ].join("\n"),
  );
});

test("where there is no page it says so in Keepalived's words and ends with 1", async () => {
  const mute = (await loopback.listen((socket) => socket.resume())).port;
  expect(await run(await answers(""))).toEqual(["no data received from remote webserver\n", 1]);
  expect(await run(mute, "-t", "0.05")).toEqual(["Timeout WEB read\n", 1]);
  expect(await run(mute, "-S", "-t", "0.05")).toEqual(["Timeout connecting\n", 1]);
  expect(await run((await loopback.closedPort()).port)).toEqual(["Connection failed\n", 1]);
});

test("over TLS it names the server with -I, and asks for the host of -V", async () => {
  const seen: unknown[] = [];
  const server = createServer({ key: KEY, cert: CERTIFICATE }, (socket) => {
    socket.on("error", () => {});
    socket.once("data", (request: Buffer) => {
      seen.push(socket.servername, String(request).split("\r\n")[0], /Host: (.*)\r/.exec(String(request))?.[1]);
      socket.end("HTTP/1.1 200 OK\r\n\r\nhello");
    });
  });
  const { port } = await loopback.adopt(server);
  expect(await run(port, "-SIV", "www.example", "-P", "1.1")).toEqual(["5d41402abc4b2a76b9719d911017c592\n", 0]);
  expect(seen).toEqual(["www.example", "GET / HTTP/1.1", "www.example"]);
});

test.each<[string, string]>([
  ["", "server, port and url are needed"],
  ["-s foo -p 80 -u /", "server should be an IP, not foo"],
  ["-s 192.0.2.1 -p 0 -u /", "invalid port number '0'"],
  ["-s 192.0.2.1 -p 70000 -u /", "invalid port number '70000'"],
  ["-s 192.0.2.1 -p 80 -u / -P 2", "invalid HTTP protocol version '2'"],
  ["-s 192.0.2.1 -p 80 -u / -t x", "invalid timeout 'x'"],
  ["-s 192.0.2.1 -p 80 -u / -m x", "invalid fwmark 'x'"],
  ["-s 192.0.2.1 -p 80 -u / extra", "Unexpected argument(s): extra"],
  ["-x", "Unknown option -x"],
  ["--serv", "Missing parameter for option --server"],
])("refuses `%s` with status 1: %s", (line, why) => {
  const parsed = parseGenhash(line.split(" ").filter((word) => word !== ""));
  expect(parsed).toMatchObject({ status: 1, text: expect.stringContaining(`${why}\nUsage: `) });
});

test("is asked for by name, or by the first option; what stands before is left out with a warning", () => {
  expect(genhashArguments("/usr/bin/genhash", ["-h"])).toEqual({ args: ["-h"], warning: "" });
  expect(genhashArguments("/x/main.js", ["--genhash", "-h"])).toEqual({ args: ["-h"], warning: "" });
  expect(genhashArguments("/x/main.js", ["-D", "-T", "-h"])).toEqual({
    args: ["-h"],
    warning: "Warning -- `-T` not used as first option, previous options ignored\n",
  });
  expect(genhashArguments("/x/main.js", ["-n", "-l"])).toBeUndefined();
  expect(genhashArguments("/x/main.js", ["check", "-T"])).toBeUndefined();
  expect(parseGenhash(["-h"])).toMatchObject({ status: 0 });
});
