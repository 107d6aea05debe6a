import type { IpAddress } from "../base/ip.ts";

/**
 * The numbers that tell an advertisement from a copy of an old one, RFC 2402 §3.3.2 and §3.4.3. Plain JSON data: a vrrp
 * process that is started again goes on with them.
 */
export interface Sequences {
  readonly sent: number; // the last one, u32
  readonly heard: readonly Heard[]; // the last one of each neighbour, the latest at the end
}

interface Heard {
  readonly from: IpAddress;
  readonly sequence: number;
}

const LAST = 0xffff_ffff;
const NEIGHBOURS = 16; // routers of one VRID; of more the one that was silent longest is forgotten

/**
 * At the start, with the seconds since 1970: more than any number that was sent before, since adverts of VRRPv2 are a
 * second apart. Keepalived differs (2.2.7): it begins at 1, and its neighbours refuse it as a copy until it takes over.
 */
export function newSequences(wallClock: number): Sequences {
  return { sent: Math.floor(wallClock) % LAST, heard: [] };
}

/** The number of the next advertisement, above all that were sent or heard: Keepalived counts both as one series. */
export function nextSequence({ sent, heard }: Sequences): Sequences {
  const highest = heard.reduce((most, { sequence }) => Math.max(most, sequence), sent);
  return highest >= LAST ? { sent: 1, heard: [] } : { sent: highest + 1, heard };
}

/** What is known after an authentic advertisement; undefined: it is a copy. */
export function hear(sequences: Sequences, from: IpAddress, sequence: number): Sequences | undefined {
  const before = sequences.heard.find((entry) => entry.from === from);
  if (before !== undefined && sequence <= before.sequence) return undefined;
  const others = sequences.heard.filter((entry) => entry.from !== from);
  return { ...sequences, heard: [...others, { from, sequence }].slice(-NEIGHBOURS) };
}
