import { type Micros, seconds } from "../../../src/base/time.ts";
import type { Implementation } from "../daemon.ts";
import { Journal } from "../journal.ts";
import { wallClock } from "../run.ts";
import { instance, read, Stand } from "../stand.ts";

/** What virtual MAC interfaces cost. */
export interface VirtualMacs {
  readonly made: Micros; //    start of the program → the last interface is there
  readonly removed: Micros; // SIGTERM → the last one is gone
  readonly ended: Micros; //   SIGTERM → the program has ended
}

const VRIDS = 255;
const PATIENCE = seconds(60);

/** A daemon with `count` instances (at most 510: IPv4 and IPv6), each with a virtual MAC interface, starts and stops. */
export async function virtualMacs(implementation: Implementation, count: number): Promise<VirtualMacs> {
  let found: VirtualMacs | undefined;
  await Stand.with(
    async (stand) => {
      const events = watch(stand);
      const from = wallClock();
      const director = stand.start("lb1", instances(count), { implementation, quiet: true });
      const made = await last(events, "made", count);
      // Nothing is removed before all of it stands: a start that goes on would be measured too.
      await events.waitFor("a quiet second", () => false, { within: seconds(2) }).catch(() => {});
      const stopped = wallClock();
      await director.stop();
      const ended = wallClock();
      const removed = await last(events, "removed", count);
      found = { made: made - from, removed: removed - stopped, ended: ended - stopped };
    },
    { ipv6: true },
  );
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}

interface LinkEvent {
  readonly kind: "made" | "removed";
  readonly name: string;
  readonly at: Micros;
}

/** What the kernel says of virtual MAC interfaces on lb1. */
function watch(stand: Stand): Journal<LinkEvent> {
  const events = new Journal<LinkEvent>("ip monitor link");
  read(stand.lan.spawn("lb1", ["ip", "-o", "monitor", "link"]), (line) => {
    const [, deleted, name] = /^(Deleted )?\d+: (vm\d+)@/.exec(line) ?? [];
    if (name !== undefined) events.push({ kind: deleted === undefined ? "made" : "removed", name, at: wallClock() });
  });
  return events;
}

/** When the last of `count` interfaces was first reported so. */
async function last(events: Journal<LinkEvent>, kind: LinkEvent["kind"], count: number): Promise<Micros> {
  const names = new Set<string>();
  const event = await events.waitFor(
    `${count} interfaces ${kind}`,
    (it) => it.kind === kind && !names.has(it.name) && names.add(it.name).size === count,
    { within: PATIENCE },
  );
  return event.at;
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
