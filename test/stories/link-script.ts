import { milliseconds } from "../../src/base/time.ts";
import type { BfdParameters } from "../../src/bfd/session.ts";
import { DEFAULTS, Link } from "./link.ts";
import { type Command, replay, span } from "./script.ts";

/** Replays a story of two BFD sessions. */
export function replayLink(story: string): string {
  const link = new Link();
  return replay(story, (command) => {
    perform(link, command);
    return link.log.splice(0);
  });
}

function perform(link: Link, { verb, name, options, line }: Command): void {
  switch (verb) {
    case "session":
      link.end(name, { ...DEFAULTS, ...given(options) });
      return;
    case "start":
      link.start(name);
      return;
    case "stop":
      link.stop(name);
      return;
    case "kill":
      link.kill(name);
      return;
    case "respawn":
      link.respawn(name);
      return;
    case "reload":
      link.reload(name, given(options));
      return;
    case "cut": // both ways, or what one of them sends
      link.loses = (from) => name === "" || from === name;
      return;
    case "join":
      link.loses = () => false;
      return;
    case "run":
      link.run(span(name));
      return;
    default:
      throw new Error(`unknown command: ${line}`);
  }
}

function given(options: ReadonlyMap<string, string>): Partial<BfdParameters> {
  const spans = { min_tx: "minTransmit", min_rx: "minReceive", idle_tx: "idleTransmit" } as const;
  const found: { -readonly [K in keyof BfdParameters]?: BfdParameters[K] } = {};
  for (const [key, value] of options) {
    if (key === "multiplier") found.multiplier = Number(value);
    else if (key === "passive") found.active = false;
    else found[spans[key as keyof typeof spans]] = milliseconds(Number(value));
  }
  return found;
}
