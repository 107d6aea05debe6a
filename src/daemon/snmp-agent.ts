import { centiseconds, type Micros, seconds } from "../base/time.ts";
import type { Trap } from "../base/trap.ts";
import type { Config } from "../config/model/model.ts";
import { AgentxConnection, type AgentxListener, GOODBYE } from "../io/agentx-connection.ts";
import { NumberNames, nameFolders } from "../io/number-names.ts";
import type { Log } from "../observe/log.ts";
import { asksTraffic } from "../snmp/asks-traffic.ts";
import { mibObjects, subtrees } from "../snmp/mib.ts";
import { KEEPALIVED } from "../snmp/names.ts";
import type { Objects } from "../snmp/objects.ts";
import { heard, notify, open, registrationError, retryDelay, type Session, type SessionStep } from "../snmp/session.ts";
import { parseTransport } from "../snmp/transport.ts";
import { trapBindings } from "../snmp/traps.ts";
import type { AgentxPacket } from "../wire/agentx.ts";
import type { VarBind } from "../wire/agentx-value.ts";
import { monotonicNow, routerIdOf, type SnmpReports, type SnmpSource, snmpView } from "./snmp-view.ts";

/** Traps that wait for a master; of more the newest. */
const MOST_WAITING = 1000;
/** How long rows are shown as they were, while nothing was reported: their times go on. */
const FRESH = seconds(1);
/** Milliseconds that the last traps have to be heard. */
const PATIENCE = 500;

/**
 * The AgentX subagent, RFC 2741. It lives in the supervisor, which knows what all processes report, and where no
 * advertisement waits for it. What it shows is made table by table when somebody asks: the longest piece of a walk over 255
 * instances takes 15 ms of the processor, over 1000 33 ms.
 */
export class SnmpAgent implements AgentxListener {
  readonly #log: Log;
  readonly #source: SnmpSource;
  readonly #names = new NumberNames(nameFolders({ local: undefined, distribution: undefined }));
  #config: Config | undefined;
  #connection: AgentxConnection | undefined;
  #session: Session | undefined;
  #failures = 0;
  #said = false; // that there is no session
  #retry: NodeJS.Timeout | undefined;
  #masterStartedAt: Micros = 0;
  #waiting: (readonly VarBind[])[] = [];
  #shown: { readonly of: SnmpReports; readonly at: Micros; readonly objects: Objects } | undefined;
  #settled = (): void => {};
  #inbox: AgentxPacket[] = []; // not answered yet
  #reading = false; // what the kernel counted is on its way

  constructor(log: Log, source: SnmpSource) {
    this.#log = log;
    this.#source = source;
  }

  /** Goes on with another configuration; the session too, where the same is served on the same socket. */
  configure(config: Config): void {
    const before = this.#config;
    this.#config = config;
    this.#shown = undefined;
    this.#names.look(nameFolders(config.global.iprouteDirectories));
    if (before !== undefined && sameService(before, config)) return;
    if (before === undefined) this.#log.info("Starting SNMP subagent");
    this.#leave();
    this.#failures = 0;
    this.#said = false;
    this.#connect();
  }

  /** Managers are told, as soon as there is a master. */
  tell(traps: readonly Trap[]): void {
    const config = this.#config;
    if (config === undefined || !config.global.snmp.traps) return;
    this.#waiting.push(...traps.flatMap((trap) => trapBindings(trap, config, routerIdOf(config))));
    this.#waiting.splice(0, this.#waiting.length - MOST_WAITING);
    this.#flush();
  }

  /** Lets a master hear what it was told. */
  async close(): Promise<void> {
    if (this.#session?.phase === "ready" && !this.#session.heard)
      await new Promise<void>((resolve) => {
        this.#settled = resolve;
        setTimeout(resolve, PATIENCE);
      });
    this.#leave();
  }

  connected(): void {
    const config = this.#config;
    if (config !== undefined)
      this.#follow(open(subtrees(config.global.snmp), KEEPALIVED, "keepalived-ts AgentX subagent"));
  }

  heard(packet: AgentxPacket): void {
    this.#inbox.push(packet);
    if (!this.#reading) this.#answer();
  }

  ended(why: string): void {
    const socket = this.#config?.global.snmp.socket;
    const served = this.#session?.phase === "ready";
    this.#connection = undefined;
    this.#session = undefined;
    this.#inbox = [];
    this.#settled();
    if (served) this.#log.info("AgentX master disconnected us ({why}), reconnecting", { socket, why });
    else if (!this.#said)
      this.#log.warning("Warning: Failed to connect to the agentx master agent ({socket}): {why}", { socket, why });
    this.#said = true;
    this.#retry = setTimeout(() => this.#connect(), retryDelay(this.#failures++));
    this.#retry.unref();
  }

  #connect(): void {
    const { socket = "" } = this.#config?.global.snmp ?? {};
    const to = parseTransport(socket);
    if (to === undefined) this.#log.warning("snmp_socket {socket}: only unix sockets and TCP are known", { socket });
    else this.#connection = new AgentxConnection(to, this);
  }

  /** In order. One that asks for what the kernel counted, and the rest behind it, waits until that is fresh. */
  #answer(): void {
    for (let packet = this.#inbox[0]; packet !== undefined; packet = this.#inbox[0]) {
      const [session, config] = [this.#session, this.#config];
      const reading = config !== undefined && asksTraffic(packet.pdu) ? this.#refresh(config) : undefined;
      if (reading !== undefined) {
        this.#reading = true;
        void reading.then(() => {
          this.#reading = false;
          this.#answer();
        });
        return;
      }
      this.#inbox.shift();
      if (session !== undefined && config !== undefined)
        this.#follow(heard(session, packet, () => this.#objects(config)));
      if (this.#session?.heard) this.#settled();
    }
  }

  #refresh({ global: { snmp } }: Config): Promise<void> | undefined {
    return this.#source.refresh({ services: snmp.virtualServerAge, servers: snmp.realServerAge });
  }

  #follow({ session, send, notes }: SessionStep): void {
    this.#session = session;
    for (const { pdu, ids } of send) this.#connection?.send(pdu, ids);
    for (const note of notes) {
      switch (note.name) {
        case "ready":
          this.#masterStartedAt = monotonicNow() - note.upTime * centiseconds(1);
          this.#failures = 0;
          this.#said = false;
          this.#log.info("AgentX subagent connected");
          this.#flush();
          break;
        case "taken":
          this.#log.warning("the AgentX master refuses {subtree}: {why}", {
            subtree: note.subtree.join("."),
            why: registrationError(note.error),
          });
          break;
        case "closed":
          this.#connection?.close();
          this.ended(note.error === 0 ? "it ended the session" : `it refuses a session, error ${note.error}`);
          return;
      }
    }
  }

  #flush(): void {
    if (this.#session?.phase !== "ready") return;
    for (const bindings of this.#waiting.splice(0))
      if (this.#session !== undefined) this.#follow(notify(this.#session, bindings));
  }

  /** As of the last report: a walk of thousands of objects makes each table once. */
  #objects(config: Config): Objects {
    const [of, now] = [this.#source.reports(), monotonicNow()];
    const known = this.#shown;
    if (known !== undefined && isSame(known.of, of) && now < known.at + FRESH) return known.objects;
    const objects = mibObjects(snmpView(config, of, this.#names, { now, masterStartedAt: this.#masterStartedAt }));
    this.#shown = { of, at: now, objects };
    return objects;
  }

  #leave(): void {
    clearTimeout(this.#retry);
    const { session, packet } = { session: this.#session?.id ?? 0, packet: (this.#session?.packet ?? 0) + 1 };
    if (this.#session !== undefined) this.#connection?.send(GOODBYE, { session, transaction: 0, packet });
    this.#connection?.close();
    this.#connection = undefined;
    this.#session = undefined;
    this.#inbox = [];
  }
}

function isSame(a: SnmpReports, b: SnmpReports): boolean {
  return a.vrrp === b.vrrp && a.checkers === b.checkers && a.bfd === b.bfd && a.traffic === b.traffic;
}

/** Whether both register the same on the same socket. */
function sameService({ global: { snmp: a } }: Config, { global: { snmp: b } }: Config): boolean {
  return a.socket === b.socket && JSON.stringify(subtrees(a)) === JSON.stringify(subtrees(b));
}
