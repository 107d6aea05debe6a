import { family, type IpAddress } from "../../base/ip.ts";
import type { Protocol } from "../../base/ipvs.ts";
import { seconds } from "../../base/time.ts";
import type { VIRTUAL_SERVER } from "../../keywords/lvs.ts";
import type { Method } from "../../keywords/read-forwarding.ts";
import type { Endpoint } from "../../keywords/read-server.ts";
import type { REAL_SERVER } from "../../keywords/real-server.ts";
import { type Body, last, type Setting, type Settings } from "../../syntax/table.ts";
import { notifyScript } from "../command.ts";
import type { CommandConfig } from "../model/command.ts";
import type { CheckStandard, RealServerConfig, ServerStandard } from "../model/lvs.ts";
import { resolveCheckers } from "./check.ts";
import type { Group } from "./group.ts";
import type { LvsContext } from "./lvs-context.ts";
import { placedPort } from "./port.ts";

/** The service whose servers are resolved. */
export interface Service {
  readonly name: string; // `[10.9.0.100]:tcp:80`, `FWM 9`, `[G]:0`
  readonly protocol: Protocol | undefined; // undefined: firewall marks alone
  readonly method: Method;
  readonly given: Settings<typeof VIRTUAL_SERVER>;
  readonly standard: ServerStandard;
  readonly reached: Reached;
  readonly checkedPort: number; // 0 = none that all connections have
}

/** How connections reach a service. */
export type Reached =
  | (Endpoint & { readonly type: "address" })
  | { readonly type: "fwmark" }
  | { readonly type: "group"; readonly group: Group };

/** What a service says for its real servers. */
export function serverStandard(given: Service["given"], { forwarding, tunnel }: Method): ServerStandard {
  return {
    forwarding,
    tunnel,
    weight: last(given.weight)?.value ?? 1,
    slowStart: last(given.slow_start)?.value || undefined,
    inhibitOnFailure: given.inhibit_on_failure.length > 0,
    alpha: given.alpha.length > 0,
    retry: last(given.retry)?.value,
    delayBeforeRetry: last(given.delay_before_retry)?.value,
    warmup: last(given.warmup)?.value,
    delayLoop: last(given.delay_loop)?.value ?? seconds(60),
    connectTimeout: last(given.connect_timeout)?.value ?? seconds(5),
    virtualHost: last(given.virtualhost)?.value,
  };
}

/** The port of every connection to a service; 0 where they have several, or any. */
export function checkedPort(reached: Reached): number {
  if (reached.type === "address") return reached.port;
  if (reached.type === "fwmark" || reached.group.marked) return 0;
  const [first, ...others] = reached.group.ranges;
  return others.some(({ port }) => port !== first?.port) ? 0 : (first?.port ?? 0);
}

/** A real server with everything it inherits: from its virtual server, and its checkers from it. */
export function resolveRealServer(
  body: Setting<Body<Endpoint, typeof REAL_SERVER>>,
  service: Service,
  context: LvsContext,
): RealServerConfig {
  const { header, settings: own } = body.value;
  const { protocol } = service;
  const { address } = header;
  const { forwarding, tunnel } = last(own.lvs_method)?.value ?? service.method;
  const standard = checkStandard(own, service.standard);
  const lower = last(own.lthreshold);
  const upperThreshold = last(own.uthreshold)?.value ?? 0;
  return {
    address,
    port: placedPort({ address, port: header.port, forwarding, what: "real", place: body }, service, context.report),
    weight: last(own.weight)?.value ?? service.standard.weight,
    forwarding,
    tunnel,
    upperThreshold,
    lowerThreshold: lower === undefined ? 0 : lowerThreshold(lower, upperThreshold, context),
    inhibitOnFailure: last(own.inhibit_on_failure)?.value ?? service.standard.inhibitOnFailure,
    slowStart: (last(own.slow_start)?.value ?? service.standard.slowStart) || undefined,
    smtpAlert: last(own.smtp_alert)?.value ?? context.smtpAlert ?? true,
    snmpName: last(own.snmp_name)?.value,
    notifyUp: notify(own.notify_up, "notify_up", context),
    notifyDown: notify(own.notify_down, "notify_down", context),
    checkers: resolveCheckers(
      own,
      {
        written: header,
        protocol,
        service: service.name,
        address,
        // Keepalived differs: it checks port 0 where the real server's line has no port.
        port: header.port === 0 ? service.checkedPort : header.port,
        ...standard,
        serviceDelayLoop: service.standard.delayLoop,
      },
      context,
    ),
    standard: standard === service.standard ? undefined : standard,
  };
}

/** The service's own where the server adds nothing: of thousands few do. */
function checkStandard(own: Settings<typeof REAL_SERVER>, standard: CheckStandard): CheckStandard {
  if (INHERITED.every((keyword) => own[keyword].length === 0)) return standard;
  return {
    alpha: last(own.alpha)?.value ?? standard.alpha,
    retry: last(own.retry)?.value ?? standard.retry,
    delayBeforeRetry: last(own.delay_before_retry)?.value ?? standard.delayBeforeRetry,
    warmup: last(own.warmup)?.value ?? standard.warmup,
    delayLoop: last(own.delay_loop)?.value ?? standard.delayLoop,
    connectTimeout: last(own.connect_timeout)?.value ?? standard.connectTimeout,
    virtualHost: last(own.virtualhost)?.value ?? standard.virtualHost,
  };
}

const INHERITED = [
  "alpha",
  "retry",
  "delay_before_retry",
  "warmup",
  "delay_loop",
  "connect_timeout",
  "virtualhost",
] as const satisfies readonly (keyof typeof REAL_SERVER)[];

/** A script that tells about a server or a service. */
export function notify(
  settings: Parameters<typeof notifyScript>[1],
  keyword: string,
  { scriptUser, runs, report }: LvsContext,
): CommandConfig | undefined {
  const [first] = settings;
  if (first === undefined) return undefined;
  const command = notifyScript(keyword, settings, { owner: "((null))", scriptUser, report }); // as 2.2.7 logs it
  if (command !== undefined) runs(first.span);
  return command;
}

function lowerThreshold({ value, span }: Setting<number>, upper: number, { report }: LvsContext): number {
  if (value <= upper) return value;
  const message = `\`lthreshold ${value}\` is above \`uthreshold ${upper}\` and has no effect`;
  report.error(["conflict", message], span, { status: 0, help: "the kernel refuses such a server" });
  return 0;
}

/** Whether a server at an address can serve connections of a family: of its own, or through a tunnel. */
export function fits(address: IpAddress, of: 4 | 6 | undefined, { forwarding }: Pick<Method, "forwarding">): boolean {
  return of === undefined || forwarding === "tun" || family(address) === of;
}
