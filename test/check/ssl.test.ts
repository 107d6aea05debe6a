import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Micros, milliseconds } from "../../src/base/time.ts";
import { down, type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { type HttpExpectation, type SslUrl, sslCheck } from "../../src/check/http.ts";
import { TlsIdentity } from "../../src/daemon/tls-identity.ts";
import { CERTIFICATE, KEY, LOCKED_KEY } from "./certificate.ts";
import { descriptors, Loopback, never } from "./loopback.ts";

let identity: TlsIdentity;
let loopback: Loopback;
let folder: string;

beforeEach(() => {
  identity = new TlsIdentity();
  loopback = new Loopback(identity);
  folder = mkdtempSync(join(tmpdir(), "ssl-"));
});
afterEach(() => {
  loopback.close();
  rmSync(folder, { recursive: true });
});

const URL: SslUrl = {
  path: "/",
  statusCodes: [[200, 299]],
  digest: undefined,
  virtualHost: undefined,
  serverName: undefined,
  tlsCompliant: false,
};
const QUICK = { connectTimeout: milliseconds(80), delayLoop: milliseconds(150) };
const PATIENT = { connectTimeout: milliseconds(3000), delayLoop: milliseconds(3000) };
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

function expectation(target: Target, pace = PATIENT): HttpExpectation {
  return { ...target, ...pace, protocol: "1.0", virtualHost: undefined };
}

/** A TLS server that does with each connection what `serve` says once it has the request. */
async function listen(serve: (socket: TLSSocket) => void, options: TlsOptions = {}): Promise<Target> {
  const server = createServer({ key: KEY, cert: CERTIFICATE, ...options }, (socket) => {
    socket.on("error", () => {});
    let request = "";
    socket.on("data", (chunk: Buffer) => {
      request += String(chunk);
      if (request.endsWith("\r\n\r\n")) serve(socket);
    });
  });
  server.on("tlsClientError", () => {});
  return await loopback.adopt(server);
}

/** One check, and how long it took. */
async function checked(
  target: Target,
  url: Partial<SslUrl> = {},
  pace = PATIENT,
): Promise<{ verdict: Verdict; took: Micros }> {
  const startedAt = loopback.io.now();
  const verdict = await sslCheck(expectation(target, pace), { ...URL, ...url }, loopback.io, never());
  return { verdict, took: loopback.io.now() - startedAt };
}

/** What a proxy between checker and server saw: the types of the TLS records that the checker sent. */
async function relayed(target: Target): Promise<{ readonly target: Target; readonly types: number[] }> {
  const types: number[] = [];
  const relay = await loopback.listen((client) => {
    let bytes: Buffer = Buffer.alloc(0);
    const upstream = connect({ port: target.port, host: "127.0.0.1" });
    upstream.on("error", () => {});
    upstream.pipe(client);
    client.on("data", (chunk: Buffer) => {
      upstream.write(chunk);
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt16BE(3)) {
        types.push(bytes.readUInt8(0));
        bytes = bytes.subarray(5 + bytes.readUInt16BE(3));
      }
    });
    client.on("end", () => upstream.end());
  });
  return { target: relay, types };
}

describe("SSL_GET", () => {
  test("is up for a certificate that it signed itself and for a foreign name: nothing is verified", async () => {
    const target = await listen((socket) => socket.end(OK));
    expect((await checked(target)).verdict).toEqual(UP);
    expect((await checked(target, { serverName: "other.example" })).verdict).toEqual(UP);
  });

  test.each([
    ["TLSv1", "TLSv1"],
    ["TLSv1.1", "TLSv1.1"],
    ["TLSv1.2", "TLSv1.2"],
    ["TLSv1.3", "TLSv1.3"],
  ] as const)("speaks %s with a server that speaks nothing else", async (version, spoken) => {
    const seen: (string | null)[] = [];
    const target = await listen(
      (socket) => {
        seen.push(socket.getProtocol());
        socket.end(OK);
      },
      { minVersion: version, maxVersion: version, ciphers: "DEFAULT:@SECLEVEL=0" },
    );
    expect((await checked(target)).verdict).toEqual(UP);
    expect(seen).toEqual([spoken]);
  });

  test("ends at Content-Length, also where the server keeps the connection open", async () => {
    const target = await listen((socket) => socket.write(OK));
    expect((await checked(target)).verdict).toEqual(UP);
  });

  test("takes the end of the connection without close_notify for an end (measured on keepalived 2.2.7)", async () => {
    const target = await listen((socket) => {
      socket.write("HTTP/1.0 200 OK\r\n\r\nhello");
      setTimeout(() => socket.destroy(), 30);
    });
    const digest = createHash("md5").update("hello").digest("hex");
    expect((await checked(target, { digest })).verdict).toEqual(UP);
  });

  test("judges status and digest as HTTP_GET does", async () => {
    const target = await listen((socket) => socket.end(OK));
    expect((await checked(target, { statusCodes: [[404, 404]] })).verdict).toEqual(
      down("HTTP status code error to: 200"),
    );
    expect((await checked(target, { digest: "0".repeat(32) })).verdict).toEqual(
      down("MD5 digest error to: 5d41402abc4b2a76b9719d911017c592"),
    );
  });

  test("names the server where it has a name, and not otherwise, nor by address (RFC 6066 §3)", async () => {
    const names: (string | false | null)[] = [];
    const target = await listen((socket) => {
      names.push(socket.servername);
      socket.end(OK);
    });
    for (const serverName of ["www.example", undefined, "192.0.2.1", "2001:db8::1"])
      await checked(target, { serverName });
    expect(names).toEqual(["www.example", false, false, false]);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "sends close_notify with tls_compliant, and nothing of the kind without (%s)",
    async (version) => {
      const server = await listen((socket) => socket.write(OK), { minVersion: version, maxVersion: version });
      const counts: number[] = [];
      for (const tlsCompliant of [true, false]) {
        const { target, types } = await relayed(server);
        expect((await checked(target, { tlsCompliant })).verdict).toEqual(UP);
        await expect.poll(() => loopback.connections).toBe(0);
        // From TLS 1.3 on an alert looks like data.
        counts.push(types.filter((type) => type === (version === "TLSv1.3" ? 23 : 21)).length);
      }
      const [compliant = 0, rude = 0] = counts;
      expect(compliant).toBe(rude + 1);
    },
  );
});

describe("an awkward TLS server", () => {
  const garbage = (socket: Socket): void => void socket.resume().end("220 smtp.example ESMTP\r\n");
  test.each<[string, (socket: Socket) => void, RegExp]>([
    ["that does not speak TLS", garbage, /^SSL handshake\/communication error connecting to: wrong version number$/],
    ["that closes", (socket) => socket.once("data", () => socket.end()), /^SSL handshake\/communication error/],
    ["that resets", (socket) => socket.once("data", () => socket.resetAndDestroy()), /^SSL handshake\/comm/],
  ])("%s within the handshake is down at once", async (_, serve, why) => {
    const { verdict, took } = await checked(await loopback.listen(serve));
    expect(verdict).toMatchObject({ up: false, local: false, why: expect.stringMatching(why) });
    expect(took).toBeLessThan(PATIENT.connectTimeout);
  });

  test("that accepts and never shakes hands is down after connect_timeout", async () => {
    const mute = await loopback.listen((socket) => socket.on("end", () => socket.end()).resume());
    const { verdict, took } = await checked(mute, {}, QUICK);
    expect(verdict).toEqual(down("Timeout connecting: the handshake does not end"));
    expect(took).toBeGreaterThanOrEqual(QUICK.connectTimeout);
    await expect.poll(() => loopback.connections).toBe(0);
  });

  test("whose handshake comes a byte now and then is down after connect_timeout", async () => {
    const target = await loopback.listen((socket) => {
      const timer = setInterval(() => socket.write("\x16"), 5);
      socket.resume().on("close", () => clearInterval(timer));
    });
    expect((await checked(target, {}, QUICK)).verdict).toMatchObject({ up: false, local: false });
  });

  test.each<[string, TlsOptions]>([
    ["a certificate", { requestCert: true, rejectUnauthorized: true, maxVersion: "TLSv1.2" }],
    ["a cipher", { ciphers: "PSK", maxVersion: "TLSv1.2" }],
  ])("that wants %s that we do not have is down with its reason", async (_, options) => {
    const { verdict } = await checked(await listen((socket) => socket.end(OK), options));
    expect(verdict).toMatchObject({ up: false, local: false, why: expect.stringMatching(/^SSL .+: .+/) });
  });

  test("that never answers the request is down after connect_timeout", async () => {
    const { verdict, took } = await checked(await listen(() => {}), {}, QUICK);
    expect(verdict).toEqual(down("Timeout SSL read"));
    expect(took).toBeGreaterThanOrEqual(QUICK.connectTimeout);
  });

  test.each<[string, (socket: TLSSocket) => void]>([
    ["headers", (socket) => void socket.write("HTTP/1.1 200 OK\r\nX: y\r\n")],
    ["body", (socket) => void socket.write("HTTP/1.1 200 OK\r\n\r\n")],
  ])("whose %s come a byte now and then is down when the next check would be due", async (_, begin) => {
    const target = await listen((socket) => {
      begin(socket);
      const timer = setInterval(() => socket.write("x"), 20);
      socket.on("close", () => clearInterval(timer));
    });
    const { verdict, took } = await checked(target, {}, QUICK);
    expect(verdict).toEqual(down("Timeout SSL read"));
    expect(took).toBeLessThan(2 * QUICK.connectTimeout + QUICK.delayLoop + milliseconds(300));
  });

  test("whose headers do not end is down after 64 KiB", async () => {
    const target = await listen((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const more = (): void => {
        while (socket.writable && socket.write(`X-Padding: ${"x".repeat(8000)}\r\n`));
      };
      socket.on("drain", more);
      more();
    });
    const { verdict, took } = await checked(target);
    expect(verdict).toEqual(down("Read, no data received from: the headers are longer than 64 KiB"));
    expect(took).toBeLessThan(PATIENT.connectTimeout);
  });

  test("whose body does not end is down when the next check would be due, and the process does not grow", async () => {
    let sent = 0;
    const target = await listen((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const more = (): void => {
        while (socket.writable && socket.write("x".repeat(16_000))) sent += 16_000;
      };
      socket.on("drain", more);
      more();
    });
    const before = process.memoryUsage.rss();
    const { verdict, took } = await checked(target, { digest: "0".repeat(32) }, QUICK);
    expect(verdict).toEqual(down("Timeout SSL read"));
    expect(took).toBeLessThan(2 * QUICK.connectTimeout + QUICK.delayLoop + milliseconds(2000));
    expect(sent).toBeGreaterThan(1_000_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
  });

  test.each<[string, (socket: TLSSocket) => void, Verdict]>([
    ["that closes without a byte", (socket) => socket.end(), down("Read, no data received from")],
    ["that closes its half before it has read the request", (socket) => socket.end(OK), UP],
    ["that says nothing between its ends", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), UP],
  ])("%s is judged by what it said", async (_, serve, expected) => {
    const server = createServer({ key: KEY, cert: CERTIFICATE, allowHalfOpen: true }, (socket) => {
      socket.on("error", () => {});
      serve(socket);
    });
    expect((await checked(await loopback.adopt(server))).verdict).toEqual(expected);
  });

  test("that shows more certificates than OpenSSL takes is down with its reason", async () => {
    const cert = CERTIFICATE.repeat(300);
    const { verdict } = await checked(await listen((socket) => socket.end(OK), { cert }));
    const why = "SSL handshake/communication error connecting to: excessive message size";
    expect(verdict).toEqual(down(why));
  });

  test("that shakes hands again and again is down after connect_timeout", async () => {
    const target = await listen(
      (socket) => {
        const again = (): void => void socket.renegotiate({}, () => setImmediate(again));
        if (!socket.destroyed) again();
      },
      { maxVersion: "TLSv1.2" },
    );
    const { verdict, took } = await checked(target, {}, QUICK);
    expect(verdict).toMatchObject({ up: false, local: false });
    expect(took).toBeLessThan(2 * QUICK.connectTimeout + QUICK.delayLoop + milliseconds(2000));
  });

  test("that resets within the body is down", async () => {
    const sockets: Socket[] = [];
    const server = createServer({ key: KEY, cert: CERTIFICATE }, (socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
        setTimeout(() => sockets[0]?.resetAndDestroy(), 30);
      });
    });
    server.on("connection", (socket) => sockets.push(socket));
    const { verdict } = await checked(await loopback.adopt(server));
    expect(verdict).toMatchObject({ up: false, why: expect.stringMatching(/^SSL read error from: /) });
  });

  test("leaves no descriptor behind after 200 checks of all kinds, and none when they are stopped", async () => {
    const good = await listen((socket) => socket.end(OK));
    const mute = await loopback.listen((socket) => socket.on("end", () => socket.end()).resume());
    const plain = await loopback.listen(garbage);
    const silent = await listen((socket) => socket.on("end", () => socket.end()));
    await checked(good); // what is made once
    await sleep(50);
    const before = descriptors();
    for (let round = 0; round < 10; round++)
      await Promise.all(
        [good, mute, plain, silent].flatMap((target) =>
          [true, false].map((tlsCompliant) => checked(target, { tlsCompliant }, QUICK)),
        ),
      );
    const stop = new AbortController();
    const stopped = [good, mute, silent].map((target) => sslCheck(expectation(target), URL, loopback.io, stop.signal));
    await sleep(5);
    stop.abort();
    await Promise.all(stopped);
    await expect.poll(() => descriptors(), { timeout: 3000 }).toBeLessThanOrEqual(before);
  });
});

describe("the SSL block", () => {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const block = (given: { certificate?: string; key?: string; ca?: string; password?: string }) => ({
    ...{ certificate: undefined, key: undefined, ca: undefined, password: undefined },
    ...given,
  });

  test("is what a server sees that asks for a certificate, its key with or without a password", async () => {
    const seen: string[] = [];
    const target = await listen(
      (socket) => {
        seen.push(String(socket.getPeerCertificate().subject?.CN));
        socket.end(OK);
      },
      { requestCert: true, rejectUnauthorized: false },
    );
    const certificate = file("certificate.pem", CERTIFICATE);
    await checked(target);
    for (const [key, password] of [
      [KEY, undefined],
      [LOCKED_KEY, "secret"],
    ] as const) {
      const given = { certificate, key: file("key.pem", key), ...(password === undefined ? {} : { password }) };
      expect(identity.configure(block({ ...given, ca: certificate }))).toBeUndefined();
      expect((await checked(target)).verdict).toEqual(UP);
    }
    expect(identity.configure(undefined)).toBeUndefined();
    await checked(target);
    expect(seen).toEqual(["undefined", "www.example", "www.example", "undefined"]);
  });

  test.each<[string, (path: typeof file) => Parameters<typeof block>[0], RegExp]>([
    [
      "certificate is not there",
      () => ({ certificate: "/tmp/no/such.pem" }),
      /certificate file \/tmp\/no\/such.pem: No s/,
    ],
    ["certificate is none", (make) => ({ certificate: make("c", "hello") }), /certificate file .*\/c: no start line/],
    [
      "key is not there",
      () => ({ key: "/tmp/no/such.pem" }),
      /key file \/tmp\/no\/such.pem: No such file or directory/,
    ],
    ["key is none", (make) => ({ key: make("k", "hello") }), /key file .*\/k: /],
    [
      "key is behind another password",
      (make) => ({ key: make("k", LOCKED_KEY), password: "wrong" }),
      /key file .*\/k: /,
    ],
    ["authorities are none", (make) => ({ ca: make("a", "hello") }), /CA file .*\/a: /],
  ])("whose %s is refused with file and reason, and what was in force stays", (_, given, words) => {
    const before = identity.context;
    expect(identity.configure(block(given(file)))).toMatch(words);
    expect(identity.configure(block(given(file)))).toMatch(/^SSL error : Cant load /);
    expect(identity.context).toBe(before);
  });
});
