import type { Config } from "../config/model/model.ts";
import type { Router } from "./router.ts";
import { SyncDaemons } from "./sync-daemons.ts";
import { type Followed, followed, following, unfollowed } from "./sync-owner.ts";

/** The kernel's IPVS sync daemons go where the instance is that they follow (`lvs_sync_daemon`). */
export class SyncFollower {
  readonly #daemons: SyncDaemons;
  readonly #routers: ReadonlyMap<string, Router>;
  #config: Config;
  #followed: Followed | undefined;

  constructor(
    host: ConstructorParameters<typeof SyncDaemons>[0],
    routers: ReadonlyMap<string, Router>,
    config: Config,
  ) {
    this.#daemons = new SyncDaemons(host);
    this.#routers = routers;
    this.#config = config;
    this.#followed = followed(config);
  }

  /** Another configuration is in force, its routers too. */
  configure(config: Config): void {
    this.#config = config;
    this.#followed = followed(config);
    this.look();
  }

  /** There is news of an instance. */
  turned(instance: string): void {
    if (this.#followed?.instance === instance) this.look();
  }

  /** Looks where the followed instance is; without one they are not ours. */
  look(): void {
    const sync = this.#followed;
    const router = [...this.#routers.values()].find(({ config }) => config.name === sync?.instance);
    const state = router && { vrid: router.config.vrid, state: router.state.name };
    this.#daemons.want(sync === undefined ? unfollowed(this.#config) : following(sync, state));
  }

  /** The last call. `stop`: they end, too. */
  close(end: { readonly stop: boolean }): void {
    this.#daemons.close(end);
  }
}
