// npm run bench -- failover [TRIALS] [MINUTES]: everything that a master's loss and a start cost, ours beside Debian's
// keepalived in one run. Needs root.
import { type Micros, milliseconds, seconds } from "../../../src/base/time.ts";
import type { Loss } from "../cluster-record.ts";
import { measure, takeoverTime } from "../failover.ts";
import { calm } from "./calm.ts";
import { firstAdvert } from "./first-advert.ts";
import { bothNamed, spread } from "./table.ts";
import { type VirtualMacs, virtualMacs } from "./virtual-macs.ts";

const TRIALS = Number(process.argv[2] ?? 5);
const MINUTES = Number(process.argv[3] ?? 10);
const VIRTUAL_MACS = 500;
const LOSSES: readonly (readonly [Loss, string])[] = [
  ["stop", "clean stop"],
  ["kill", "kill -9"],
  ["link", "link down"],
];

console.log(`All in one run, without -D; ${TRIALS} trials: min / median / max in milliseconds.\n`);
console.log("Takeover, after the protocol's time: the first gratuitous ARP of the first and of the last address.\n");
console.log("Early: so many trials had two masters before the first had gone; their times are left out.\n");
console.log("| advert_int | addresses | the master's | | first | last | early |");
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const interval of [seconds(1), milliseconds(10)])
  for (const addresses of [1, 100, 1000])
    for (const [loss, words] of LOSSES)
      await bothNamed(async (implementation, name) => {
        const trials = await measure(implementation, loss, { trials: TRIALS, addresses, interval, quiet: true });
        const due = takeoverTime(loss, interval);
        const timely = trials.filter(({ early }) => !early);
        const cells = (["takeover", "complete"] as const).map((of) => spread(timely.map((trial) => trial[of] - due)));
        const early = trials.length - timely.length;
        console.log(
          `| ${interval / 1_000_000} s | ${addresses} | ${words} | ${name} | ${cells.join(" | ")} | ${early} |`,
        );
      });

console.log(`\n${VIRTUAL_MACS} instances with use_vmac: from the start of the program to the last interface, and from`);
console.log("SIGTERM to the end of the last one and of the program.\n");
console.log("| | made | removed | ended |\n| --- | --- | --- | --- |");
await bothNamed(async (implementation, name) => {
  const trials: VirtualMacs[] = [];
  while (trials.length < TRIALS) trials.push(await virtualMacs(implementation, VIRTUAL_MACS));
  const cells = (["made", "removed", "ended"] as const).map((of) => spread(trials.map((trial) => trial[of])));
  console.log(`| ${name} | ${cells.join(" | ")} |`);
});

console.log("\nFrom the start of the program to its first advertisement, of an owner (priority 255).\n");
console.log("| | first advertisement |\n| --- | --- |");
await bothNamed(async (implementation, name) => {
  const trials: Micros[] = [];
  while (trials.length < TRIALS) trials.push(await firstAdvert(implementation));
  console.log(`| ${name} | ${spread(trials)} |`);
});

if (MINUTES > 0) {
  console.log(`\n${MINUTES} minutes of two directors each at 10 ms, both pairs at once.\n`);
  console.log("| | transitions | backup's adverts | gaps between adverts p50 / p99 / p99.9 / max ms |");
  console.log("| --- | --- | --- | --- |");
  for (const line of await calm(seconds(60 * MINUTES))) console.log(line);
}
process.exit();
