import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { CPUS_AT_START, cpuList, cpuMask, setAffinity, setNice } from "../../src/io/threads.ts";

const status = (tid: string): string => readFileSync(`/proc/self/task/${tid}/status`, "utf8");
const threads = (): readonly string[] => readdirSync("/proc/self/task");

afterEach(() => void setAffinity(CPUS_AT_START));

test("processors are those of all threads, and can be given back", () => {
  const [first = 0] = CPUS_AT_START;
  expect(setAffinity([first])).toBeUndefined();
  for (const tid of threads()) expect(status(tid)).toMatch(new RegExp(`^Cpus_allowed_list:\\t${first}$`, "m"));
  expect(setAffinity(CPUS_AT_START)).toBeUndefined();
  expect(cpuList(/^Cpus_allowed_list:\t(.*)$/m.exec(status(String(process.pid)))?.[1] ?? "")).toEqual(CPUS_AT_START);
});

test("a processor that the machine does not have is refused, and nothing is changed", () => {
  expect(setAffinity([1023])?.code).toBe("EINVAL");
  expect(setAffinity([])?.code).toBe("EINVAL");
});

test("the nice value is that of all threads", () => {
  const values = (): readonly string[] =>
    threads().map(
      (tid) =>
        readFileSync(`/proc/self/task/${tid}/stat`, "utf8")
          .replace(/^.*\) /, "")
          .split(" ")[16] ?? "",
    );
  const before = values()[0] ?? "0";
  const refused = setNice(Number(before) + 1); // lower it is without a privilege
  expect(refused).toBeUndefined();
  expect(new Set(values())).toEqual(new Set([String(Number(before) + 1)]));
  setNice(Number(before));
});

test("a mask has a bit for each processor and whole longs", () => {
  expect([...cpuMask([0, 9])]).toEqual([1, 2, 0, 0, 0, 0, 0, 0]);
  expect([...cpuMask([64])]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  expect(cpuMask([63])).toHaveLength(8);
  expect(cpuMask([])).toHaveLength(0);
});

test("a list of the kernel has numbers and ranges", () => {
  expect(cpuList("0-2,8")).toEqual([0, 1, 2, 8]);
  expect(cpuList("3")).toEqual([3]);
  expect(cpuList("")).toEqual([]);
});
