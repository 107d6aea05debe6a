import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";

const PAGE = `{"status": "UP"} <title>Grüß</title> a.b\n`;
const NTP = 48; // bytes of an answer at least

/** Healthy servers of every kind on every address, by the ports of `ports`; says `ready` when all listen. */
export function serve(ports: Readonly<Record<string, string>>, folder: string): void {
  const all = Object.entries(ports);
  let waiting = all.length;
  const listens = (): void => {
    if (--waiting === 0) console.log("ready");
  };
  for (const [at, kind] of all) {
    const [protocol, address = "", last] = at.split(" ");
    const port = Number(last);
    if (protocol === "udp") serveDatagrams({ address, port }, kind, listens);
    else {
      const speak = kind === "smtp" ? smtp : http;
      const server =
        kind === "ssl" ? createTlsServer(certificate(folder), speak) : createServer({ allowHalfOpen: false }, speak);
      server.on("tlsClientError", () => {});
      server.listen(port, address, 4096, listens);
    }
  }
  if (waiting === 0) console.log("ready");
}

function certificate(folder: string): { readonly key: Buffer; readonly cert: Buffer } {
  return { key: readFileSync(join(folder, "client.key")), cert: readFileSync(join(folder, "client.pem")) };
}

function http(socket: Socket): void {
  socket.on("error", () => {});
  let request = "";
  socket.on("data", (bytes) => {
    request += bytes.toString("latin1");
    if (!request.includes("\r\n\r\n")) return;
    socket.end(`HTTP/1.0 200 OK\r\nContent-Length: ${Buffer.byteLength(PAGE)}\r\n\r\n${PAGE}`);
  });
}

function smtp(socket: Socket): void {
  socket.on("error", () => {});
  socket.write("220 mail.example.com ESMTP\r\n");
  socket.on("data", (bytes) => {
    for (const line of bytes.toString("latin1").split("\r\n").slice(0, -1))
      if (/^QUIT/i.test(line)) socket.end("221 bye\r\n");
      else socket.write(/^DATA/i.test(line) ? "354 go on\r\n" : "250 ok\r\n");
  });
}

/** A DNS server says that all is well, any other what it heard, filled up to the length of an NTP packet. */
function serveDatagrams(
  { address, port }: { readonly address: string; readonly port: number },
  kind: string,
  listens: () => void,
): void {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("error", () => {});
  socket.on("message", (datagram, from) => {
    const answer = Buffer.alloc(kind === "dns" ? datagram.length : Math.max(NTP, datagram.length));
    datagram.copy(answer);
    if (kind === "dns") answer.fill(0x81, 2, 3);
    socket.send(answer, from.port, from.address);
  });
  socket.bind(port, address, listens);
}
