import { family, type IpAddress, isLinkLocal } from "../../base/ip.ts";
import type { Protocol } from "../../base/ipvs.ts";
import { type Micros, seconds } from "../../base/time.ts";
import type { CONNECTING } from "../../keywords/check.ts";
import type { ProxyProtocol } from "../../keywords/proxy-protocol.ts";
import type { Endpoint } from "../../keywords/read-server.ts";
import type { Body, Setting, Settings } from "../../syntax/table.ts";
import { last } from "../../syntax/table.ts";
import type { CheckerBase, CheckerTiming } from "../model/check.ts";
import type { LvsContext } from "./lvs-context.ts";

/** What a checker inherits from its real server, which has it from its virtual server. */
export interface Inherited {
  readonly written: Endpoint; // the real server's line
  readonly protocol: Protocol | undefined; // of the service
  readonly service: string; // its name, `[10.9.0.100]:tcp:80`
  readonly address: IpAddress;
  readonly port: number; // as written at the real server, else the service's
  readonly alpha: boolean;
  readonly retry: number | undefined;
  readonly delayBeforeRetry: Micros | undefined;
  readonly warmup: Micros | undefined;
  readonly delayLoop: Micros;
  readonly serviceDelayLoop: Micros;
  readonly connectTimeout: Micros;
  readonly virtualHost: string | undefined;
}

/** The real server as Keepalived names it while it reads: `[192.0.2.11]:tcp:80`. */
export function serverName({ written, protocol }: Inherited): string {
  return `[${written.address}]:${protocol ?? "none"}:${written.port}`;
}

/** What a kind of checker has where nothing is said, here or around it. */
export interface Standard {
  readonly retry: number;
  readonly delayBeforeRetry: Micros | undefined; // undefined: as delay_loop
}

/** Of TCP, UDP, PING and SMTP. */
export const STANDARD = { retry: 1, delayBeforeRetry: seconds(1) } as const satisfies Standard;

type Timing = Settings<
  Pick<typeof CONNECTING, "retry" | "delay_before_retry" | "warmup" | "delay_loop" | "alpha" | "log_all_failures">
>;
type Connecting = Settings<typeof CONNECTING> & {
  readonly proxy_protocol?: readonly Setting<ProxyProtocol>[]; // over TCP alone
};

/** A checker that runs from time to time. */
export function timing(
  settings: Timing,
  inherited: Inherited,
  standard: Standard & { readonly delayBeforeRetry: Micros },
  context: LvsContext,
): CheckerTiming {
  const delayLoop = last(settings.delay_loop)?.value ?? inherited.delayLoop;
  return {
    delayLoop,
    retry: last(settings.retry)?.value ?? inherited.retry ?? standard.retry,
    delayBeforeRetry:
      last(settings.delay_before_retry)?.value ?? inherited.delayBeforeRetry ?? standard.delayBeforeRetry,
    warmup: last(settings.warmup)?.value ?? inherited.warmup ?? delayLoop,
    alpha: last(settings.alpha)?.value ?? inherited.alpha,
    logAllFailures: last(settings.log_all_failures)?.value ?? context.logAllFailures,
  };
}

/** A checker that connects. */
export interface Connection<T extends string> {
  readonly type: T;
  readonly body: Pick<
    Setting<Pick<Body<unknown, typeof CONNECTING>, "end"> & { settings: Connecting }>,
    "value" | "keyword"
  >;
  readonly standard: Standard;
  readonly retry?: Setting<number> | undefined; // of the synonyms the one that counts
  readonly ports?: false; // it asks no port
  readonly bindsFreely?: true; // Keepalived holds a source only against `connect_ip`
}

/** Whom a checker asks and from where; undefined where it cannot, which was said. */
export function connection<T extends string>(
  { type, body, standard, retry, ports, bindsFreely }: Connection<T>,
  inherited: Inherited,
  context: LvsContext,
): (CheckerBase & { readonly type: T }) | undefined {
  const { settings, end } = body.value;
  const { address, bindAddress } = endpoints(settings, inherited.address, bindsFreely === true, context);
  const bindInterface = last(settings.bind_if)?.value;
  if (bindInterface === undefined && family(address) === 6 && isLinkLocal(address)) {
    const keepalived = `(${end.file}: Line ${end.line}) Checker link local address ${address} requires a bind_if`;
    const message = `\`${address}\` is link-local: the checker needs \`bind_if\` and is left out`;
    context.report.error(["missing-keyword", message], body.keyword, { keepalived, help: "add `bind_if INTERFACE`" });
    return undefined;
  }
  const port = last(settings.connect_port)?.value ?? inherited.port;
  if (port === 0 && ports !== false) {
    const message = "neither the real server nor its service has a port: port 0 is asked, which fails";
    context.report.warning(["missing-port", message], body.keyword, { help: "add `connect_port`" });
  }
  const delayLoop = last(settings.delay_loop)?.value ?? inherited.delayLoop;
  const announced = last(settings.proxy_protocol ?? []);
  return {
    type,
    address,
    port,
    bindAddress,
    bindPort: last(settings.bind_port)?.value ?? 0,
    bindInterface,
    fwmark: last(settings.fwmark)?.value ?? 0,
    connectTimeout: last(settings.connect_timeout)?.value ?? inherited.connectTimeout,
    ...(announced === undefined ? {} : { proxyProtocol: announced.value }),
    delayLoop,
    retry: (retry ?? last(settings.retry))?.value ?? inherited.retry ?? standard.retry,
    delayBeforeRetry:
      last(settings.delay_before_retry)?.value ?? inherited.delayBeforeRetry ?? standard.delayBeforeRetry ?? delayLoop,
    warmup: last(settings.warmup)?.value ?? inherited.warmup ?? delayLoop,
    alpha: last(settings.alpha)?.value ?? inherited.alpha,
    logAllFailures: last(settings.log_all_failures)?.value ?? context.logAllFailures,
  };
}

interface Endpoints {
  readonly address: IpAddress;
  readonly bindAddress: IpAddress | undefined;
}

/** `connect_ip` and `bindto`, which must be of one family: of two that are not, the later one is left out. */
function endpoints(
  { connect_ip, bindto }: Pick<Connecting, "connect_ip" | "bindto">,
  real: IpAddress,
  bindsFreely: boolean,
  { report }: LvsContext,
): Endpoints {
  let address = real;
  let connect: Setting<IpAddress> | undefined;
  let bind: Setting<IpAddress> | undefined;
  if (bindto.length === 0) return { address: last(connect_ip)?.value ?? real, bindAddress: undefined };
  for (const setting of [...connect_ip, ...bindto].sort((a, b) => a.order - b.order)) {
    const { value, at } = setting;
    if (connect_ip.includes(setting)) {
      if (bind === undefined || family(bind.value) === family(value)) {
        address = value;
        connect = setting;
      } else
        mismatch(
          setting,
          bind.value,
          bind,
          `${at}connect_ip address ${value} does not match address family of bindto - skipping`,
        );
    } else if (family(value) === family(address)) bind = setting;
    else {
      const keepalived = `${at}bindto address ${value} does not match address family of connect_ip - skipping`;
      mismatch(setting, address, connect, bindsFreely && connect === undefined ? undefined : keepalived);
    }
  }
  return { address, bindAddress: bind?.value };

  function mismatch(
    setting: Setting<IpAddress>,
    other: IpAddress,
    place: Setting<IpAddress> | undefined,
    keepalived: string | undefined,
  ): void {
    const message = `\`${setting.value}\` is of another family than \`${other}\` and is left out`;
    const related = place === undefined ? {} : { related: [{ span: place.span, message: "this address counts" }] };
    const logged = keepalived === undefined ? { status: 0 as const } : { keepalived };
    report.error(["bad-address", message], setting.span, { ...logged, ...related });
  }
}
