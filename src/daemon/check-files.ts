import type { Config } from "../config/model/model.ts";
import type { TrackFileConfig } from "../config/model/track.ts";
import { FolderWatch } from "../io/folder-watch.ts";
import type { Poller } from "../io/poller.ts";
import type { Log } from "../observe/log.ts";
import { FileTracker } from "./file-tracker.ts";
import { filesOf, type RunnableService } from "./runnable.ts";

export interface CheckFilesHost {
  readonly poller: Poller;
  readonly log: Log;
  /** The number in a file is another than before. */
  turned(file: string): void;
}

/** The files that FILE_CHECKs of services that run follow, by name. What nobody follows is not watched. */
export class CheckFiles {
  readonly #host: CheckFilesHost;
  readonly #files = new Map<string, FileTracker>();
  #known: ReadonlySet<string> = new Set(); // the paths of the configuration in force, followed or not
  #folders: FolderWatch | undefined; // while files are followed

  constructor(host: CheckFilesHost) {
    this.#host = host;
  }

  /**
   * Follows a configuration; a file that is the same stays as it is. `init_file` writes over none that was configured
   * before, and nothing at all if `respawned`. Returns the files whose number is another.
   */
  configure(
    { trackFiles }: Pick<Config, "trackFiles">,
    services: readonly RunnableService[],
    respawned: boolean,
  ): readonly string[] {
    const used = filesOf(services);
    const before = new Map(this.#files);
    const turned: string[] = [];
    this.#files.clear();
    for (const file of trackFiles.filter(({ name }) => used.has(name))) {
      const former = before.get(file.name);
      const same = former !== undefined && former.config.path === file.path;
      const tracker = same ? former : this.#follow(respawned ? { ...file, initial: undefined } : file);
      this.#files.set(file.name, tracker);
      if (same) before.delete(file.name);
      else if (former !== undefined && former.value !== tracker.value) turned.push(file.name);
    }
    this.#known = new Set(trackFiles.map(({ path }) => path));
    for (const gone of before.values()) gone.close();
    if (this.#files.size === 0) this.#closeFolders();
    return turned;
  }

  /** 0 where there is no file, or no number in it. */
  number(file: string): number {
    return this.#files.get(file)?.value ?? 0;
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
    this.#closeFolders();
  }

  #follow(file: TrackFileConfig): FileTracker {
    this.#folders ??= new FolderWatch(this.#host.poller);
    const turned = (name: string): void => this.#host.turned(name);
    return new FileTracker(file, !this.#known.has(file.path), { folders: this.#folders, log: this.#host.log, turned });
  }

  #closeFolders(): void {
    this.#folders?.close();
    this.#folders = undefined;
  }
}
