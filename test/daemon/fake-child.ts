// A child for the supervisor's tests. What it does is in the router_id of its configuration.
import { PermanentFailure, runChild } from "../../src/daemon/child.ts";

interface FakeReport {
  readonly lives: number;
}

runChild<FakeReport>({
  ident: "Keepalived_vrrp",
  start({ config, adopted, log, changed }) {
    const lives = (adopted?.lives ?? 0) + 1;
    if (config.global.routerId === "permanent") throw new PermanentFailure(4, "not allowed");
    if (config.global.routerId === "crash") throw new Error("a bug");
    log.info("life {lives} with {routerId}", { lives, routerId: config.global.routerId });
    changed();
    return {
      reload: ({ global }) => log.info("reloaded with {routerId}", { routerId: global.routerId }),
      stop: () => (config.global.routerId === "hang" ? new Promise<void>(() => {}) : undefined),
      report: () => ({ lives }),
    };
  },
});
