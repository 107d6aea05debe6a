// npm run bench -- failover [TRIALS]: how long the addresses are nobody's when the master stops, is killed or loses its
// link, with 1, 100 and 1,000 of them, ours beside Debian's keepalived in one run. Needs root.
import type { Micros } from "../../src/base/time.ts";
import { seconds } from "../../src/base/time.ts";
import type { Loss } from "./cluster-record.ts";
import type { Implementation } from "./daemon.ts";
import { BACKUP_PRIORITY, measure, type Trial } from "./failover.ts";

const TRIALS = Number(process.argv[2] ?? 5);
const ADDRESSES = [1, 100, 1000];
const LOSSES: readonly (readonly [Loss, string])[] = [
  ["stop", "clean stop"],
  ["kill", "kill -9"],
  ["link", "link down"],
];
const IMPLEMENTATIONS: readonly Implementation[] = ["ours", "keepalived"];

const skew: Micros = seconds((256 - BACKUP_PRIORITY) / 256);

/** Milliseconds after the protocol's time: least, median and most of the trials. */
function after(trials: readonly Trial[], of: "takeover" | "complete", formula: Micros): string {
  const late = trials.map((trial) => (trial[of] - formula) / 1000).sort((a, b) => a - b);
  return [late[0], late[late.length >> 1], late.at(-1)].map((value) => value?.toFixed(1)).join(" / ");
}

console.log(
  `Milliseconds after the protocol's time, min / median / max of ${TRIALS} trials, all in one run; advert_int 1,`,
);
console.log(
  `priorities 100 and ${BACKUP_PRIORITY}. First and last: the first gratuitous ARP of the first and of the last address.\n`,
);
console.log("| addresses | the master's | | first | last |\n| --- | --- | --- | --- | --- |");
for (const addresses of ADDRESSES)
  for (const [loss, words] of LOSSES)
    for (const implementation of IMPLEMENTATIONS) {
      const trials = await measure(implementation, loss, { trials: TRIALS, addresses, quiet: true });
      const formula = skew + (loss === "stop" ? 0 : seconds(3));
      const name = implementation === "ours" ? "ours" : "keepalived 2.2.7";
      const cells = [after(trials, "takeover", formula), after(trials, "complete", formula)];
      console.log(`| ${addresses} | ${words} | ${name} | ${cells.join(" | ")} |`);
    }
process.exit();
