import { ip } from "../../src/base/ip.ts";
import type { Standing } from "../../src/vrrp/machine.ts";
import type { VrrpParameters } from "../../src/vrrp/parameters.ts";
import { Lan, parameters } from "./lan.ts";
import { type Command, replay, span } from "./script.ts";

/** Replays a story of routers. */
export function replayLan(story: string): string {
  const lan = new Lan();
  return replay(story, (command) => {
    perform(lan, command);
    return lan.log.splice(0);
  });
}

function perform(lan: Lan, { verb, name, options, line }: Command): void {
  const option = (key: string, otherwise: string): string => options.get(key) ?? otherwise;
  switch (verb) {
    case "router":
      lan.router({
        ...parameters(name, Number(option("priority", "100")), option("primary", "")),
        ...(options.has("v3") ? { version: 3 as const, interval: span(option("v3", "1s")) } : {}),
        ...(options.has("peers") ? { unicast: { peers: peers(option("peers", "")), ttl: undefined } } : {}),
        preempt: option("preempt", "yes") === "yes",
        preemptDelay: span(option("preempt-delay", "0s")),
        wantsMaster: option("state", "backup") === "master",
        lowerPriorityAdvert: option("answer-lower", "yes") === "yes",
        lateTimerPriority: options.has("late-timer") ? Number(option("late-timer", "254")) : undefined,
        ownerIgnoresAdverts: option("owner-ignores", "no") === "yes",
        higherPriorityAdvert: option("farewell", "no") === "yes",
      });
      return;
    case "start":
      lan.start(name, option("standing", "fit") as Standing);
      return;
    case "stop":
      lan.stop(name);
      return;
    case "kill":
      lan.kill(name);
      return;
    case "respawn":
      lan.respawn(name);
      return;
    case "sleep":
      lan.sleep(name, option("deaf", "no") === "yes");
      return;
    case "wake":
      lan.wake(name);
      return;
    case "cut":
      lan.move(name, `cut ${name}`);
      return;
    case "join":
      lan.move(name, "main");
      return;
    case "fault":
      lan.feed(name, { type: "fault" });
      return;
    case "recover":
      lan.feed(name, { type: "recovered" });
      return;
    case "reload":
      lan.feed(name, { type: "reconfigured" });
      return;
    case "priority":
      lan.prioritise(name, Number(option("to", "100")));
      return;
    case "noise": // one bad packet every `every`, for as long as `for` says
      for (let left = span(option("for", "1s")); left > 0; left -= span(option("every", "1s"))) {
        lan.inject(
          ip(option("from", "192.0.2.9")),
          Uint8Array.of(0x21, 51, 200, 0, 1, 1, 0xba, 0xd0, 0, 0, 0, 0, 0, 0, 0, 0),
        );
        lan.run(span(option("every", "1s")));
      }
      return;
    case "client":
      lan.say(
        `client sends to ${lan.neighbour}; masters: ${lan.masters.join(" ")}; addresses on: ${lan.holders.join(" ")}`,
      );
      return;
    case "run":
      lan.run(span(name));
      return;
    case "skip": // time passes untold
      lan.run(span(name));
      lan.log.length = 0;
      return;
    default:
      throw new Error(`unknown command: ${line}`);
  }
}

/** `192.0.2.2,192.0.2.3`: at any distance. */
function peers(list: string): NonNullable<VrrpParameters["unicast"]>["peers"] {
  return list.split(",").map((address) => ({ address: ip(address), minTtl: 0, maxTtl: 255 }));
}
