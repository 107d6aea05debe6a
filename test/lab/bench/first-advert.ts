import type { Micros } from "../../../src/base/time.ts";
import type { Implementation } from "../daemon.ts";
import { wallClock } from "../run.ts";
import { instance, Stand } from "../stand.ts";

/** From the start of the program until an owner's first advertisement is on the wire. */
export async function firstAdvert(implementation: Implementation): Promise<Micros> {
  let time = Number.NaN;
  await Stand.with(async (stand) => {
    const from = wallClock();
    const director = stand.start("lb1", instance(), { implementation, quiet: true });
    const advert = await stand.capture.heard.waitFor("advert", ({ kind }) => kind === "advert");
    time = advert.at - from;
    await director.stop();
  });
  return time;
}
