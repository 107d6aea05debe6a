import { seconds } from "../../base/time.ts";
import type { HTTP_GET, SSL_GET } from "../../keywords/check.ts";
import type { SSL_URL, URL } from "../../keywords/url.ts";
import { type Body, last, type Setting, type Settings } from "../../syntax/table.ts";
import type { HttpCheckConfig, HttpUrl, RegexConfig, SslCheckConfig, SslUrl } from "../model/check.ts";
import { givenOnce } from "../reference.ts";
import { connection, type Inherited, type Standard } from "./connection.ts";
import type { LvsContext } from "./lvs-context.ts";
import { requestsOf } from "./request.ts";
import { expiryWarningOf, verificationOf } from "./tls.ts";

type HttpBody = Setting<Body<true, typeof HTTP_GET>>;
type SslBody = Setting<Body<true, typeof SSL_GET>>;

const STANDARD: Standard = { retry: 1, delayBeforeRetry: seconds(3) };
const ANY_SUCCESS: HttpUrl["statusCodes"] = [[200, 299]];

/** `HTTP_GET`; undefined where it asks for nothing, which was said. */
export function httpCheck(body: HttpBody, inherited: Inherited, context: LvsContext): HttpCheckConfig | undefined {
  const base = common("http", body, inherited, context);
  const request = requestsOf(body.value.settings, context.report);
  const urls = urlsOf(body, "HTTP_GET", context).map((written) => httpUrl(written, request, context));
  return base === undefined || urls.length === 0 ? undefined : { ...base, urls };
}

/** `SSL_GET`. Keepalived differs: it forgets the real server's `virtualhost` where it names the server to TLS. */
export function sslCheck(body: SslBody, inherited: Inherited, context: LvsContext): SslCheckConfig | undefined {
  const { settings } = body.value;
  const base = common("ssl", body, inherited, context);
  const given = last(settings.sni_name)?.value;
  const named = last(settings.enable_sni)?.value ?? given !== undefined;
  const compliant = last(settings.tls_compliant)?.value ?? false;
  const request = requestsOf(settings, context.report);
  const urls = urlsOf(body, "SSL_GET", context).map((written): SslUrl => {
    const url = httpUrl(written, request, context);
    const host = typeof given === "string" ? given : hostName(url.virtualHost ?? base?.virtualHost);
    const tlsCompliant = last(written.settings.tls_compliant)?.value ?? compliant;
    const verification = verificationOf(settings, host ?? `${base?.address}`);
    return { ...url, serverName: named ? host : undefined, tlsCompliant, verification };
  });
  const expiryWarning = expiryWarningOf(settings, context);
  return base === undefined || urls.length === 0 ? undefined : { ...base, urls, expiryWarning };
}

/** The name of a Host header without its port and the dot of the root, which TLS has not (RFC 6066 §3). */
export function hostName(host: string | undefined): string | undefined {
  return host === undefined || /:.*:/.test(host) ? host : host.replace(/\.?(:\d+)?$/, "");
}

function common<T extends "http" | "ssl">(type: T, body: HttpBody, inherited: Inherited, context: LvsContext) {
  const { settings } = body.value;
  const retry = last(settings.retry, settings.nb_get_retry);
  const base = connection({ type, body, standard: STANDARD, retry }, inherited, context);
  if (base === undefined) return undefined;
  const protocol = last(settings.http_protocol)?.value ?? "1.0";
  return {
    ...base,
    protocol: protocol === "1.0C" ? "1.0c" : protocol,
    virtualHost: last(settings.virtualhost)?.value ?? inherited.virtualHost,
    fastRecovery: last(settings.fast_recovery)?.value ?? false,
  };
}

interface WrittenUrl<C> {
  readonly path: string;
  readonly settings: C;
}

/** The urls that have a path. */
function urlsOf<C extends Settings<typeof URL>>(
  {
    keyword,
    value: { settings, end },
  }: Setting<{
    readonly settings: {
      readonly url: readonly Setting<{ readonly settings: C; readonly end: Setting<unknown>["span"] }>[];
    };
    readonly end: Setting<unknown>["span"];
  }>,
  name: string,
  { report }: LvsContext,
): readonly WrittenUrl<C>[] {
  const found: WrittenUrl<C>[] = [];
  for (const url of settings.url) {
    const path = last(url.value.settings.path)?.value;
    if (path !== undefined) {
      found.push({ path, settings: url.value.settings });
      continue;
    }
    const { end: close } = url.value;
    const keepalived = `(${close.file}: Line ${close.line}) HTTP/SSL_GET checker url has no path - ignoring`;
    report.error(["missing-keyword", "`url` has no `path` and is left out"], url.keyword, { keepalived });
  }
  if (found.length > 0) return found;
  const keepalived = `(${end.file}: Line ${end.line}) HTTP/SSL_GET checker has no urls specified - ignoring`;
  const message = `\`${name}\` has no \`url\` with a \`path\`: it checks nothing and is left out`;
  report.error(["missing-keyword", message], keyword, { keepalived, help: "add `url { path / }` on three lines" });
  return found;
}

function httpUrl(
  { path, settings }: WrittenUrl<Settings<typeof URL>>,
  requestFor: ReturnType<typeof requestsOf>,
  context: LvsContext,
): HttpUrl {
  const codes = settings.status_code.flatMap(({ value }) => value);
  const digest = givenOnce("digest", settings.digest, (value) => `Digest '${value}' is a duplicate`, context.report);
  const request = requestFor(settings);
  const looked = last<unknown>(settings.digest, settings.regex);
  if (request?.method === "HEAD" && looked !== undefined) {
    const message = "the answer to `HEAD` has no body to look at: the check always fails";
    context.report.error(["conflict", message], looked.keyword, { help: "delete it, or write `method GET`" });
  }
  return {
    path,
    statusCodes: codes.length === 0 ? ANY_SUCCESS : codes,
    digest: digest?.value,
    virtualHost: last(settings.virtualhost)?.value,
    regex: regexOf(settings, context),
    request,
  };
}

type UrlKeyword = keyof typeof URL & keyof typeof SSL_URL;
const OPTIONS = [
  "regex_no_match",
  "regex_options",
  "regex_min_offset",
  "regex_max_offset",
  "regex_stack",
] as const satisfies readonly UrlKeyword[];

/** `-t` of 2.2.7 says nothing about a regex, the daemon does. */
function regexOf(settings: Settings<typeof URL>, { report }: LvsContext): RegexConfig | undefined {
  const pattern = last(settings.regex);
  if (pattern === undefined) {
    for (const keyword of OPTIONS) {
      const alone = last<unknown>(settings[keyword]);
      if (alone === undefined) continue;
      const keepalived = "regex parameters specified without regex";
      const message = `\`${keyword}\` has no effect without \`regex\``;
      report.error(["no-effect", message], alone.keyword, { status: 0, keepalived });
      break;
    }
    return undefined;
  }
  const min = last(settings.regex_min_offset)?.value ?? 0;
  const max = last(settings.regex_max_offset);
  const reversed = max !== undefined && max.value < min;
  if (reversed) {
    const keepalived = `regex min offset ${min} > regex_max_offset ${max.value} - ignoring`;
    const message = `no match can start from ${min} to ${max.value}: the offsets are left out`;
    report.error(["conflict", message], max.span, { status: 0, keepalived });
  }
  return {
    pattern: pattern.value,
    options: settings.regex_options.flatMap(({ value }) => value),
    expected: settings.regex_no_match.length === 0,
    minOffset: reversed ? 0 : min,
    maxOffset: reversed ? undefined : max?.value,
    stack: last(settings.regex_stack)?.value,
  };
}
