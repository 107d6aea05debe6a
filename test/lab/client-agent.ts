// Runs on the client: opens a new connection to the VIP again and again and says how each went, one JSON line an
// attempt: [started, ended, answer], in microseconds of the wall clock; the answer is empty where none came.
// node client-agent.js HOST PORT INTERVAL_MS TIMEOUT_MS
import { connect } from "node:net";
import { wallClock } from "./run.ts";

const [host = "", port = "80", interval = "50", timeout = "500"] = process.argv.slice(2);

function ask(): void {
  const started = wallClock();
  let text = "";
  let open = true;
  const socket = connect({ host, port: Number(port) });
  const end = (answer: string): void => {
    if (!open) return;
    open = false;
    socket.destroy();
    process.stdout.write(`${JSON.stringify([started, wallClock(), answer])}\n`);
  };
  socket.setTimeout(Number(timeout), () => end(""));
  socket.on("connect", () => socket.write(`GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`));
  socket.on("data", (chunk: Uint8Array) => {
    text += Buffer.from(chunk).toString("latin1");
  });
  socket.on("end", () => end(/^HTTP\/1\.[01] 200 [\s\S]*?\r\n\r\n(.*)/.exec(text)?.[1] ?? ""));
  socket.on("error", () => end(""));
}

setInterval(ask, Number(interval));
ask();
