import type { Trap } from "./trap.ts";

/** A program to run, never by a shell. Compatible with `CommandConfig`. */
export interface Command {
  readonly argv: readonly string[]; // at least one
  readonly user: string | undefined;
  readonly group: string | undefined; // undefined: that of the user
}

/** A mail to the operators. */
export interface Alert {
  readonly state: string | undefined; // mailed when it is another than the last one about the same thing; undefined: always
  readonly subject: string; // without the router's name
  readonly body: string;
}

/**
 * Something that operators are told of: by scripts, by a line in the FIFOs, by SNMP, by mail. Plain JSON data; it crosses from
 * the process where it happened to the supervisor, which tells.
 */
export interface Notification {
  readonly about: string; // `INSTANCE "VI_1"`: what is about one thing is told in order
  readonly scripts: readonly Command[]; // started together, in this order
  readonly line: string | undefined; // for the FIFOs, without its end
  readonly traps?: readonly Trap[];
  readonly alert: Alert | undefined;
  readonly repeats: boolean; // others can make it happen at will: left out while the last one is on its way
  readonly final: boolean; // nothing comes after it: the daemon stops
  readonly change?: StateChange | undefined; // what a message bus shows; undefined: nothing
}

/** A virtual router has entered a state. */
export interface StateChange {
  readonly interface: string; // empty: none
  readonly vrid: number;
  readonly family: 4 | 6;
  readonly state: "MASTER" | "BACKUP" | "FAULT" | "STOP" | "DELETED";
}
