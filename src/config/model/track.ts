import type { IpAddress } from "../../base/ip.ts";
import type { Micros } from "../../base/time.ts";

/** What instances and groups can track by name, and the sessions behind `track_bfd`. */
export interface TrackConfig {
  readonly trackFiles: readonly TrackFileConfig[];
  readonly trackProcesses: readonly TrackProcessConfig[];
  readonly bfdInstances: readonly BfdInstanceConfig[];
}

/** How a tracker moves the priority: `weight N [reverse]`; 0 = failure is a fault. */
export interface TrackWeight {
  readonly weight: number;
  readonly reverse: boolean;
}

/** An item of `track_interface`, `track_file`, `track_process` or `track_bfd`, with its own weight or that of what it names. */
export interface Tracked extends TrackWeight {
  readonly name: string;
}

/** An item of `track_script`, with the script's own weight where none was given here. */
export interface TrackedScript extends TrackWeight {
  readonly script: string;
}

/** Everything that an instance or a sync group tracks. */
export interface Trackers {
  readonly trackScripts: readonly TrackedScript[];
  readonly trackInterfaces: readonly Tracked[]; // weight -253..253
  readonly trackFiles: readonly Tracked[]; // weight -254..254, multiplies the value in the file
  readonly trackProcesses: readonly Tracked[]; // weight -254..254
  readonly trackBfd: readonly Tracked[]; // weight -253..253
}

/** `track_file`: a file that holds a number. */
export interface TrackFileConfig extends TrackWeight {
  readonly name: string;
  readonly path: string;
  readonly initial: { readonly value: number; readonly overwrite: boolean } | undefined; // `init_file`; undefined: left alone
}

/** `vrrp_track_process`: how many processes of a kind run. */
export interface TrackProcessConfig extends TrackWeight {
  readonly name: string;
  readonly process: string;
  readonly parameters: readonly string[];
  readonly match: "exact" | "initial" | "partial"; // of the parameters
  readonly fullCommand: boolean; // compares the command line instead of the 15 characters of the process name
  readonly quorum: number; // 0 only where none may run
  readonly quorumMax: number | undefined; // undefined: any number
  readonly forkDelay: Micros;
  readonly terminateDelay: Micros;
}

/** `bfd_instance`: a session of RFC 5880. */
export interface BfdInstanceConfig extends TrackWeight {
  readonly name: string; // at most 31 characters
  readonly neighbor: IpAddress;
  readonly source: IpAddress | undefined;
  readonly minReceive: Micros;
  readonly minTransmit: Micros;
  readonly idleTransmit: Micros; // while the session is down
  readonly multiplier: number; // packets missed before it is down
  readonly active: boolean; // `passive` is false
  readonly ttl: number | undefined; // hop limit in IPv6; undefined: 255, and what Keepalived sends is taken
  readonly maxHops: number | undefined; // of what is received; undefined: not checked
  readonly multihop: boolean; // port 4784 of RFC 5883
  readonly vrrp: boolean; // tells the vrrp process
  readonly checkers: boolean; // tells the checkers process
}
