import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { mac } from "../../src/base/mac.ts";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { encodeArp, gratuitousArp } from "../../src/wire/arp.ts";
import { encodeIpv4 } from "../../src/wire/ipv4.ts";
import { encodeAdvertisement } from "../../src/wire/vrrp.ts";
import { Metronome } from "../lab/metronome.ts";
import { wallClock } from "../lab/run.ts";
import { DURATION } from "./duration.ts";
import { footprint, footprintWords } from "./footprint.ts";
import { allElected, INTERVAL, LongStand, turns } from "./stand.ts";

const FLOODER = fileURLToPath(new URL("flooder.mjs", import.meta.url));
const INSTANCES = 10;
const RATE = 50_000; // packets a second
/** Of each kind. */
const SPAN = Math.min(DURATION / 4, seconds(30));

/** A VRRP advertisement, or an ARP reply of somebody who has an address that is nobody's. */
interface Forged {
  readonly arp?: true;
  readonly vrid?: number;
  readonly priority?: number;
  readonly ttl?: number;
  readonly spoilt?: true;
}

/** By the name of what is wrong with them; all from an address that is nobody's. */
const KINDS: readonly (readonly [string, readonly Forged[]])[] = [
  ["a foreign VRID", [{ vrid: 77 }, { vrid: 78 }, { vrid: 255 }]],
  [
    "a bad checksum",
    [
      { vrid: 1, spoilt: true },
      { vrid: 2, spoilt: true },
    ],
  ],
  [
    "a bad TTL",
    [
      { vrid: 1, ttl: 254 },
      { vrid: 2, ttl: 1 },
    ],
  ],
  [
    "a forged priority 0",
    [
      { vrid: 1, priority: 0 },
      { vrid: 2, priority: 0 },
    ],
  ],
  ["ARP of an address that is nobody's", [{ arp: true }]],
  [
    "a lower priority",
    [
      { vrid: 1, priority: 50 },
      { vrid: 2, priority: 50 },
    ],
  ],
];

test("50,000 packets a second that nobody should believe: no master turns, adverts are on time, memory is flat", async () => {
  await LongStand.with(async (stand) => {
    const metronome = new Metronome({ each: true });
    const [lb1, lb2] = [stand.start("lb1", "ours", INSTANCES, 200), stand.start("lb2", "ours", INSTANCES, 100)];
    await allElected(lb1, lb2, INSTANCES);
    await sleep(6_000); // the second round of announcements
    const failures: string[] = [];
    for (const [kind, forged] of KINDS) {
      const [begin, marks] = [wallClock(), [lb1.log.mark(), lb2.log.mark()] as const];
      const before = [footprint(lb1), footprint(lb2)];
      stand.watch.reset();
      const flood = [String(RATE), String(SPAN / seconds(1)), ...forged.map((one) => frame(stand, one))];
      const sent = Number(
        await stand.lan.run("other", ["nice", "-n", "-20", process.execPath, FLOODER, "eth0", ...flood]),
      );
      const took = (wallClock() - begin) / seconds(1);
      const after = [footprint(lb1), footprint(lb2)];
      const worst = stand.watch.late(10_000, INTERVAL);
      const stood = metronome.between(begin, wallClock());
      const shares = after.map(({ processor }, i) => (100 * (processor - (before[i]?.processor ?? 0))) / took);
      console.log(
        `${kind}: ${Math.round(sent / took)} packets a second; ${stand.watch.words(INTERVAL)}; ${stood}; master ${shares[0]?.toFixed(0)} %, backup ${shares[1]?.toFixed(0)} % of a processor; ${after.map(footprintWords).join("; ")}`,
      );
      const turned = [...turns(lb1, marks[0]), ...turns(lb2, marks[1])];
      if (turned.length > 0) failures.push(`${kind}: ${turned.join(", ")} (${stood})`);
      if (worst > milliseconds(10) + metronome.longest(begin, wallClock()))
        failures.push(`${kind}: an advert ${worst / 1000} ms late (${stood})`);
      if (stand.watch.resignations > 0) failures.push(`${kind}: ${stand.watch.resignations} resignations`);
      if (sent / took < RATE / 10) failures.push(`${kind}: ${sent / took} packets a second are no flood`); // two cores do what they can
      for (const [i, { resident, descriptors }] of after.entries())
        if (resident > 1.1 * (before[i]?.resident ?? 0) + 16 || descriptors !== before[i]?.descriptors)
          failures.push(`${kind}: ${i === 0 ? "the master" : "the backup"} takes more than before`);
      await sleep(1_000);
    }
    metronome.stop();
    expect(failures).toEqual([]);
  });
});

/** As an ethernet frame, in hexadecimal. */
function frame(stand: LongStand, { arp, vrid = 1, priority = 250, ttl = 255, spoilt }: Forged): string {
  if (arp) {
    const reply = { ...gratuitousArp(mac(stand.lan.mac("other")), ip("192.0.2.200")), operation: "reply" } as const;
    return Buffer.from(encodeArp(reply)).toString("hex");
  }
  const addresses = { from: ip("192.0.2.66"), to: ip("224.0.0.18") };
  const carried = [ip(`198.18.0.${vrid}`)];
  const message = encodeAdvertisement(
    { version: 3, vrid, priority, interval: INTERVAL, addresses: carried },
    addresses,
  );
  const payload = spoilt ? message.with(6, (message[6] ?? 0) ^ 0x55) : message;
  const packet = encodeIpv4({ ...addresses, protocol: 112, ttl, tos: 0xc0, id: 1, payload });
  const sender = stand.lan.mac("other").replaceAll(":", "");
  return `01005e000012${sender}0800${Buffer.from(packet).toString("hex")}`;
}
