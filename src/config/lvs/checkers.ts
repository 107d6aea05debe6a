import { seconds } from "../../base/time.ts";
import type { CONNECTING, TCP_CHECK } from "../../keywords/check.ts";
import type { DNS_CHECK, MISC_CHECK, PING_CHECK, SMTP_CHECK, UDP_CHECK } from "../../keywords/checkers.ts";
import { type Body, last, type Setting, type Settings, type Table } from "../../syntax/table.ts";
import { commandOf } from "../command.ts";
import type {
  DnsCheckConfig,
  MiscCheckConfig,
  PingCheckConfig,
  SmtpCheckConfig,
  TcpCheckConfig,
  UdpCheckConfig,
} from "../model/check.ts";
import { givenOnce } from "../reference.ts";
import { connection, type Inherited, STANDARD, type Standard, timing } from "./connection.ts";
import type { LvsContext } from "./lvs-context.ts";

/** A block of a checker. */
export type CheckBody<C extends Table> = Setting<Body<true, C>>;

/** `TCP_CHECK`. */
export function tcpCheck(
  body: CheckBody<typeof TCP_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): TcpCheckConfig | undefined {
  return connection({ type: "tcp", body, standard: STANDARD }, inherited, context);
}

/** `PING_CHECK`. */
export function pingCheck(
  body: CheckBody<typeof PING_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): PingCheckConfig | undefined {
  return connection({ type: "ping", body, standard: STANDARD, ports: false }, inherited, context);
}

/** What a `host` has from its checker where it does not say it; whom it asks it has from the real server. */
const SHARED = [
  "connect_timeout",
  "retry",
  "delay_before_retry",
  "warmup",
  "delay_loop",
  "alpha",
  "log_all_failures",
] as const satisfies readonly (keyof typeof CONNECTING)[];

/** `SMTP_CHECK`: one check, or instead of it one for each `host`. */
export function smtpChecks(
  body: CheckBody<typeof SMTP_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): readonly SmtpCheckConfig[] {
  const { settings } = body.value;
  const heloName = last(settings.helo_name)?.value ?? "smtpchecker.keepalived.org";
  const outer = connection({ type: "smtp", body, standard: STANDARD, bindsFreely: true }, inherited, context);
  const [first] = settings.host;
  if (first === undefined) return outer === undefined ? [] : [{ ...outer, heloName }];
  context.report.warning(["deprecated", "`host` is an old form: write an `SMTP_CHECK` for each"], first.keyword, {
    status: 0,
    keepalived: "The SMTP_CHECK host block is deprecated. Please define additional checkers.",
  });
  return settings.host.flatMap(({ keyword, value }) => {
    const given = { ...value, settings: within(settings, value.settings) };
    const check = connection({ type: "smtp", body: { keyword, value: given }, standard: STANDARD }, inherited, context);
    return check === undefined ? [] : [{ ...check, heloName }];
  });
}

function within(outer: Settings<typeof TCP_CHECK>, inner: Settings<typeof CONNECTING>): Settings<typeof TCP_CHECK> {
  const shared = SHARED.filter((keyword) => inner[keyword].length === 0).map((keyword) => [keyword, outer[keyword]]);
  return Object.assign(Object.create(inner), Object.fromEntries(shared), { proxy_protocol: outer.proxy_protocol });
}

const DNS: Standard = { retry: 3, delayBeforeRetry: undefined };

/** `DNS_CHECK`. */
export function dnsCheck(
  body: CheckBody<typeof DNS_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): DnsCheckConfig | undefined {
  const { settings } = body.value;
  const logged = () => "DNS_CHECK name already specified - ignoring";
  const name = givenOnce("name", settings.name, logged, context.report);
  const base = connection({ type: "dns", body, standard: DNS }, inherited, context);
  return base === undefined
    ? undefined
    : { ...base, queryType: last(settings.type)?.value ?? "SOA", name: name?.value ?? "." };
}

/** `keepalived check - keepalived ch`, as 2.2.7 sends it. */
const PAYLOAD = "6b656570616c6976656420636865636b202d206b656570616c69766564206368";

/** `UDP_CHECK`. */
export function udpCheck(
  body: CheckBody<typeof UDP_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): UdpCheckConfig | undefined {
  const { settings, end } = body.value;
  const least = last(settings.min_reply_length);
  const most = last(settings.max_reply_length);
  const minReplyLength = least?.value ?? 0;
  const maxReplyLength = most?.value ?? 255;
  if (minReplyLength > maxReplyLength) {
    const keepalived = `(${end.file}: Line ${end.line}) UDP_CHECK min_reply length ${minReplyLength} > max_reply_length ${maxReplyLength} - will always fail`;
    const message = `no reply has at least ${minReplyLength} and at most ${maxReplyLength} bytes: the check always fails`;
    context.report.error(
      ["conflict", message],
      last<number>(settings.min_reply_length, settings.max_reply_length)?.span ?? body.keyword,
      { keepalived },
    );
  }
  const base = connection({ type: "udp", body, standard: STANDARD }, inherited, context);
  if (base === undefined) return undefined;
  const reply = last(settings.require_reply)?.value;
  const pattern = reply === "" ? undefined : reply;
  const unlimited = most === undefined && pattern === undefined && minReplyLength <= maxReplyLength;
  return {
    ...base,
    payload: last(settings.payload)?.value ?? PAYLOAD,
    requireReply: reply !== undefined,
    reply: pattern,
    minReplyLength,
    // Keepalived heeds lengths beside a pattern alone: a limit that nobody wrote must not fail a healthy server.
    maxReplyLength: unlimited ? LONGEST_REPLY : maxReplyLength,
  };
}

/** A length that no datagram exceeds. */
const LONGEST_REPLY = 65535;

const MISC = { retry: 0, delayBeforeRetry: seconds(1) };

/** `MISC_CHECK`. */
export function miscCheck(
  body: CheckBody<typeof MISC_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): MiscCheckConfig | undefined {
  const { settings, end } = body.value;
  const path = last(settings.misc_path);
  const account = last(settings.user)?.value ?? context.scriptUser;
  // Words behind the command are no account here: `user` says whose it is.
  const command = path === undefined ? undefined : commandOf({ ...path.value, more: [] }, account);
  if (path === undefined || command === undefined) {
    const keepalived = `(${end.file}: Line ${end.line}) No script path has been specified for MISC_CHECKER - skipping`;
    const message = "`MISC_CHECK` has no `misc_path`: it checks nothing and is left out";
    const help = 'add `misc_path "COMMAND ARGUMENT"`';
    context.report.error(["missing-keyword", message], body.keyword, { keepalived, help });
    return undefined;
  }
  context.runs(path.span);
  return {
    type: "misc",
    ...timing(settings, inherited, MISC, context),
    command,
    timeout: last(settings.misc_timeout)?.value || inherited.serviceDelayLoop, // 0 is none, as with 2.2.7
    dynamicWeight: settings.misc_dynamic.length > 0,
  };
}
