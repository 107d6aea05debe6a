// Web servers that behave badly: node awkward-web.mjs ADDRESS FOLDER FIRST_PORT. Each manner has a port without TLS, in the
// order below, and a hundred further up one with TLS (FOLDER/key.pem, certificate.pem). Says `ready` when all listen.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";

const [, , address, folder, firstPort] = process.argv;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/** Writes a piece now and then, until the other side is gone. */
function every(interval, socket, piece) {
  const timer = setInterval(() => socket.write(piece), interval);
  socket.on("close", () => clearInterval(timer));
}

/** What each does when it has the request; `early`: as soon as there is a connection. */
const MANNERS = {
  "is healthy": (socket) => socket.end(OK),
  "keeps the connection": (socket) => socket.write(OK),
  "has no reason phrase": (socket) => socket.end("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"),
  "speaks HTTP/9.7": (socket) => socket.end("HTTP/9.7 200 OK\r\n\r\nhello"),
  "has a body of no byte": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
  "closes its half first": { early: (socket) => socket.end(OK) },
  "never answers": () => {},
  resets: (_, raw) => raw.resetAndDestroy(),
  "closes without a byte": (socket) => socket.end(),
  "sends a byte now and then": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nX: ");
    every(300, socket, "x");
  },
  "has headers without end": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    every(20, socket, `X: ${"x".repeat(2000)}\r\n`);
  },
  "has a body without end": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    every(20, socket, "x".repeat(2000));
  },
  "redirects far": (socket) => socket.end(`HTTP/1.1 302 Found\r\nLocation: /${"x".repeat(60_000)}\r\n\r\n`),
};

function serve(manner, socket, raw) {
  socket.on("error", () => {});
  if (typeof manner !== "function") return manner.early(socket, raw);
  let request = "";
  let answered = false;
  socket.on("data", (chunk) => {
    request += chunk;
    if (answered || !request.endsWith("\r\n\r\n")) return;
    answered = true;
    manner(socket, raw);
  });
}

const certificate = { key: readFileSync(`${folder}/key.pem`), cert: readFileSync(`${folder}/certificate.pem`) };
const listening = Object.values(MANNERS).flatMap((manner, i) => {
  const raws = new Map(); // by the port of the other side
  const plain = createServer((socket) => serve(manner, socket, socket));
  const secure = createTlsServer(certificate, (socket) => serve(manner, socket, raws.get(socket.remotePort)));
  secure.on("tlsClientError", () => {});
  secure.on("connection", (raw) => {
    raw.on("error", () => {});
    raws.set(raw.remotePort, raw);
    raw.on("close", () => raws.delete(raw.remotePort));
  });
  return [plain, secure].map(
    (server, tls) => new Promise((resolve) => server.listen(Number(firstPort) + i + tls * 100, address, resolve)),
  );
});
Promise.all(listening).then(() => console.log("ready"));
