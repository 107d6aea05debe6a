import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEnd, type Ended, PROJECT } from "./run.ts";

/** What one boot of the emulated kernel is given. */
export interface Boot {
  readonly command: string;
  readonly timeout: number; //   seconds, for all of it
  readonly memory?: number; //   MB, default 1536
  readonly systemd?: boolean; // as init
  readonly nic?: string; //      a network card of this model, on no network
}

/** How it ended, and the files that the command left in /out. */
export interface Booted extends Ended {
  readonly read: (file: string) => string;
}

/** Runs a command on Debian's kernel with IPVS (test/lab/vm). Rejects where the runner itself cannot start. */
export async function boot({ command, timeout, memory = 1536, systemd = false, nic }: Boot): Promise<Booted> {
  const out = mkdtempSync(join(tmpdir(), "keepalived-ts-vm-"));
  const env = {
    ...process.env,
    VM_OUT: out,
    VM_TIMEOUT: String(timeout),
    VM_MEM: String(memory),
    ...(systemd ? { VM_SYSTEMD: "1" } : {}),
    ...(nic === undefined ? {} : { VM_NIC: nic }),
  };
  const child = spawn(join(PROJECT, "test/lab/vm"), [command], {
    cwd: PROJECT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const remove = (): void => rmSync(out, { recursive: true, force: true });
  const kept = atEnd(() => {
    child.kill("SIGTERM");
    remove();
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Uint8Array) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk: Uint8Array) => {
    stderr += String(chunk);
  });
  const status = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 128));
  });
  const left = readdirSync(out, { withFileTypes: true }).filter((entry) => entry.isFile());
  const files = new Map(left.map(({ name }) => [name, readFileSync(join(out, name), "utf8")]));
  const read = (file: string): string => files.get(file) ?? "";
  kept();
  remove();
  return { status, stdout, stderr, read };
}
