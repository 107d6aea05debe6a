import type { FileCheckConfig } from "../config/model/check.ts";
import { fileVerdict } from "../lvs/file-check.ts";
import type { CheckerReport } from "../observe/report.ts";

export interface FileCheckHost {
  /** In the `track_file` of this name; 0 where there is none. */
  number(file: string): number;
  /** For words: the verdict is another than before. */
  turned(up: boolean): void;
}

/** The FILE_CHECK of one real server: its verdict follows a file. */
export class FileCheckRunner {
  readonly config: FileCheckConfig;
  readonly identity: string;
  readonly #host: FileCheckHost;
  #up: boolean;
  #number: number | undefined; // looked at last
  #succeeded = 0;
  #failed = 0;

  /** `up`: its verdict in the process before this one or before the reload, until it looks; a new one looks at once. */
  constructor(config: FileCheckConfig, up: boolean | undefined, host: FileCheckHost) {
    this.config = config;
    this.identity = fileCheckIdentity(config);
    this.#host = host;
    this.#up = up ?? true;
    if (up === undefined) this.look();
  }

  get up(): boolean {
    return this.#up;
  }

  /** What the number in the file adds to the weight. */
  delta(): number {
    return fileVerdict(this.config, this.#host.number(this.config.trackFile)).delta;
  }

  /** The file may say something else. Returns whether its verdict is another. */
  look(): boolean {
    const number = this.#host.number(this.config.trackFile);
    if (number === this.#number) return false;
    this.#number = number;
    const { up } = fileVerdict(this.config, number);
    if (up) this.#succeeded++;
    else this.#failed++;
    if (up === this.#up) return false;
    this.#up = up;
    this.#host.turned(up);
    return true;
  }

  /** It runs nothing. */
  stop(): void {}

  report(): CheckerReport {
    return {
      ...{ type: "file", identity: this.identity, up: this.#up, hasRun: true, latency: undefined },
      ...{ succeeded: this.#succeeded, failed: this.#failed },
    };
  }
}

/** Equal for checkers that say the same of the same number. */
export function fileCheckIdentity({ trackFile, weight, reverse }: FileCheckConfig): string {
  return JSON.stringify({ type: "file", trackFile, weight, reverse });
}
