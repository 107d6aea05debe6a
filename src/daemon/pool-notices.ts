import type { Protocol } from "../base/ipvs.ts";
import type { Notification } from "../base/notification.ts";
import type { PoolNotice } from "../lvs/notice.ts";
import { checkerNotification, type NotifyRules, quorumNotification, serverNotification } from "../lvs/notification.ts";
import { type Place, serverWords } from "../lvs/words.ts";
import type { RunnableServer, RunnableService } from "./runnable.ts";

/** What operators are told of a service and its servers, in words; undefined: nothing. */
export function poolNotification(
  notice: PoolNotice,
  service: RunnableService,
  rules: NotifyRules,
): Notification | undefined {
  const { protocol, name: virtualServer } = service;
  if (notice.type === "quorum") return quorumNotification(service, virtualServer, notice);
  const server = service.realServers[notice.server];
  if (server === undefined) return undefined;
  const place = new ServerPlace(server, protocol, virtualServer);
  const { initialNotifies, checkerEmails } = rules;
  const more = { initialNotifies, checkerEmails, omega: service.omega };
  return notice.type === "server"
    ? serverNotification(server, more, place, notice)
    : checkerNotification(server, more, place, notice);
}

/** Put into words when somebody is to hear it: most of what thousands of servers do at a start is told to nobody. */
class ServerPlace implements Place {
  readonly #server: RunnableServer;
  readonly #protocol: Protocol | undefined;
  readonly virtualServer: string;

  constructor(server: RunnableServer, protocol: Protocol | undefined, virtualServer: string) {
    this.#server = server;
    this.#protocol = protocol;
    this.virtualServer = virtualServer;
  }

  get realServer(): string {
    return serverWords(this.#server, this.#protocol);
  }
}
