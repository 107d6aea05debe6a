import { createConnection, type Socket } from "node:net";
import { concat } from "../base/bytes.ts";
import {
  type AgentxIds,
  type AgentxPacket,
  type AgentxRequest,
  agentxLength,
  CLOSE_REASON,
  decodeAgentx,
  encodeAgentx,
  MOST_AGENTX,
} from "../wire/agentx.ts";

/** What a connection brings. `ended` comes once, last. */
export interface AgentxListener {
  connected(): void;
  heard(packet: AgentxPacket): void;
  ended(why: string): void;
}

/** A connection to an AgentX master, on a unix socket or by TCP. A master that sends what is no packet is left. */
export class AgentxConnection {
  readonly #socket: Socket;
  readonly #listener: AgentxListener;
  #received: Uint8Array = new Uint8Array();
  #open = true;

  constructor(
    to: { readonly path: string } | { readonly host: string; readonly port: number },
    listener: AgentxListener,
  ) {
    this.#listener = listener;
    this.#socket = createConnection({ ...to });
    this.#socket.unref(); // it keeps no daemon alive
    this.#socket.setKeepAlive(true, 60_000);
    this.#socket.on("connect", () => {
      if (this.#open) this.#listener.connected();
    });
    this.#socket.on("data", (bytes) => this.#read(bytes));
    this.#socket.on("error", (error) => this.#end(error.message));
    this.#socket.on("close", () => this.#end("it closed the connection"));
  }

  /** A master that does not read is left before what waits for it fills the memory. */
  send(pdu: AgentxRequest, ids: AgentxIds): void {
    if (!this.#open) return;
    this.#socket.write(encodeAgentx(pdu, ids));
    if (this.#socket.writableLength > MOST_WAITING) this.#end("it does not read");
  }

  /** What was sent leaves if it can. Nothing is heard any more. */
  close(): void {
    this.#open = false;
    this.#socket.destroySoon();
  }

  #read(bytes: Uint8Array): void {
    this.#received = this.#received.length === 0 ? bytes : concat(this.#received, bytes);
    while (this.#open) {
      const length = agentxLength(this.#received);
      if (length !== undefined && length > MOST_AGENTX) this.#end("it sent a packet that is too long");
      if (length === undefined || this.#received.length < length) return;
      const decoded = decodeAgentx(this.#received.subarray(0, length));
      this.#received = this.#received.subarray(length);
      if (decoded.ok) this.#listener.heard(decoded.value);
      else this.#end(`it sent a bad packet (${decoded.reason})`);
    }
  }

  #end(why: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.destroy();
    this.#listener.ended(why);
  }
}

const MOST_WAITING = 0x100_0000; // bytes

/** Says goodbye: that the session ends in order. */
export const GOODBYE: AgentxRequest = { type: "close", reason: CLOSE_REASON.shutdown };
