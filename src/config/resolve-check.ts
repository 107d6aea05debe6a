import { family, type IpAddress } from "../base/ip.ts";
import { type Micros, seconds } from "../base/time.ts";
import type { CONNECTING, HTTP_GET } from "../keywords/check.ts";
import type { Report } from "../syntax/report.ts";
import { type Body, last, type Setting, type Settings } from "../syntax/table.ts";
import type { CheckerBase, CheckerConfig, HttpUrl } from "./model.ts";

/** What a checker inherits from its real server, which has it from its virtual server. */
export interface Inherited {
  readonly address: IpAddress;
  readonly port: number; // as written at the real server, else the service's
  readonly alpha: boolean;
  readonly retry: number | undefined;
  readonly delayBeforeRetry: Micros | undefined;
  readonly warmup: Micros | undefined;
  readonly delayLoop: Micros | undefined;
  readonly connectTimeout: Micros | undefined;
  readonly virtualHost: string | undefined;
}

type Connecting = Settings<typeof CONNECTING>;
type TcpBody = Setting<Body<true, typeof CONNECTING>>;
type HttpBody = Setting<Body<true, typeof HTTP_GET>>;

/** The checkers of a real server, in the order of reading. */
export function resolveCheckers(
  { tcp, http }: { readonly tcp: readonly TcpBody[]; readonly http: readonly HttpBody[] },
  inherited: Inherited,
  report: Report,
): readonly CheckerConfig[] {
  const found = [
    ...tcp.map((body) => ({ order: body.order, checker: tcpCheck(body, inherited, report) })),
    ...http.map((body) => ({ order: body.order, checker: httpCheck(body, inherited, report) })),
  ];
  return found.sort((a, b) => a.order - b.order).flatMap(({ checker }) => (checker === undefined ? [] : [checker]));
}

function tcpCheck(body: TcpBody, inherited: Inherited, report: Report): CheckerConfig | undefined {
  const base = connecting(body, inherited, { retry: last(body.value.settings.retry), pause: seconds(1) }, report);
  return base === undefined ? undefined : { type: "tcp", ...base };
}

const ANY_SUCCESS: HttpUrl["statusCodes"] = [[200, 299]];

function httpCheck(body: HttpBody, inherited: Inherited, report: Report): CheckerConfig | undefined {
  const { settings, end } = body.value;
  const retry = last(settings.retry, settings.nb_get_retry);
  const base = connecting(body, inherited, { retry, pause: seconds(3) }, report);
  const urls = settings.url.flatMap(({ value, keyword }) => {
    const path = last(value.settings.path)?.value;
    if (path === undefined) {
      const keepalived = `(${value.end.file}: Line ${value.end.line}) HTTP/SSL_GET checker url has no path - ignoring`;
      report.error(["missing-keyword", "`url` has no `path` and is left out"], keyword, { keepalived });
      return [];
    }
    return [url(path, value.settings, report)];
  });
  if (urls.length === 0) {
    const keepalived = `(${end.file}: Line ${end.line}) HTTP/SSL_GET checker has no urls specified - ignoring`;
    const message = "`HTTP_GET` has no `url` with a `path`: it checks nothing and is left out";
    report.error(["missing-keyword", message], body.keyword, {
      keepalived,
      help: "add `url { path / }` on three lines",
    });
    return undefined;
  }
  if (base === undefined) return undefined;
  const protocol = last(settings.http_protocol)?.value ?? "1.0";
  return {
    type: "http",
    ...base,
    protocol: protocol === "1.0C" ? "1.0c" : protocol,
    virtualHost: last(settings.virtualhost)?.value ?? inherited.virtualHost,
    urls,
  };
}

function url(path: string, settings: Settings<typeof HTTP_GET.url.children>, report: Report): HttpUrl {
  const codes = settings.status_code.flatMap(({ value }) => value);
  const [digest, again] = settings.digest;
  if (again !== undefined) {
    const keepalived = `${again.at}Digest '${again.value}' is a duplicate`;
    report.error(["duplicate", "`digest` is given already; the first counts"], again.span, { keepalived });
  }
  return {
    path,
    statusCodes: codes.length === 0 ? ANY_SUCCESS : codes,
    digest: digest?.value,
    virtualHost: last(settings.virtualhost)?.value,
  };
}

interface Kind {
  readonly retry: Setting<number> | undefined;
  readonly pause: Micros; // delay_before_retry where nothing is said
}

function connecting(
  body: Setting<{ readonly settings: Connecting; readonly end: Setting<unknown>["span"] }>,
  inherited: Inherited,
  { retry, pause }: Kind,
  report: Report,
): CheckerBase | undefined {
  const { settings, end } = body.value;
  const address = last(settings.connect_ip)?.value ?? inherited.address;
  const bindInterface = last(settings.bind_if)?.value;
  if (/^fe[89ab]/.test(address) && bindInterface === undefined) {
    const keepalived = `(${end.file}: Line ${end.line}) Checker link local address ${address} requires a bind_if`;
    const message = `\`${address}\` is link-local: the checker needs \`bind_if\` and is left out`;
    report.error(["missing-keyword", message], body.keyword, { keepalived });
    return undefined;
  }
  const delayLoop = last(settings.delay_loop)?.value ?? inherited.delayLoop ?? seconds(60);
  return {
    address,
    port: last(settings.connect_port)?.value ?? inherited.port,
    bindAddress: bindAddress(settings, address, report),
    bindPort: last(settings.bind_port)?.value ?? 0,
    bindInterface,
    fwmark: last(settings.fwmark)?.value ?? 0,
    connectTimeout: last(settings.connect_timeout)?.value ?? inherited.connectTimeout ?? seconds(5),
    delayLoop,
    retry: retry?.value ?? inherited.retry ?? 1,
    delayBeforeRetry: last(settings.delay_before_retry)?.value ?? inherited.delayBeforeRetry ?? pause,
    warmup: last(settings.warmup)?.value ?? inherited.warmup ?? delayLoop,
    alpha: last(settings.alpha)?.value ?? inherited.alpha,
    logAllFailures: last(settings.log_all_failures)?.value ?? false,
  };
}

function bindAddress({ bindto }: Connecting, address: IpAddress, report: Report): IpAddress | undefined {
  const setting = last(bindto);
  if (setting === undefined || family(setting.value) === family(address)) return setting?.value;
  const keepalived = `${setting.at}bindto address ${setting.value} does not match address family of connect_ip - skipping`;
  report.error(["bad-address", `\`${setting.value}\` is of another family than \`${address}\``], setting.span, {
    keepalived,
  });
  return undefined;
}
