import { expect, test } from "vitest";
import { Stopper } from "../../src/base/stopping.ts";

test("those who listen are told once, in the order in which they came, but not those who have left", () => {
  const told: string[] = [];
  const stopper = new Stopper();
  const left = (): void => void told.push("left");
  stopper.addEventListener("abort", () => told.push("first"));
  stopper.addEventListener("abort", left);
  stopper.addEventListener("abort", () => told.push(`second, when ${stopper.aborted}`));
  stopper.removeEventListener("abort", left);
  expect(stopper.aborted).toBe(false);
  stopper.abort();
  stopper.abort();
  expect([stopper.aborted, told]).toEqual([true, ["first", "second, when true"]]);
});

test("who leaves while others are told takes nobody's turn", () => {
  const told: string[] = [];
  const stopper = new Stopper();
  const first = (): void => {
    told.push("first");
    stopper.removeEventListener("abort", first);
  };
  stopper.addEventListener("abort", first);
  stopper.addEventListener("abort", () => told.push("second"));
  stopper.removeEventListener("abort", () => {});
  stopper.abort();
  expect(told).toEqual(["first", "second"]);
});
