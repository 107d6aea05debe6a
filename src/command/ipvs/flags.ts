import { SERVICE_FLAGS } from "../../base/ipvs-row.ts";

/** A word of `-b`: its bit, and the scheduler it belongs to; undefined: to each. */
interface Flag {
  readonly word: string;
  readonly bit: number;
  readonly scheduler: string | undefined;
}

const FLAGS: readonly Flag[] = [
  { word: "sh-fallback", bit: SERVICE_FLAGS.first, scheduler: "sh" },
  { word: "sh-port", bit: SERVICE_FLAGS.second, scheduler: "sh" },
  { word: "mh-fallback", bit: SERVICE_FLAGS.first, scheduler: "mh" },
  { word: "mh-port", bit: SERVICE_FLAGS.second, scheduler: "mh" },
  { word: "flag-1", bit: SERVICE_FLAGS.first, scheduler: undefined },
  { word: "flag-2", bit: SERVICE_FLAGS.second, scheduler: undefined },
  { word: "flag-3", bit: SERVICE_FLAGS.third, scheduler: undefined },
];

/** The flag of that name. */
export function flagNamed(word: string): Flag | undefined {
  return FLAGS.find((flag) => flag.word === word);
}

/** The bits that words stand for, or the first word that belongs to another scheduler. */
export function flagBits(words: readonly string[], scheduler: string): number | string {
  let bits = 0;
  for (const word of words) {
    const flag = flagNamed(word);
    if (flag?.scheduler !== undefined && flag.scheduler !== scheduler) return word;
    bits |= flag?.bit ?? 0;
  }
  return bits;
}

/** `sh-fallback,sh-port`; empty where no bit is set, or none that this scheduler has a name for. */
export function flagWords(flags: number, scheduler: string): string {
  const own = FLAGS.filter((flag) => flag.scheduler === scheduler);
  const known = own.length > 0 ? own : FLAGS.filter((flag) => flag.scheduler === undefined);
  return known
    .filter(({ bit }) => flags & bit)
    .map(({ word }) => word)
    .join(",");
}
