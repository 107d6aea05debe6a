import type { Health, HealthNote } from "./health.ts";

/** What a service knows of a check that it may share with others, which may have heard more of it. */
export type Heard = Pick<Health, "up" | "hasRun" | "weight">;

/** What is new to a service. */
export interface News {
  readonly turned: boolean; //  a verdict, another or the first
  readonly weighed: boolean; // the server asks for another weight
}

const NOTHING: News = { turned: false, weighed: false };

/**
 * What the health of a check says to a service that has heard this of it, whether it comes to a check that others have
 * begun or was there from the start: all that it would have heard of a check of its own. A check that has not run knows
 * nothing better.
 */
export function news(heard: Heard, health: Heard): News {
  if (!health.hasRun) return NOTHING;
  return { turned: !heard.hasRun || heard.up !== health.up, weighed: heard.weight !== health.weight };
}

/** The word behind a verdict, where the one who gave it is gone. */
export function wordOf({ up, hasRun }: Heard): HealthNote | undefined {
  if (!hasRun) return undefined;
  return up ? { name: "succeeded" } : { name: "failed", retries: 0, why: "found before" };
}
