import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { ip } from "../../src/base/ip.ts";
import type { CheckIo, Target } from "../../src/check/checker.ts";
import { checkIo } from "../../src/daemon/check-io.ts";
import type { TlsIdentity } from "../../src/daemon/tls-identity.ts";
import { Clock } from "../../src/io/clock.ts";
import { Poller } from "../../src/io/poller.ts";

/** Real sockets on 127.0.0.1, and the servers to be checked. */
export class Loopback {
  readonly #poller = new Poller();
  readonly #clock = new Clock(this.#poller);
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #datagrams = new Set<DatagramSocket>();
  readonly io: CheckIo;

  /** `identity`: what it shows of itself to TLS servers. */
  constructor(identity?: TlsIdentity) {
    this.io = checkIo(this.#clock, this.#poller, identity);
  }

  /** A server that does with each connection what `serve` says. What the checker closes early is no error of its. */
  async listen(serve: (socket: Socket) => void): Promise<Target> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      serve(socket);
    });
    return await this.adopt(server);
  }

  /** The same for a server made by others. */
  async adopt(server: Server): Promise<Target> {
    this.#servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return target((server.address() as AddressInfo).port);
  }

  /** A UDP server that says to each datagram, in order, what `answers` has for it. */
  async answer(answers: (datagram: Uint8Array, port: number) => readonly Uint8Array[]): Promise<Target> {
    const socket = createSocket("udp4");
    this.#datagrams.add(socket);
    socket.on("message", (datagram, from) => {
      for (const bytes of answers(datagram, from.port)) socket.send(bytes, from.port, from.address);
    });
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return target(socket.address().port);
  }

  /** A UDP port where nobody listens. */
  async closedUdpPort(): Promise<Target> {
    const target = await this.answer(() => []);
    for (const socket of [...this.#datagrams].slice(-1)) {
      this.#datagrams.delete(socket);
      socket.close();
      await once(socket, "close");
    }
    return target;
  }

  /** A port where nobody listens. */
  async closedPort(): Promise<Target> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return target(port);
  }

  /** What the servers still hold open. */
  get connections(): number {
    return this.#sockets.size;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) server.close();
    for (const socket of this.#datagrams) socket.close();
    this.#clock.close();
    this.#poller.close();
  }
}

/** Descriptors of this process. */
export function descriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** For a check that nobody stops. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

function target(port: number): Target {
  return {
    address: ip("127.0.0.1"),
    port,
    bindAddress: undefined,
    bindPort: 0,
    bindInterface: undefined,
    fwmark: 0,
  };
}
