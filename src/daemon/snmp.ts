import type { Notification } from "../base/notification.ts";
import type { Config } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import { isServed } from "../snmp/served.ts";
import type { SnmpAgent } from "./snmp-agent.ts";
import type { SnmpSource } from "./snmp-view.ts";

/** SNMP, loaded and run only where the configuration asks for it. */
export class Snmp {
  readonly #log: Log;
  readonly #source: SnmpSource;
  #agent: Promise<SnmpAgent> | undefined;

  constructor(log: Log, source: SnmpSource) {
    this.#log = log;
    this.#source = source;
  }

  /** Goes on with another configuration. */
  configure(config: Config): void {
    if (!isServed(config.global.snmp)) {
      void this.close();
      return;
    }
    this.#agent ??= import("./snmp-agent.ts").then(({ SnmpAgent: Loaded }) => new Loaded(this.#log, this.#source));
    void this.#agent.then((agent) => agent.configure(config));
  }

  /** Managers are told what they are told of it. */
  tell({ traps = [] }: Notification): void {
    if (traps.length > 0) void this.#agent?.then((agent) => agent.tell(traps));
  }

  /** Lets what was told be heard, for half a second at most. */
  async close(): Promise<void> {
    const agent = this.#agent;
    this.#agent = undefined;
    await (await agent)?.close();
  }
}
