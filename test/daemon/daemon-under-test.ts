import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";

/** The real entry of the daemon with a fake child in the place of both programs, in a folder of its own. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), "keepalived-ts-daemon-"));
  readonly #daemons: Daemon[] = [];

  async build(): Promise<void> {
    mkdirSync(join(this.folder, "dist"));
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }');
    symlinkSync(join(process.cwd(), "prebuilds"), join(this.folder, "prebuilds"));
    const banner =
      'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';
    await build({
      entryPoints: {
        main: "src/daemon/main.ts",
        vrrp: "test/daemon/fake-child.ts",
        checkers: "test/daemon/fake-child.ts",
      },
      outdir: join(this.folder, "dist"),
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      splitting: true,
      banner: { js: banner },
      logLevel: "warning",
    });
  }

  /** Starts a daemon whose files are all named after `name`. Its child gets `routerId`. */
  start(name: string, routerId: string, ...options: string[]): Daemon {
    this.write(name, routerId);
    const files = ["-f", "conf", "-p", "pid", "-r", "vrrp", "-c", "checkers"].map((word) =>
      word.startsWith("-") ? word : this.path(name, word),
    );
    const args = [join(this.folder, "dist/main.js"), "-G", "--metrics=off", ...files, ...options];
    const daemon = new Daemon(args, this.path(name, "pid"), this.path(name, "vrrp"));
    this.#daemons.push(daemon);
    return daemon;
  }

  write(name: string, routerId: string, more = ""): void {
    const instance = "interface lo0\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.1\n}";
    writeFileSync(
      this.path(name, "conf"),
      `global_defs {\nrouter_id ${routerId}\n}\nvrrp_instance V {\n${instance}\n}\n${more}`,
    );
  }

  path(name: string, suffix: string): string {
    return join(this.folder, `${name}.${suffix}`);
  }

  close(): void {
    for (const daemon of this.#daemons) daemon.kill();
    rmSync(this.folder, { recursive: true });
  }
}

/** A running daemon and what it says. */
export class Daemon {
  readonly lines: string[] = [];
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;
  readonly #pidFile: string;
  readonly #childPidFile: string;
  #heard = 0; // lines that `says` has gone past
  #wake: () => void = () => {};

  constructor(args: readonly string[], pidFile: string, childPidFile: string) {
    this.#pidFile = pidFile;
    this.#childPidFile = childPidFile;
    this.#process = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.ended = new Promise((resolve) => this.#process.once("exit", resolve));
    if (this.#process.stderr !== null)
      createInterface({ input: this.#process.stderr }).on("line", (line) => {
        this.lines.push(line.replace(/^.{24}: /, ""));
        this.#wake();
      });
  }

  /** Waits for a line that holds `text`, behind the one last waited for. */
  async says(text: string): Promise<void> {
    const until = Date.now() + 15_000; // the machine may be busy
    for (;;) {
      const at = this.lines.findIndex((line, i) => i >= this.#heard && line.includes(text));
      if (at !== -1) {
        this.#heard = at + 1;
        return;
      }
      if (Date.now() > until) throw new Error(`no "${text}" in:\n${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 500);
      });
    }
  }

  get pid(): number {
    return Number(readFileSync(this.#pidFile, "utf8"));
  }

  get childPid(): number {
    return Number(readFileSync(this.#childPidFile, "utf8"));
  }

  get leftPidFiles(): boolean {
    return existsSync(this.#pidFile) || existsSync(this.#childPidFile);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** After a test that failed: nothing may stay. */
  kill(): void {
    for (const file of [this.#pidFile, this.#childPidFile])
      if (existsSync(file)) kill(Number(readFileSync(file, "utf8")));
    this.#process.kill("SIGKILL");
  }
}

/** Whether a process is there and not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // gone already
  }
}
