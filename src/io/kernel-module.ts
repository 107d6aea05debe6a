import { spawnSync } from "node:child_process";

/** Loads a kernel module with modprobe(8); whether that worked. Waits for it: for use before work begins. */
export function loadKernelModule(name: string): boolean {
  for (const modprobe of ["/sbin/modprobe", "/usr/sbin/modprobe"]) {
    const { status } = spawnSync(modprobe, ["--quiet", "--", name], { stdio: "ignore", timeout: 10_000 });
    if (status === 0) return true;
  }
  return false;
}
