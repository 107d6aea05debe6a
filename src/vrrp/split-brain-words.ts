import { toSeconds } from "../base/time.ts";
import type { Evidence, SplitBrainNote } from "./split-brain.ts";
import type { Spoken } from "./words.ts";

/** What is to be said of two masters, and why neither goes or who must. */
export function splitBrainWords(router: Spoken, note: SplitBrainNote): string {
  const { name } = router;
  const who = note.evidence.from;
  switch (note.name) {
    case "split-brain":
      return `(${name}) SPLIT BRAIN: ${who} is master too; ${reason(router, note.evidence)}`;
    case "split-brain-over": {
      const end = note.resigned ? "has resigned" : "is silent";
      return `(${name}) split brain is over after ${toSeconds(note.lasted).toFixed(3)} s: ${who} ${end}`;
    }
  }
}

function reason({ priority: ours }: Spoken, evidence: Evidence): string {
  switch (evidence.seen) {
    case "advertisement":
      return evidence.priority === ours
        ? `of equal priority ${ours} our address is the higher, we stay`
        : `our priority ${ours} is higher than ${evidence.priority}, we stay`;
    case "refused":
      return `its advertisements are refused (${evidence.problem}), so neither of us goes`;
    case "arp":
      return `it claims ${evidence.address} by ARP`;
  }
}
