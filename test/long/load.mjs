// node load.mjs RATE: opens RATE connections a second to itself, as checks do, in bursts of ten milliseconds. For what
// must be on time beside it. (Checkers need IPVS; this runs where there is none.) Says on stdout how many it made.
import { connect, createServer } from "node:net";

const rate = Number(process.argv[2]);
const server = createServer((socket) => socket.end());
let made = 0;
server.listen(0, "127.0.0.1", 1024, () => {
  const { port } = server.address();
  const begin = performance.now();
  let asked = 0;
  setInterval(() => {
    for (const due = ((performance.now() - begin) * rate) / 1000; asked < due; asked++) {
      const socket = connect(port, "127.0.0.1", () => made++);
      socket.on("error", () => {});
      socket.on("end", () => socket.destroy());
      socket.resume();
    }
  }, 10);
});
process.on("SIGTERM", () => {
  console.log(made);
  process.exit();
});
