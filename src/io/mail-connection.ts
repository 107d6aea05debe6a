import { readFileSync } from "node:fs";
import { connect, isIP, Socket } from "node:net";
import { type ConnectionOptions, connect as encrypt } from "node:tls";

/** What a connection brings: bytes, `encrypted` after `startTls`, once the reason of its end. */
export type MailHandler = (event: Uint8Array | "encrypted" | { readonly end: string }) => void;

/** A relay: an address or a name, which is looked up for each connection. */
export interface MailRelay {
  readonly host: string;
  readonly port: number;
  readonly encrypted: boolean; // from the first byte on
  readonly authorities: string | undefined; // path of certificates; undefined: Node's own
}

/** A TCP connection to a mail relay. `connected` is called first, then `handler`, later, neither after `close`. */
export class MailConnection {
  readonly #host: string;
  readonly #handler: MailHandler;
  readonly #authorities: string | undefined; // PEM
  #socket: Socket;
  #open = true;

  constructor({ host, port, encrypted, authorities }: MailRelay, connected: () => void, handler: MailHandler) {
    this.#host = host;
    this.#handler = handler;
    try {
      this.#authorities = authorities === undefined ? undefined : readFileSync(authorities, "utf8");
    } catch (error) {
      this.#socket = new Socket();
      setImmediate(() => this.#end(String(error)));
      return;
    }
    this.#socket = encrypted ? encrypt({ host, port, ...this.#trust() }) : connect({ host, port });
    this.#socket.once(encrypted ? "secureConnect" : "connect", () => {
      if (this.#open) connected();
    });
    this.#listen(this.#socket);
  }

  write(bytes: Uint8Array): void {
    if (this.#open) this.#socket.write(bytes);
  }

  /** Encrypts it from now on; the certificate must be good for the relay's name, or that is the end. */
  startTls(): void {
    const plain = this.#socket;
    plain.removeAllListeners("data");
    const secured = encrypt({ socket: plain, host: this.#host, ...this.#trust() });
    secured.once("secureConnect", () => this.#tell("encrypted"));
    this.#socket = secured;
    this.#listen(secured);
  }

  /** At once; what was written leaves if it can. Any number of times. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.destroySoon();
    this.#socket.unref();
  }

  /** What the relay's certificate must be good for, and by whom. */
  #trust(): ConnectionOptions {
    const servername = isIP(this.#host) === 0 ? this.#host : "";
    return { servername, ...(this.#authorities === undefined ? {} : { ca: this.#authorities }) };
  }

  #listen(socket: Socket): void {
    socket.on("data", (bytes: Uint8Array) => this.#tell(bytes));
    socket.on("error", (error) => this.#end(error.message));
    socket.on("close", () => this.#end("the relay closed the connection"));
  }

  #end(why: string): void {
    this.#tell({ end: why });
    this.close();
  }

  #tell(event: Parameters<MailHandler>[0]): void {
    if (this.#open) this.#handler(event);
  }
}
