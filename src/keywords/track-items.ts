import { line, type Table } from "../syntax/table.ts";
import { integer, named, several } from "../syntax/types.ts";

/** An item of `track_interface`. */
export const TRACK_INTERFACE = {
  "<IFNAME>": line(named("[weight <N> [option]]"), {
    meaning: "Object to track, one per line",
    note: "duplicates ignored with error",
    repeats: true,
  }),
  weight: line(integer(-253, 253), {
    default: "0",
    meaning: "Priority change; 0 means FAULT on failure",
    note: "254 and -254 accepted and clipped to 253",
  }),
  reverse: line(several("(word after weight)"), { default: "off", meaning: "Invert the direction of the weight" }),
} satisfies Table;

/** An item of `track_script`. */
export const TRACK_SCRIPT = {
  "<VRRP_SCRIPT NAME>": line(named("[weight <N> [option]]"), {
    meaning: "Object to track, one per line",
    note: "duplicates ignored with error",
    repeats: true,
  }),
  weight: line(integer(-253, 253), {
    default: "script weight",
    meaning: "Priority change; 0 means FAULT on failure",
    note: "254 and -254 accepted and clipped to 253",
  }),
  reverse: line(several("(word after weight)"), { default: "off", meaning: "Invert the direction of the weight" }),
  noreverse: line(several("(word after weight)"), {
    default: "definition setting",
    meaning: "Cancel a reverse from the definition",
  }),
} satisfies Table;

/** An item of `track_file` in an instance or group. */
export const TRACK_FILE_ITEM = {
  "<TRACK_FILE NAME>": line(named("[weight <N> [option]]"), {
    meaning: "Object to track, one per line",
    note: "duplicates ignored with error",
    repeats: true,
  }),
  weight: line(integer(-254, 254), { default: "file weight", meaning: "Priority change; 0 means FAULT on failure" }),
  reverse: line(several("(word after weight)"), { default: "off", meaning: "Invert the direction of the weight" }),
  noreverse: line(several("(word after weight)"), {
    default: "definition setting",
    meaning: "Cancel a reverse from the definition",
  }),
} satisfies Table;

/** An item of `track_process`. */
export const TRACK_PROCESS_ITEM = {
  "<VRRP_TRACK_PROCESS NAME>": line(named("[weight <N> [option]]"), {
    meaning: "Object to track, one per line",
    note: "duplicates ignored with error",
    repeats: true,
  }),
  weight: line(integer(-254, 254), { default: "process weight", meaning: "Priority change; 0 means FAULT on failure" }),
  reverse: line(several("(word after weight)"), { default: "off", meaning: "Invert the direction of the weight" }),
  noreverse: line(several("(word after weight)"), {
    default: "definition setting",
    meaning: "Cancel a reverse from the definition",
  }),
} satisfies Table;

/** An item of `track_bfd`. */
export const TRACK_BFD = {
  "<BFD_INSTANCE NAME>": line(named("[weight <N> [option]]"), {
    meaning: "Object to track, one per line",
    note: "duplicates ignored with error",
    repeats: true,
  }),
  weight: line(integer(-253, 253), { default: "bfd weight", meaning: "Priority change; 0 means FAULT on failure" }),
  reverse: line(several("(word after weight)"), { default: "off", meaning: "Invert the direction of the weight" }),
  noreverse: line(several("(word after weight)"), {
    default: "definition setting",
    meaning: "Cancel a reverse from the definition",
  }),
} satisfies Table;
