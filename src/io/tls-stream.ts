import { isIP, Socket } from "node:net";
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type DetailedPeerCertificate,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import type { Certificate, Presented } from "../base/certificate.ts";
import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import type { Clock } from "./clock.ts";

/** What a client shows of itself: PEM. */
export interface ClientIdentity {
  readonly certificate?: Uint8Array | undefined; // with the chain behind it
  readonly key?: Uint8Array | undefined;
  readonly password?: string | undefined; // of the key
  readonly authorities?: Uint8Array | undefined; // whose signature counts; undefined: nobody's
  readonly verifies?: boolean; // then what protects no signature will not do
}

/** How a client greets its server. */
export interface TlsClient {
  readonly context: SecureContext;
  readonly serverName: string | undefined; // SNI; undefined: none is sent
  readonly closeNotify: boolean; // said before the connection is closed
  readonly http2?: boolean | undefined; // to be agreed upon, RFC 7301
}

/** `timedOut`: the handshake did not end; otherwise the server, or somebody in between, broke it off. */
export type Secured =
  | { readonly ok: true; readonly stream: TlsStream }
  | { readonly ok: false; readonly timedOut: boolean; readonly why: string };

const ANY_SERVER = 0x4; // SSL_OP_LEGACY_SERVER_CONNECT, openssl/ssl.h: also one that cannot renegotiate safely

/**
 * What all connections of one identity share: it takes longer to make than a handshake. Whatever OpenSSL can speak is
 * spoken, from TLS 1.0 and keys of any length on: to find a server old is nobody's task here. Where a certificate is
 * verified, that is OpenSSL's level 1: a signature with SHA-1 says nothing. Throws what OpenSSL says of the identity.
 */
export function clientContext(identity: ClientIdentity): SecureContext {
  const { certificate, key, password, authorities, verifies = false } = identity;
  return createSecureContext({
    ...(certificate === undefined ? {} : { cert: Buffer.from(certificate) }),
    ...(key === undefined ? {} : { key: Buffer.from(key) }),
    ...(password === undefined ? {} : { passphrase: password }),
    ca: authorities === undefined ? [] : Buffer.from(authorities), // none: reading all of Node's would take 5 MB
    minVersion: "TLSv1",
    ciphers: `DEFAULT:@SECLEVEL=${verifies ? 1 : 0}`,
    secureOptions: ANY_SERVER,
  });
}

/**
 * Shakes hands over an established connection, whose descriptor is ours from here on. Any certificate will do: what there
 * is to be said of it, `presented` says. Never rejects; gives up at the deadline or when `signal` fires.
 */
export function shakeHands(
  fd: number,
  { context, serverName, closeNotify, http2 }: TlsClient,
  clock: Clock,
  { deadline, signal }: { readonly deadline: Micros; readonly signal: StopSignal },
): Promise<Secured> {
  const socket = connect({
    socket: new Socket({ fd, readable: true, writable: true }),
    secureContext: context,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined, // by the name that is asked about, which is none of TLS
    minDHSize: 1,
    ...(http2 ? { ALPNProtocols: ["h2"] } : {}),
    ...(serverName === undefined || isIP(serverName) !== 0 ? {} : { servername: serverName }), // RFC 6066 §3
  });
  const stream = new TlsStream(socket, closeNotify);
  return new Promise((resolve) => {
    const settle = (secured: Secured): void => {
      cancel();
      signal.removeEventListener("abort", giveUp);
      socket.removeListener("secureConnect", done);
      socket.removeListener("error", fail);
      if (!secured.ok) stream.abandon();
      resolve(secured);
    };
    const done = (): void => {
      const refused = http2 && socket.alpnProtocol !== "h2";
      settle(refused ? { ok: false, timedOut: false, why: NO_HTTP2 } : { ok: true, stream });
    };
    const fail = (error: Error): void => settle({ ok: false, timedOut: false, why: tlsWords(error) });
    const giveUp = (): void => settle({ ok: false, timedOut: true, why: "the handshake does not end" });
    // Where we were held up ourselves, the answer may lie there unread: sockets have one more turn.
    const late = (): void => {
      cancel = clock.wakeAt(clock.now(), giveUp);
    };
    let cancel = clock.wakeAt(deadline, late);
    signal.addEventListener("abort", giveUp);
    socket.once("secureConnect", done);
    socket.once("error", fail);
    if (signal.aborted) giveUp();
  });
}

/** A TLS connection. No timers: whoever waits, closes. */
export class TlsStream {
  readonly #socket: TLSSocket;
  readonly #closeNotify: boolean;
  #handler: (chunk: Uint8Array | "end" | Error) => void = () => {};
  #error: Error | undefined;

  /** Of a socket whose handshake is done when somebody writes or reads. */
  constructor(socket: TLSSocket, closeNotify: boolean) {
    this.#socket = socket;
    this.#closeNotify = closeNotify;
    socket.on("error", (error) => {
      this.#error = new Error(tlsWords(error));
      this.#handler(this.#error);
    });
  }

  /** Sends bytes, later where the socket is full. An error comes to the handler. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /**
   * Reads from now on. To be set once; never called from within this call. That the connection ends without close_notify
   * is an end like another: what is asked here says itself how long it is.
   */
  onData(handler: (chunk: Uint8Array | "end" | Error) => void): void {
    this.#handler = handler;
    const known = this.#error;
    if (known !== undefined) setImmediate(() => this.#handler(known));
    this.#socket.on("data", (chunk: Uint8Array) => this.#handler(chunk));
    this.#socket.on("end", () => this.#handler("end"));
  }

  /** What the server showed of itself, and whether that is good for this name or address. */
  presented(name: string): Presented {
    const chain: DetailedPeerCertificate[] = [];
    let next: DetailedPeerCertificate | undefined = this.#socket.getPeerCertificate(true);
    while (next?.raw !== undefined && chain.length < LONGEST_CHAIN) {
      const issuer: DetailedPeerCertificate | undefined = next.issuerCertificate;
      const isRoot: boolean = issuer === next || issuer?.fingerprint256 === next.fingerprint256;
      if (!isRoot || chain.length === 0) chain.push(next); // else it is the authority, whom the server need not show
      next = isRoot ? undefined : issuer;
    }
    const [own] = chain;
    const { authorized, authorizationError } = this.#socket;
    return {
      chain: chain.map(described),
      goodForName: own !== undefined && checkServerIdentity(name, own) === undefined,
      error: authorized ? undefined : String(authorizationError),
    };
  }

  /** Closes at once, with close_notify where it is wanted; the handler is not called again. Any number of times. */
  close(): void {
    this.#handler = () => {};
    if (this.#closeNotify && !this.#socket.destroyed) {
      this.#socket.end(); // hands close_notify to the kernel; who does not read is not waited for
      setImmediate(() => this.abandon());
    } else this.abandon();
  }

  /** Closes without a word. */
  abandon(): void {
    this.#handler = () => {};
    this.#socket.destroy();
  }
}

/** What more a server shows is not looked at. */
const LONGEST_CHAIN = 16;

function described(certificate: DetailedPeerCertificate): Certificate {
  const { subject, issuer, subjectaltname, valid_from, valid_to, fingerprint256 } = certificate;
  return {
    subject: nameIn(subject),
    issuer: nameIn(issuer),
    names: subjectaltname?.split(", ").map((name) => name.replace(/^(DNS|IP Address):/, "")) ?? [],
    validFrom: secondsOf(valid_from),
    validTo: secondsOf(valid_to),
    fingerprint: fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

/** The common name, the first of several; without one all there is. */
function nameIn(subject: object = {}): string {
  const parts = Object.entries(subject).map(([key, value]) => [key, String(Array.isArray(value) ? value[0] : value)]);
  return parts.find(([key]) => key === "CN")?.[1] ?? parts.map((part) => part.join("=")).join(", ");
}

/** `Nov 22 05:34:22 2026 GMT`; what OpenSSL cannot read is `Bad time value`. */
function secondsOf(time: string): number | undefined {
  const at = Date.parse(time) / 1000;
  return Number.isFinite(at) ? at : undefined;
}
const NO_HTTP2 = "the server does not choose HTTP/2 (ALPN h2)";

/** `wrong version number` of what OpenSSL reports with file and line; others as they are. */
function tlsWords(error: Error & { readonly reason?: string }): string {
  const words = error.reason ?? error.message;
  return /alert no application protocol/.test(words) ? NO_HTTP2 : words; // RFC 7301 §3.2: we offer nothing else
}
