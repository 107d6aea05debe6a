import type { Notification } from "../base/notification.ts";
import type { PoolNotice } from "../lvs/notice.ts";
import { checkerNotification, type NotifyRules, quorumNotification, serverNotification } from "../lvs/notification.ts";
import { serverWords } from "../lvs/words.ts";
import type { RunnableService } from "./runnable.ts";

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
  const place = { realServer: serverWords(server, protocol), virtualServer };
  const { omega } = service;
  const more = { ...rules, omega };
  return notice.type === "server"
    ? serverNotification(server, more, place, notice)
    : checkerNotification(server, more, place, notice);
}
