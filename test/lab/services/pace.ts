import { EDITS } from "./edits.ts";
import type { FileLife } from "./record.ts";

/** How often servers are asked here: the seconds that take the place of what a file says. */
export interface Pace {
  readonly delayLoop: number;
  readonly retry: number; //   delay_before_retry
  readonly timeout: number; // connect_timeout
}

/** How patient the laboratory is. */
export interface Patience {
  readonly rest: number; //   ms of silence after which a table is settled
  readonly within: number; // seconds that two tables have to become equal
  readonly undo: boolean; //  each edit is undone by a reload of its own before the next one
}

/** How the corpus is played. */
export interface Play extends Patience {
  readonly pace: Pace;
  readonly standIn: boolean;
  readonly stages: number; //          pairs of directors at a time
  readonly edits: number; //           of each file, every kind in turn
  readonly only?: RegExp; //           files by name
  readonly tell?: (life: FileLife) => void;
}

/** In namespaces of this machine, for the gate. */
export const STAND_IN: Play = {
  ...{ pace: { delayLoop: 0.2, retry: 0.05, timeout: 1 }, rest: 600, within: 8, undo: false },
  ...{ standIn: true, stages: 6, edits: 1 },
};
/** The same with every edit of every file. */
export const EVERY_EDIT: Play = { ...STAND_IN, undo: true, edits: Object.keys(EDITS).length };
/** In the emulated kernel, where everything takes its time. */
export const EMULATED: Play = {
  ...{ pace: { delayLoop: 2, retry: 0.5, timeout: 5 }, rest: 4000, within: 60, undo: false },
  ...{ standIn: false, stages: 2, edits: 1 },
};
