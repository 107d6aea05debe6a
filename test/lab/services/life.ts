import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds, seconds, toSeconds } from "../../../src/base/time.ts";
import type { Config } from "../../../src/config/model/model.ts";
import { until, wallClock } from "../run.ts";
import { configOf, mortal, type ServicesFile } from "./corpus.ts";
import { EDITS } from "./edits.ts";
import type { Patience } from "./pace.ts";
import type { FileLife, Moment } from "./record.ts";
import type { Side } from "./side.ts";

/** What happens to each file where it can. */
export const MOMENTS = [
  "one dies",
  "all are dead",
  "all return",
  "weights 1",
  "weights 2",
  "weights as before",
  "stop",
];

const PHRASE =
  /^(Adding|Removing|Enabling|Disabling|Gained|Lost|Starting with quorum|Changing weight|service .* no longer|Shutting down|\(\S+\) Entering|BFD check)/;

/** A file on both sides: start, deaths and returns, weights, reloads with edits, stop. */
export class Life {
  readonly #sides: readonly [ours: Side, keepalived: Side];
  readonly #file: ServicesFile;
  readonly #config: Config;
  readonly #patience: Patience;
  readonly #moments: Moment[] = [];
  #from = [0, 0];

  constructor(sides: readonly [Side, Side], file: ServicesFile, patience: Patience) {
    this.#sides = sides;
    this.#file = file;
    this.#config = configOf(file.text);
    this.#patience = patience;
  }

  async live(edits: readonly string[]): Promise<FileLife> {
    const startedAt = wallClock();
    const complaints = (): string[] => {
      const texts = this.#sides[0].director.log.entries.slice(began).map(({ text }) => text);
      return texts.filter((text) => /internal error|died|ERR_|TypeError/.test(text));
    };
    const began = this.#sides[0].director.log.mark();
    let error: string | undefined;
    try {
      await this.#start("start");
      await this.#deaths();
      await this.#weights();
      for (const name of edits) await this.#edit(name);
      await this.#stop("stop");
    } catch (caught) {
      error = caught instanceof Error ? caught.message : String(caught);
      await this.#halt();
    }
    const took = toSeconds(wallClock() - startedAt);
    const life = { name: this.#file.name, moments: this.#moments, complaints: complaints(), took };
    return error === undefined ? life : { ...life, error };
  }

  async #start(name: string): Promise<void> {
    for (const side of this.#sides) {
      side.clear();
      side.write(this.#file.text);
      side.meet(this.#config.bfdInstances);
    }
    this.#mark();
    for (const { director } of this.#sides) director.start();
    const instances = this.#config.vrrpInstances.length;
    const ready = this.#sides.map(async ({ director }, i) => {
      const from = this.#from[i] ?? 0;
      const within = seconds(5 * this.#patience.within);
      await director.waitForLog(/Startup complete/, { from, within });
      if (instances > 0) await director.waitForLog(/Entering MASTER STATE/, { from, within });
    });
    await Promise.all(ready);
    await this.#moment(name, false);
  }

  async #deaths(): Promise<void> {
    const all = mortal(this.#config);
    const [first, ...others] = all;
    if (first === undefined) return;
    await this.#each((side) => side.kill([first]));
    await this.#moment("one dies", true);
    await this.#reload("reload while one is dead", this.#file.text);
    if (others.length > 0) {
      await this.#each((side) => side.kill(others));
      await this.#moment("all are dead", true);
    }
    await this.#each((side) => side.revive(all));
    await this.#moment("all return", true);
  }

  async #weights(): Promise<void> {
    const { trackFiles } = this.#config;
    const paths = trackFiles.map(({ path }) => path);
    const scripts = [...this.#file.text.matchAll(/weight\.sh (\S+?)"/g)].map(
      ([, host]) => `/etc/keepalived/weight-${host}`,
    );
    if (paths.length + scripts.length === 0) return;
    for (const [i, weight] of [7, 50].entries()) {
      for (const side of this.#sides) for (const path of [...paths, ...scripts]) side.weigh(path, weight);
      await this.#moment(`weights ${i + 1}`, true);
    }
    await this.#reload("reload with these weights", this.#file.text);
    for (const side of this.#sides) for (const path of [...paths, ...scripts]) side.weigh(path, 0);
    await this.#moment("weights as before", true);
  }

  async #edit(name: string): Promise<void> {
    const edited = EDITS[name]?.(this.#file.text);
    if (edited === undefined) return;
    await this.#reload(`edit: ${name}`, edited);
    if (this.#patience.undo) await this.#reload(`edit undone: ${name}`, this.#file.text);
  }

  async #reload(name: string, text: string): Promise<void> {
    this.#mark();
    const done = this.#sides.map(async (side, i) => {
      side.write(text);
      side.director.reload();
      await side.director.waitForLog(/Reload (complete|refused)/, {
        from: this.#from[i] ?? 0,
        within: seconds(5 * this.#patience.within),
      });
    });
    await Promise.all(done);
    if (await this.#moment(name, false)) return;
    // What one side has wrong now is not to be held against the next edit.
    await this.#stop(`stop after ${name}`);
    await this.#start(`start after ${name}`);
  }

  async #stop(name: string): Promise<void> {
    this.#mark();
    await this.#halt();
    await this.#moment(name, false);
  }

  async #halt(): Promise<void> {
    await this.#each(async (side) => {
      if (side.director.running) await side.director.stop();
      await side.part();
    });
  }

  async #each(act: (side: Side) => Promise<unknown>): Promise<void> {
    this.#mark();
    await Promise.all(this.#sides.map(act));
  }

  #mark(): void {
    this.#from = this.#sides.map(({ director }) => director.log.mark());
  }

  /** Waits until both have said what they have to say and the tables are equal, or the time is up. Whether they are. */
  async #moment(name: string, speaks: boolean): Promise<boolean> {
    const since = wallClock();
    const { rest, within } = this.#patience;
    const said = () => this.#sides.map(({ director }, i) => phrases(director.log.entries.slice(this.#from[i])));
    let count = -1;
    let quietSince = wallClock();
    const settled = async (): Promise<boolean> => {
      const words = said();
      const now = words.reduce((sum, { length }) => sum + length, 0);
      if (now !== count) quietSince = wallClock();
      count = now;
      return wallClock() - quietSince >= milliseconds(rest) && !(speaks && words.some(({ length }) => length === 0));
    };
    const spoken = await until(name, settled, seconds(within)).then(
      () => true,
      () => false,
    );
    const give = wallClock() + seconds(spoken ? within / 2 : 0);
    for (;;) {
      const [ours = [], keepalived = []] = await Promise.all(this.#sides.map((side) => side.table()));
      const equal = ours.join("\n") === keepalived.join("\n");
      if (equal || wallClock() > give) {
        const [mine = [], theirs = []] = said();
        this.#moments.push({
          name,
          ours,
          keepalived,
          said: { ours: mine, keepalived: theirs },
          took: toSeconds(wallClock() - since),
        });
        this.#mark();
        return equal;
      }
      await sleep(rest);
    }
  }
}

function phrases(entries: readonly { readonly text: string }[]): readonly string[] {
  const texts = entries.map(({ text }) => text.replace(/^\w+ \w+ [ \d]\d [\d:]+ \d+: /, ""));
  return texts.filter((text) => PHRASE.test(text)).sort();
}
