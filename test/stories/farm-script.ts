import type { HealthParameters } from "../../src/lvs/health.ts";
import { Farm, type FarmServer } from "./farm.ts";
import { type Command, replay, span } from "./script.ts";

/** Replays a story of web servers and their checkers. */
export function replayFarm(story: string): string {
  const servers: FarmServer[] = [];
  let farm = new Farm([], 1, false);
  return replay(story, (command) => {
    if (command.verb === "server") servers.push(server(command));
    else if (command.verb === "start") {
      farm = new Farm(servers, Number(command.options.get("quorum") ?? "1"), command.options.get("sorry") === "yes");
      farm.start();
    } else perform(farm, command);
    return farm.log.splice(0);
  });
}

function server({ name, options }: Command): FarmServer {
  const paths = (options.get("urls") ?? "/").split(",");
  const parameters: HealthParameters = {
    type: options.get("check") === "http" ? "http" : "tcp",
    urls: paths.length,
    delayLoop: span(options.get("delay_loop") ?? "6s"),
    retry: Number(options.get("retry") ?? "3"),
    delayBeforeRetry: span(options.get("delay_before_retry") ?? "3s"),
    warmup: 0,
    alpha: options.get("alpha") === "yes",
    logAllFailures: options.get("log_all_failures") === "yes",
  };
  const [address = "", weight = Number(options.get("weight") ?? "1")] = [options.get("address")];
  return { name, address, weight, inhibit: options.get("inhibit") === "yes", parameters, paths };
}

function perform(farm: Farm, { verb, name, options, line }: Command): void {
  switch (verb) {
    case "down":
      farm.web(name).running = false;
      return;
    case "up":
      farm.web(name).running = true;
      return;
    case "break":
      farm.web(name).broken.add(options.get("url") ?? "/");
      return;
    case "mend":
      farm.web(name).broken.clear();
      return;
    case "table":
      farm.show();
      return;
    case "run":
      farm.run(span(name));
      return;
    default:
      throw new Error(`unknown command: ${line}`);
  }
}
