import { createServer, type Server } from "node:net";
import { createInterface } from "node:readline";

/** Opens and closes ports as it is told on standard input; whoever connects is hung up on. */
export function agent(): void {
  const servers = new Map<number, Server>();
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      const [command, ...ports] = line.split(" ");
      const each = ports.map(
        (port) =>
          new Promise<void>((resolve) => {
            const known = servers.get(Number(port));
            servers.delete(Number(port));
            if (command === "close") {
              if (known === undefined) resolve();
              else known.close(() => resolve());
            } else {
              const server = known ?? createServer((socket) => socket.on("error", () => {}).end());
              servers.set(Number(port), server);
              if (known === undefined) server.listen(Number(port), () => resolve());
              else resolve();
            }
          }),
      );
      Promise.all(each).then(() => console.log("done"));
    })
    .on("close", () => process.exit(0));
}
