import type { TrackFileConfig } from "../../src/config/model/track.ts";
import type { ScriptEnd } from "../../src/lvs/script-check.ts";
import { FakeIpvsKernel } from "../daemon/fake-ipvs-kernel.ts";
import { FakeServers } from "../daemon/fake-servers.ts";

/** Everything around a checkers process: servers on a virtual clock, files, addresses, and the kernel's table. */
export class World {
  readonly kernel = new FakeIpvsKernel();
  readonly servers = new FakeServers();
  readonly numbers = new Map<string, number>(); // in files, by the name of the `track_file`
  readonly sessions = new Map<string, boolean>(); // of BFD
  readonly away = new Set<string>(); // services whose address is on another host
  fileTurned: (file: string) => void = () => {};
  addressesTurned: () => void = () => {};
}

/** Where the next checkers process lives. */
export const world: { current: World } = { current: new World() };

// What stands below takes the place of modules of the same names (vi.mock).

/** `io/ipvs-kernel.ts`. */
export class IpvsKernel {
  constructor() {
    // biome-ignore lint/correctness/noConstructorReturn: each process has the kernel of its world
    return world.current.kernel as unknown as IpvsKernel;
  }
}

/** `daemon/check-io.ts`. */
export function checkIo(): FakeServers {
  return world.current.servers;
}

/** `daemon/check-scripts.ts`. */
export class CheckScripts {
  readonly #servers = world.current.servers;

  run(...args: Parameters<FakeServers["runScript"]>): Promise<ScriptEnd> {
    return this.#servers.runScript(...args);
  }

  configure(): void {}

  async close(): Promise<void> {}
}

/** `daemon/check-files.ts`. */
export class CheckFiles {
  readonly #world = world.current;

  constructor({ turned }: { readonly turned: (file: string) => void }) {
    this.#world.fileTurned = turned;
  }

  configure(_: { readonly trackFiles: readonly TrackFileConfig[] }): readonly string[] {
    return [];
  }

  number(file: string): number {
    return this.#world.numbers.get(file) ?? 0;
  }

  close(): void {}
}

/** `daemon/ha-suspend.ts`: those that ask for it. */
export class HaSuspend {
  readonly #world = world.current;
  #asking: ReadonlySet<string> = new Set();

  constructor({ turned }: { readonly turned: () => void }) {
    this.#world.addressesTurned = turned;
  }

  configure(config: {
    readonly virtualServers: readonly {
      readonly address: string;
      readonly port: number;
      readonly haSuspend: boolean;
    }[];
    readonly groupServers: readonly { readonly group: string; readonly ordinal: number; readonly haSuspend: boolean }[];
  }): void {
    const names = [
      ...config.virtualServers.flatMap((one) => (one.haSuspend ? [`[${one.address}]:tcp:${one.port}`] : [])),
      ...config.groupServers.flatMap((one) => (one.haSuspend ? [`[${one.group}]:${one.ordinal}`] : [])),
    ];
    this.#asking = new Set(names);
  }

  isAway(service: string): boolean {
    return this.#asking.has(service) && this.#world.away.has(service);
  }

  close(): void {}
}
