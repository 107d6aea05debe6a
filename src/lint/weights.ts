import { parseIp } from "../base/ip.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { TrackedScript } from "../config/model/track.ts";
import { last } from "../syntax/table.ts";
import { type Finding, hint, type Lint, type LintInput, warning } from "./lint.ts";
import { ownAddresses } from "./network.ts";
import type { WrittenInstance } from "./written.ts";

/**
 * What track scripts do to an election. One file knows its own priority P and what its scripts add, never the priority
 * of the peer. So it proves: whether a result moves the priority at all (K009), whether the sum leaves 1..254 and is
 * cut, where two directors with other priorities meet (K010), and whether a fault hits every director alike (K031).
 * Whether a weight bridges the distance to the peer needs the peer's file.
 */
export const WEIGHT_LINTS: readonly Lint[] = [
  {
    code: "K009",
    name: "weak-weight",
    meaning: "the weight of a track script decides nothing, or only between close priorities",
    severity: ["warning", "hint"],
    reader: ["weak-weight"],
    check: idleWeight,
  },
  {
    code: "K010",
    name: "weight-cut",
    meaning: "weights push the priority beyond 1 to 254: directors meet at the bound, and their order is lost",
    severity: ["warning", "hint"],
    check: cutWeight,
  },
  {
    code: "K031",
    name: "shared-fault",
    meaning: "a track script without weight asks another host: when that is gone, every director is in fault",
    severity: ["hint"],
    check: sharedFault,
  },
];

const OWNER = 255; // its priority never changes
const HIGHEST = 254;
const LOWEST = 1;

/** What a script adds to the priority in the one of its two results in which it adds something. */
function share({ weight, reverse }: TrackedScript): number {
  return reverse ? -weight : weight;
}

/** The place in `track_script` that names a script; the reader keeps the first. */
function trackPlace({ body }: WrittenInstance, name: string): Finding["span"] {
  const items = body.value.settings.track_script.flatMap(({ value }) => value);
  return items.find(({ value }) => value.name === name)?.span ?? body.span;
}

/** A result moves nothing where the priority stands at the bound that the weight pushes against. At 255 the reader says it. */
function* idleWeight({ instances }: LintInput): Iterable<Finding> {
  for (const written of instances) {
    const { priority, trackScripts } = written.instance;
    const { track_interface, track_file, track_process, track_bfd } = written.body.value.settings;
    const others = [track_interface, track_file, track_process, track_bfd].some((blocks) => blocks.length > 0);
    const shares = trackScripts.map(share);
    const [raised, lowered] = [shares.some((part) => part > 0), shares.some((part) => part < 0)];
    for (const tracked of trackScripts) {
      const part = share(tracked);
      const top = priority === HIGHEST && part > 0 && !lowered && !others;
      const bottom = priority === LOWEST && part < 0 && !raised && !others;
      if (!top && !bottom) continue;
      const message = `\`${tracked.script}\` never moves the priority: it is ${priority}, the ${top ? "highest" : "lowest"} there is`;
      yield warning(message, trackPlace(written, tracked.script), "choose a priority with room for the weight");
    }
  }
}

function* cutWeight({ instances }: LintInput): Iterable<Finding> {
  for (const { instance, body } of instances) {
    const place = last(body.value.settings.track_script)?.keyword;
    const { least, most } = sums(instance);
    if (instance.priority === OWNER || place === undefined) continue;
    if (most > HIGHEST && instance.priority < HIGHEST) {
      const message = `the weights raise the priority to ${most}, which is cut to 254: a peer at 254 is its equal`;
      yield warning(message, place, `keep priority plus weights at 254 or below on every router`);
    }
    if (least < LOWEST && instance.priority > LOWEST) {
      const message = `the weights lower the priority to ${least}, which is cut to 1: a peer at 1 is its equal`;
      yield hint(message, place, "keep priority minus weights at 1 or above on every router");
    }
  }
}

/** The bounds of priority and weights together, before they are cut. */
function sums({ priority, trackScripts }: VrrpInstanceConfig): { readonly least: number; readonly most: number } {
  const shares = trackScripts.map(share);
  const sum = (parts: readonly number[]): number => parts.reduce((total, part) => total + part, priority);
  return { least: sum(shares.filter((part) => part < 0)), most: sum(shares.filter((part) => part > 0)) };
}

/** Programs whose arguments name the host that they ask. */
const ASKING = new Set(["ping", "ping6", "fping", "arping", "curl", "wget", "nc", "ncat", "netcat", "nmap", "telnet"]);

function* sharedFault({ config, tree, instances, host }: LintInput): Iterable<Finding> {
  const own = ownAddresses({ tree, host });
  const asked = new Map(config.vrrpScripts.map(({ name, argv }) => [name, askedHost(argv, own)]));
  for (const written of instances) {
    for (const { script, weight, reverse } of written.instance.trackScripts) {
      const other = asked.get(script);
      if (weight !== 0 || reverse || other === undefined) continue;
      const message = `when \`${other}\` does not answer, every director that runs \`${script}\` is in fault, and nobody holds the addresses`;
      const help = "give it a `weight`: then the one that still reaches it wins, and without any the master stays";
      yield hint(message, trackPlace(written, script), help);
    }
  }
}

/** The host that a command asks, if it is a well-known program and the host is not this one. */
function askedHost([program = "", ...words]: readonly string[], own: ReadonlySet<string>): string | undefined {
  if (!ASKING.has(program.slice(program.lastIndexOf("/") + 1))) return undefined;
  return words.flatMap((word) => hostOf(word) ?? []).find((name) => !isLocal(name) && !own.has(name));
}

function hostOf(word: string): string | undefined {
  return parseIp(word) ?? /^https?:\/\/\[?([^/?#\]]{1,253}?)\]?(?::\d+)?(?:[/?#]|$)/.exec(word)?.[1];
}

function isLocal(name: string): boolean {
  return name === "localhost" || name === "::1" || name.startsWith("127.");
}
