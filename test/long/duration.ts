import { type Micros, seconds } from "../../src/base/time.ts";

/** How long what lasts is to last: `DURATION` in seconds, or ten minutes. */
export const DURATION: Micros = seconds(Number(process.env.DURATION ?? 600));
