import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seconds } from "../../src/base/time.ts";
import { until } from "./run.ts";
import type { Stand } from "./stand.ts";

/** A script that writes down how it was called, one line a call: `<word><word>`; `sleep=N` as its first word delays it. */
export class Recorder {
  readonly path: string;
  readonly #out: string;

  constructor(stand: Stand, name: string) {
    this.path = join(stand.lan.folder, `${name}.sh`);
    this.#out = join(stand.lan.folder, `${name}.out`);
    const lines = [
      "#!/bin/bash",
      "case $1 in sleep=*) sleep `echo $1 | cut -c7-`;; esac",
      `printf '%s\\n' "$(printf '<%s>' "$@")" >>${this.#out}`,
    ];
    writeFileSync(this.path, `${lines.join("\n")}\n`);
    chmodSync(this.path, 0o755);
    writeFileSync(this.#out, "");
    chmodSync(this.#out, 0o666); // for scripts of other users
  }

  get lines(): string[] {
    return existsSync(this.#out) ? readFileSync(this.#out, "utf8").split("\n").slice(0, -1) : [];
  }

  /** Waits until `count` calls are written down; all of them. */
  async waitFor(count: number): Promise<string[]> {
    await until(`${count} lines of ${this.path}`, async () => this.lines.length >= count, seconds(20)).catch(
      (error) => {
        throw new Error(`${error.message}; there are:\n${this.lines.join("\n")}`);
      },
    );
    return this.lines;
  }
}
