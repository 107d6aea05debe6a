// Node's HTTP/2 server in a process of its own: node http2-server.mjs PORT TLS-PORT CERTIFICATE KEY. It answers with the path and
// what the request was, and says `ready` when it listens.
import { readFileSync } from "node:fs";
import { createSecureServer, createServer } from "node:http2";

const [port, tlsPort, cert, key] = process.argv.slice(2);
let waiting = 2;
const ready = () => {
  if (--waiting === 0) console.log("ready");
};
const answer = (request, response) => {
  const { remoteAddress, remotePort } = request.stream.session.socket;
  console.log(`${request.url} from ${remoteAddress.replace("::ffff:", "")} ${remotePort}`);
  response.statusCode = request.url === "/gone" ? 410 : 200;
  response.end(`${request.httpVersion} ${request.authority}\n`);
};

createServer(answer).listen(Number(port), ready);
createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, answer).listen(Number(tlsPort), ready);
