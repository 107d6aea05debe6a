import { defineConfig } from "vitest/config";

/** `fast`: no root, no network, seconds. `lab`: namespaces and the emulated kernel, needs root. */
export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      { test: { name: "fast", include: ["test/**/*.test.ts"], exclude: ["test/lab/**"] } },
      {
        test: {
          name: "lab",
          include: ["test/lab/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/base/**", "src/wire/**", "src/netlink/**", "src/vrrp/**", "src/lvs/**"],
      reporter: ["text"],
      thresholds: { branches: 100 },
    },
  },
});
