import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Micros, milliseconds, seconds } from "../../../src/base/time.ts";
import type { Implementation } from "../daemon.ts";
import { until, wallClock } from "../run.ts";
import { instance, Stand } from "../stand.ts";

/** What virtual MAC interfaces cost. */
export interface VirtualMacs {
  readonly made: Micros; //    start of the program → the last interface is there
  readonly removed: Micros; // SIGTERM → the last one is gone
  readonly ended: Micros; //   SIGTERM → the program has ended
}

const VRIDS = 255;
const PATIENCE = seconds(22);
const STEP = milliseconds(5);

/** A daemon with `count` instances (at most 510: IPv4 and IPv6), each with a virtual MAC interface, starts and stops. */
export async function virtualMacs(implementation: Implementation, count: number): Promise<VirtualMacs> {
  let found: VirtualMacs | undefined;
  await Stand.with(
    async (stand) => {
      // Somebody in the namespace, whose view of it is read: the kernel's news of so many interfaces get lost.
      const { pid } = stand.lan.spawn("lb1", ["sleep", "300"]);
      const there = (): number => readFileSync(`/proc/${pid}/net/dev`, "utf8").split(/^ *vm\d+:/m).length - 1;
      const reached = async (wanted: number): Promise<Micros> => {
        await until(`${wanted} interfaces`, async () => there() === wanted, PATIENCE, STEP);
        return wallClock();
      };
      const from = wallClock();
      const director = stand.start("lb1", instances(count), { implementation, quiet: true });
      const made = await reached(count);
      await sleep(2000); // a start that goes on would be measured too
      const stopped = wallClock();
      // Who has not ended after 20 s is killed, and leaves interfaces.
      const never = (): Micros => Number.POSITIVE_INFINITY;
      const [removed, ended] = await Promise.all([
        reached(0).catch(never),
        director.stop().then(wallClock).catch(never),
      ]);
      found = { made: made - from, removed: removed - stopped, ended: ended - stopped };
    },
    { ipv6: true },
  );
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}

function instances(count: number): string {
  return Array.from({ length: count }, (_, i) =>
    instance({
      name: `VI_${i}`,
      vrid: (i % VRIDS) + 1,
      priority: 100,
      addresses: [i < VRIDS ? `198.18.${i >> 8}.${i & 255}` : `fe80::${i.toString(16)}`],
      more: `use_vmac vm${i}\nversion 3`,
    }),
  ).join("");
}
