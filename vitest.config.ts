import { defineConfig } from "vitest/config";

/** These boot the emulated kernel; what else lies in test/lab/ runs in namespaces of this one, at full speed. */
const EMULATED = ["clusters", "ipvs", "ipvsadm", "links", "resilience", "traffic", "unit"].map(
  (name) => `test/lab/${name}.test.ts`,
);
/** These measure times, or hold keepalived to them, and have the machine for themselves. */
const ALONE = [
  ...["bfd", "dbus", "director-announce", "director-election", "director-late", "director-script", "director-tracking"],
  ...["failover", "inputs"],
].map((name) => `test/lab/${name}.test.ts`);
const PATIENT = { testTimeout: 900_000, hookTimeout: 900_000 };

/**
 * `fast`: no root, no network, seconds. `lab`: network namespaces, which mostly wait: several files at once. `alone`: those
 * of them that measure, one file after the other. `vm`: the emulated kernel, one boot at a time (scripts/test). `long`: minutes each. All but the first
 * need root.
 */
export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: "100%", // the default leaves one of two cores idle
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/lab/**", "test/long/**"],
          isolate: false, // halves the processor time
          testTimeout: 30_000, // for a machine that is busy with something else
        },
      },
      {
        test: {
          name: "lab",
          include: ["test/lab/**/*.test.ts"],
          exclude: [...EMULATED, ...ALONE],
          maxConcurrency: 8,
          ...PATIENT,
        },
      },
      { test: { name: "alone", include: ALONE, fileParallelism: false, maxConcurrency: 8, ...PATIENT } },
      // What takes long is no part of `npm test`: npm run test:long; DURATION, in seconds, shortens it.
      {
        test: {
          name: "long",
          include: ["test/long/*.test.ts"],
          fileParallelism: false,
          maxConcurrency: 8,
          ...{ testTimeout: 3_600_000, hookTimeout: 3_600_000 },
        },
      },
      { test: { name: "vm", include: EMULATED, ...PATIENT } },
    ],
    coverage: {
      provider: "v8",
      include: ["base", "wire", "netlink", "vrrp", "bfd", "lvs", "notify"].map((folder) => `src/${folder}/**`),
      reporter: ["text"],
      thresholds: { branches: 100 },
    },
  },
});
