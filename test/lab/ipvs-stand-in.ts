import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { PROJECT } from "./run.ts";

/** Builds what stands in for the kernel's IPVS (ipvs-stand-in.c) in a folder; what a director is started with. */
export function standInForIpvs(folder: string): { readonly LD_PRELOAD: string } {
  const library = join(folder, "ipvs-stand-in.so");
  const source = join(PROJECT, "test/lab/ipvs-stand-in.c");
  execFileSync("cc", ["-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source, "-ldl"]);
  return { LD_PRELOAD: library };
}
