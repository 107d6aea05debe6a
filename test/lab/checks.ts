// The checkers of a configuration, and nothing of IPVS, in the namespace where it is started: without ip_vs in the kernel
// neither our checkers process nor keepalived's runs. `node checks.js check FILE [SYSCTLS]` says one JSON line an event
// (`CheckEvent`) until SIGTERM; `node checks.js serve` is `serveDatagrams`.
import { destinationName } from "../../src/base/ipvs.ts";
import { NO_EXPIRY } from "../../src/check/expiry.ts";
import { readConfig } from "../../src/config/read.ts";
import { checkIo } from "../../src/daemon/check-io.ts";
import { CheckerRunner, healthParameters } from "../../src/daemon/checker-runner.ts";
import { hostSource } from "../../src/daemon/config-source.ts";
import { PingPermission } from "../../src/daemon/ping-permission.ts";
import { runnable } from "../../src/daemon/runnable.ts";
import { Clock } from "../../src/io/clock.ts";
import { Poller } from "../../src/io/poller.ts";
import { healthWords } from "../../src/lvs/check-words.ts";
import { unchecked } from "../../src/lvs/health.ts";
import { serverWords } from "../../src/lvs/words.ts";
import { question } from "../../src/plan/check-shape.ts";
import type { CheckEvent } from "./check-event.ts";
import { serveDatagrams } from "./datagram-servers.ts";

const [what, file = "", known = "[]"] = process.argv.slice(2);
if (what === "serve") serveDatagrams();
else check();

function check(): void {
  const poller = new Poller();
  const clock = new Clock(poller);
  const ended = { runScript: () => Promise.resolve({ exited: 0 }), runModule: () => Promise.resolve({ died: "" }) };
  const io = { ...checkIo(clock, poller), ...ended }; // neither is asked for here
  const services = runnable(readConfig(file, hostSource(undefined)).config);
  const pings = new PingPermission(JSON.parse(known));
  pings.configure(services);
  const runners: CheckerRunner[] = [];
  for (const service of services) {
    const { name: virtualServer } = service;
    const [place] = service.services;
    const port = place !== undefined && "port" in place ? place.port : 0;
    for (const server of service.realServers)
      for (const checker of server.checkers) {
        if (checker.type === "file" || checker.type === "bfd") continue;
        const realServer = serverWords(server, service.protocol);
        const subject = { type: checker.type, realServer, virtualServer, urls: [], script: "" };
        const parameters = healthParameters(checker);
        const known = { identity: question(checker), parameters, health: unchecked(parameters), expiry: NO_EXPIRY };
        const runner: CheckerRunner = new CheckerRunner(checker, known, {
          io,
          random: () => 0,
          note: (note) => say({ type: "note", service: port, note: note.name, words: healthWords(subject, note) }),
          turned: () => say({ type: "verdict", service: port, up: runner.up, server: destinationName(server) }),
          weighed: () => {},
          counted: () => {},
          warn: () => {},
        });
        runners.push(runner);
      }
  }
  for (const runner of runners) runner.start();
  process.on("SIGTERM", () => {
    for (const runner of runners) runner.stop();
    pings.restore();
    process.exit(0);
  });
  say({ type: "sysctls", sysctls: pings.sysctls });
}

function say(event: CheckEvent): void {
  console.log(JSON.stringify(event));
}
