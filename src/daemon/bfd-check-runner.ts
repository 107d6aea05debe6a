import type { BfdCheckConfig } from "../config/model/check.ts";
import type { CheckerReport } from "../observe/report.ts";
import { question } from "../plan/check-shape.ts";

export interface BfdCheckHost {
  /** Whether the session of this name is up; undefined: nobody has said. */
  isUp(session: string): boolean | undefined;
  /** For words: the verdict is another than before. */
  turned(up: boolean): void;
}

/** The BFD_CHECK of one real server: its verdict follows a session of the bfd process. */
export class BfdCheckRunner {
  readonly config: BfdCheckConfig;
  readonly identity: string;
  readonly #host: BfdCheckHost;
  #up: boolean;
  #heard: boolean | undefined; // looked at last
  #hasRun: boolean; // it has heard of its session, or a process before this one has
  #succeeded = 0;
  #failed = 0;

  /** `up`: its verdict in the process before this one or before the reload, until it looks; a new one looks at once. */
  constructor(config: BfdCheckConfig, up: boolean | undefined, host: BfdCheckHost) {
    this.config = config;
    this.identity = question(config);
    this.#host = host;
    const known = up ?? host.isUp(config.instance);
    this.#hasRun = known !== undefined;
    this.#up = known ?? !config.alpha;
  }

  get up(): boolean {
    return this.#up;
  }

  /** A session says nothing of weights. */
  delta(): number {
    return 0;
  }

  /** The session may have turned. Returns whether its verdict is another. */
  look(): boolean {
    const up = this.#host.isUp(this.config.instance);
    if (up === undefined || up === this.#heard) return false;
    this.#heard = up;
    if (up) this.#succeeded++;
    else this.#failed++;
    this.#hasRun = true;
    if (up === this.#up) return false;
    this.#up = up;
    this.#host.turned(up);
    return true;
  }

  /** It runs nothing. */
  stop(): void {}

  report(): CheckerReport {
    return {
      ...{ type: "bfd", identity: this.identity, up: this.#up, hasRun: this.#hasRun, latency: undefined },
      ...{ succeeded: this.#succeeded, failed: this.#failed },
    };
  }
}
