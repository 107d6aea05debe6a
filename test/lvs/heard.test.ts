import { describe, expect, test } from "vitest";
import type { Health } from "../../src/lvs/health.ts";
import { type Heard, news, wordOf } from "../../src/lvs/heard.ts";

const health = (known: Partial<Health>): Health => ({
  ...{ up: true, hasRun: true, failures: 0, url: 0, failedUrl: undefined, weight: undefined, ...known },
});
const heard = (known: Partial<Heard>): Heard => ({ up: true, hasRun: true, weight: undefined, ...known });

describe("what a check says to a service", () => {
  test("a verdict is news where it is another than the one heard", () => {
    expect(news(heard({ up: true }), health({ up: false })).turned).toBe(true);
    expect(news(heard({ up: false }), health({ up: true })).turned).toBe(true);
    expect(news(heard({ up: true }), health({ up: true })).turned).toBe(false);
    expect(news(heard({ up: false }), health({ up: false })).turned).toBe(false);
  });

  test("the first verdict is news whatever was believed", () => {
    expect(news(heard({ up: false, hasRun: false }), health({ up: false })).turned).toBe(true);
    expect(news(heard({ up: true, hasRun: false }), health({ up: true })).turned).toBe(true);
  });

  test("a check that has not run says nothing, also to one that knows a verdict", () => {
    const none = { turned: false, weighed: false };
    expect(news(heard({ up: false, weight: 5 }), health({ hasRun: false }))).toEqual(none);
    expect(news(heard({ up: false, hasRun: false }), health({ hasRun: false }))).toEqual(none);
  });

  test("another weight is news, and none is too", () => {
    expect(news(heard({ weight: 5 }), health({ weight: 6 })).weighed).toBe(true);
    expect(news(heard({ weight: 5 }), health({ up: false })).weighed).toBe(true);
    expect(news(heard({ weight: 5 }), health({ weight: 5 })).weighed).toBe(false);
  });
});

test("the word behind a verdict of a process before this one is its success or failure; there is none before a verdict", () => {
  expect(wordOf(heard({}))).toEqual({ name: "succeeded" });
  expect(wordOf(heard({ up: false }))).toMatchObject({ name: "failed", retries: 0 });
  expect(wordOf(heard({ up: false, hasRun: false }))).toBeUndefined();
});
