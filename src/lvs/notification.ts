import type { Alert, Command, Notification } from "../base/notification.ts";
import type { PoolNotice } from "./notice.ts";
import type { Place } from "./words.ts";

/** What a virtual server's configuration says of its notifications; compatible with config/model/lvs.ts. */
export interface NotifyingService {
  readonly quorum: number;
  readonly hysteresis: number;
  readonly quorumUp: Command | undefined;
  readonly quorumDown: Command | undefined;
  readonly smtpAlert: boolean;
  readonly omega: boolean; // what goes down at the daemon's stop is told
}

/** The same of a real server. */
export interface NotifyingServer {
  readonly notifyUp: Command | undefined;
  readonly notifyDown: Command | undefined;
  readonly smtpAlert: boolean;
}

/** What `global_defs` says; compatible with config/model/global.ts `IpvsConfig`. */
export interface NotifyRules {
  readonly initialNotifies: boolean; // rs_init_notifies
  readonly checkerEmails: boolean; // `no_checker_emails` is false
}

/** Tells of a service, `[10.9.0.100]:tcp:80`, that its quorum is gained or lost; undefined: nobody is to hear it. */
export function quorumNotification(
  service: NotifyingService,
  virtualServer: string,
  { up, weight, initial, final }: Extract<PoolNotice, { type: "quorum" }>,
): Notification | undefined {
  if (final && !service.omega) return undefined;
  const script = up ? service.quorumUp : service.quorumDown;
  return {
    about: `VS ${virtualServer}`,
    scripts: script === undefined ? [] : [script],
    line: `VS ${virtualServer} ${upOrDown(up)}`,
    alert: service.smtpAlert ? quorumAlert(service, virtualServer, { up, weight, initial }) : undefined,
    repeats: false,
    final,
  };
}

/** Tells of a real server that it is up or down. */
export function serverNotification(
  server: NotifyingServer,
  { omega, initialNotifies }: Pick<NotifyingService, "omega"> & Pick<NotifyRules, "initialNotifies">,
  place: Place,
  { alive, initial, final }: Extract<PoolNotice, { type: "server" }>,
): Notification | undefined {
  if ((final && !omega) || (initial && !initialNotifies)) return undefined;
  const script = alive ? server.notifyUp : server.notifyDown;
  const about = aboutServer(place);
  return {
    about,
    scripts: script === undefined ? [] : [script],
    line: `${about} ${upOrDown(alive)}`,
    alert: undefined,
    repeats: false,
    final,
  };
}

/** The mail behind a checker's verdict: the server's state and the checker's word. checkers-ipvs.md §5.3. */
export function checkerNotification(
  server: NotifyingServer,
  { omega, checkerEmails }: Pick<NotifyingService, "omega"> & Pick<NotifyRules, "checkerEmails">,
  place: Place,
  { alive, turned, body, final }: Extract<PoolNotice, { type: "mail" }>,
): Notification | undefined {
  if ((final && !omega) || !server.smtpAlert || (!turned && !checkerEmails)) return undefined;
  const { realServer, virtualServer } = place;
  const subject = `Realserver ${realServer} of virtual server ${virtualServer} - ${upOrDown(alive)}`;
  const alert: Alert = { state: undefined, subject, body: `=> ${body} <=` };
  return { about: aboutServer(place), scripts: [], line: undefined, alert, repeats: false, final };
}

/** The signs are always these, also where it is lost (measured, 2.2.7). */
function quorumAlert(
  { quorum, hysteresis }: NotifyingService,
  virtualServer: string,
  { up, weight, initial }: { readonly up: boolean; readonly weight: number; readonly initial: boolean },
): Alert {
  const what = initial ? `Starting with quorum ${up ? "up" : "down"}` : up ? "Gained quorum" : "Lost quorum";
  const bound = up ? quorum + hysteresis : quorum - hysteresis;
  const subject = `Virtualserver ${virtualServer} - ${upOrDown(up)}`;
  return { state: undefined, subject, body: `=> ${what} ${quorum}+${hysteresis}=${bound} <= ${weight} <=` };
}

function aboutServer({ realServer, virtualServer }: Place): string {
  return `RS ${realServer} ${virtualServer}`;
}

function upOrDown(up: boolean): string {
  return up ? "UP" : "DOWN";
}
