import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TlsOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { sslCheck } from "../../src/check/http.ts";
import { TlsIdentity } from "../../src/daemon/tls-identity.ts";
import { Authority, type Issued } from "./authority.ts";
import { CERTIFICATE, KEY } from "./certificate.ts";
import { Loopback, never } from "./loopback.ts";

const identity = new TlsIdentity();
const loopback = new Loopback(identity);
let folder: string;
let root: Authority;
let other: Authority;
let good: Issued;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tls-verify-"));
  root = Authority.root(join(folder, "root"), "Root of the tests");
  other = Authority.root(join(folder, "other"), "Another root");
  good = root.issue({ name: "www.example", names: "DNS:www.example,DNS:*.shop.example,IP:127.0.0.1" });
});
afterAll(() => {
  loopback.close();
  rmSync(folder, { recursive: true });
});

type Shown = Pick<Issued, "chain" | "key">;

async function server({ chain, key }: Shown, options: TlsOptions = {}): Promise<Target> {
  const made = createServer({ key, cert: chain, ciphers: "DEFAULT:@SECLEVEL=0", ...options }, (socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\n"));
  });
  made.on("tlsClientError", () => {});
  return await loopback.adopt(made);
}

/** `authorities`: a file; `name`: expected of the certificate. */
async function checked(target: Target, name = "www.example", authorities: string | undefined = root.file) {
  const check = { ...target, connectTimeout: seconds(10), delayLoop: seconds(10), protocol: "1.0" as const };
  const url = {
    ...{ path: "/", statusCodes: [[200, 299]] as const, digest: undefined, virtualHost: undefined },
    ...{ serverName: undefined, tlsCompliant: false, verification: { authorities, name } },
  };
  return await sslCheck({ ...check, virtualHost: undefined }, url, loopback.io, never());
}

function why(verdict: Verdict): string {
  return verdict.up ? "up" : verdict.why;
}

describe("tls_verify", () => {
  test.each(["www.example", "WWW.EXAMPLE", "a.shop.example", "127.0.0.1"])(
    "accepts a certificate that a trusted authority has signed for %s",
    async (name) => expect(await checked(await server(good), name)).toEqual(UP),
  );

  test.each([
    ["other.example", '"other.example"'],
    ["a.b.shop.example", '"a.b.shop.example"'],
    ["127.0.0.2", '"127.0.0.2"'],
  ])("does not accept it for %s, and says whom it is for", async (name, shown) => {
    const verdict = await checked(await server(good), name);
    expect(verdict).toMatchObject({ up: false, local: false });
    expect(why(verdict)).toBe(
      `Certificate not accepted from: the certificate is for "www.example", "*.shop.example", "127.0.0.1", not for ${shown}`,
    );
  });

  test("does not accept one that has expired, and says since when", async () => {
    const expired = root.issue({ name: "www.example", from: -30, to: -1 });
    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect(why(await checked(await server(expired)))).toMatch(
      new RegExp(
        `^Certificate not accepted from: the certificate of "www.example" has expired at ${day} ..:..:.. UTC$`,
      ),
    );
  });

  test("does not accept one that is not valid yet", async () => {
    const early = root.issue({ name: "www.example", from: 2, to: 9 });
    expect(why(await checked(await server(early)))).toMatch(/the certificate of "www.example" is valid from .* on$/);
  });

  test.each<[string, () => Shown, string]>([
    [
      "signed by an authority that is not trusted",
      () => other.issue({ name: "www.example" }),
      'the certificate of "www.example" is signed by "Another root", which is neither trusted nor vouched for',
    ],
    [
      "that brings its untrusted root along",
      () => {
        const { chain, key } = other.issue({ name: "www.example" });
        return { chain: chain + other.certificate, key };
      },
      'the certificate of "www.example" is signed by "Another root", which is not trusted',
    ],
    [
      "signed by itself",
      () => ({ chain: CERTIFICATE, key: KEY }),
      'the certificate of "www.example" is signed by itself, and by no trusted authority',
    ],
    [
      "whose chain has a gap",
      () => {
        const { certificate, key } = root.authority("Between").issue({ name: "www.example" });
        return { chain: certificate, key };
      },
      'the certificate of "www.example" is signed by "Between", which is neither trusted nor vouched for',
    ],
    [
      "whose authority has expired",
      () => root.authority("Between", { from: -9, to: -2 }).issue({ name: "www.example" }),
      'it is signed by "Between", which has expired at ',
    ],
    [
      "signed with SHA-1",
      () => root.issue({ name: "www.example", digest: "sha1" }),
      'the certificate of "www.example" is not trusted: a key or a signature in its chain may be too weak',
    ],
  ])("does not accept one %s", async (_, shown, words) => {
    const verdict = await checked(await server(shown()));
    expect(verdict).toMatchObject({ up: false, local: false });
    expect(why(verdict).slice("Certificate not accepted from: ".length)).toContain(words);
  });

  test("accepts one below another authority that the server shows", async () => {
    expect(await checked(await server(root.authority("Between").issue({ name: "www.example" })))).toEqual(UP);
  });

  test("takes no version before TLS 1.2, whose signatures prove nothing; without it every version is spoken", async () => {
    const target = await server(good, { minVersion: "TLSv1", maxVersion: "TLSv1.1" });
    const verdict = await checked(target);
    expect(verdict).toMatchObject({ up: false, local: false });
    expect(why(verdict)).toMatch(/^SSL handshake\/communication error connecting to: /);
  });

  test("says little of a certificate that has much to say", async () => {
    const names = Array.from({ length: 2000 }, (_, i) => `DNS:name-${i}.of.a.long.list.example`).join(",");
    const verdict = await checked(await server(root.issue({ name: "many.example", names })));
    expect(why(verdict)).toMatch(
      /for "name-0[^"]*", "name-1[^"]*", "name-2[^"]*" and 1997 more, not for "www.example"$/,
    );
  });

  test("trusts those of the SSL block where there is no tls_ca, and this host's where there is neither", async () => {
    const target = await server(good);
    const untrusted = { up: false, local: false, why: expect.stringContaining("neither trusted nor vouched for") };
    const own = new TlsIdentity();
    const beside = new Loopback(own);
    const ask = async () =>
      await sslCheck(
        {
          ...{ ...target, connectTimeout: seconds(10), delayLoop: seconds(10) },
          ...{ protocol: "1.0", virtualHost: undefined },
        },
        {
          ...{ path: "/", statusCodes: [[200, 299]], digest: undefined, virtualHost: undefined },
          ...{ serverName: undefined, tlsCompliant: false },
          verification: { authorities: undefined, name: "www.example" },
        },
        beside.io,
        never(),
      );
    try {
      expect(await ask()).toMatchObject(untrusted);
      own.configure({ ca: root.file, certificate: undefined, key: undefined, password: undefined });
      expect(own.trust(new Set([undefined]))).toEqual([]);
      expect(await ask()).toEqual(UP);
    } finally {
      beside.close();
    }
  });

  test("says nothing of the server where the authorities cannot be read, and keeps what is in force at a reload", async () => {
    const target = await server(good);
    const missing = join(folder, "missing.pem");
    const error = `SSL error : Cant load CA file ${missing}: No such file or directory`;
    expect(await checked(target, "www.example", missing)).toEqual({ up: false, local: true, why: error });
    writeFileSync(missing, root.certificate);
    expect(await checked(target, "www.example", missing)).toEqual(UP);
    writeFileSync(missing, "hello");
    const refused = [expect.stringMatching(/^SSL error : Cant load CA file .*missing.pem: /)];
    expect(identity.trust(new Set([missing]))).toEqual(refused);
    expect(identity.trust(new Set([missing]))).toEqual(refused);
    expect(await checked(target, "www.example", missing)).toEqual(UP);
    writeFileSync(missing, other.certificate);
    expect(identity.trust(new Set([missing]))).toEqual([]);
    expect(await checked(target, "www.example", missing)).toMatchObject({ up: false, local: false });
  });
});
