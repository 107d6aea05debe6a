import { destinationName } from "../base/ipvs.ts";
import {
  type BfdCheckConfig,
  CHECKER_KEYWORDS,
  type CheckerBase,
  type CheckerConfig,
  type ExpiryWarning,
  type FileCheckConfig,
  type HttpCheckConfig,
  type HttpUrl,
  type JsCheckConfig,
  type SslUrl,
  type VerificationConfig,
} from "../config/model/check.ts";
import { list, value } from "./shape.ts";
import { always, command, seconds } from "./words.ts";

type Paced = Partial<
  CheckerBase & Pick<HttpCheckConfig, "fastRecovery"> & ExpiryWarning & FileWeight & Pick<JsCheckConfig, "timeLimit">
> &
  Pick<CheckerConfig, "type">;
type FileWeight = Pick<FileCheckConfig, "weight" | "reverse">;

/**
 * Equal for checkers that ask the same question: a verdict of one is a verdict of the other. How often it is asked, how
 * long an answer may take, how many failures count, when somebody is warned and what the number in a file weighs does not matter.
 */
export function question(checker: Paced): string {
  const { connectTimeout, delayLoop, retry, delayBeforeRetry, warmup, alpha, logAllFailures, ...more } = checker;
  const { fastRecovery, expiryWarning, weight, reverse, timeLimit, ...asked } = more;
  return JSON.stringify(asked);
}

/**
 * Whether of two checkers with the same `question` one may run for both: they ask it as often, and judge the answers alike.
 * Whose server it is does not count, and no checker asks by that.
 */
export function asksAlike(a: AskingChecker, b: AskingChecker): boolean {
  const [one, other]: readonly [Paced, Paced] = [a, b];
  return MANNER.every((field) => one[field] === other[field]);
}

/** What `question` leaves out. */
const MANNER = [
  ...(["connectTimeout", "delayLoop", "retry", "delayBeforeRetry", "warmup", "alpha", "logAllFailures"] as const),
  ...(["fastRecovery", "expiryWarning", "weight", "reverse", "timeLimit"] as const),
] satisfies readonly (keyof Paced)[];

/** One that asks its server from time to time; the others follow what they are told. */
export type AskingChecker = Exclude<CheckerConfig, FileCheckConfig | BfdCheckConfig>;

function titleOf(checker: CheckerConfig): string {
  return `${CHECKER_KEYWORDS[checker.type]} ${targetOf(checker)}`;
}

function targetOf(checker: CheckerConfig): string {
  switch (checker.type) {
    case "misc":
      return checker.command.argv.join(" ");
    case "js":
      return [checker.module, ...checker.arguments].join(" ");
    case "file":
      return `\`${checker.trackFile}\``;
    case "bfd":
      return `\`${checker.instance}\``;
    default:
      return destinationName(checker);
  }
}

function knowsNothing(checker: CheckerConfig): string {
  const { alpha } = { alpha: false, ...checker };
  if (checker.type === "file") return FILE_COUNTS;
  if (checker.type === "bfd") return alpha ? "the server is down until the session is up" : "as the session is";
  return alpha ? "the server is down until it succeeds" : "it counts as a success until it fails";
}

const FILE_COUNTS = "the number in the file counts at once";

const URLS = list<HttpUrl | SslUrl>({
  words: "url",
  ordered: true,
  key: ({ path }) => path,
  title: ({ path }) => path,
  shape: {
    statusCodes: list({
      words: "status_code",
      key: ([from, to]) => `${from} ${to}`,
      title: ([from, to]) => (from === to ? `${from}` : `${from}-${to}`),
      shape: {},
    }),
    virtualHost: value("virtualhost"),
    // Values of headers and what a login is made of may be secrets.
    request: value("method", {
      show: ({ method, headers, body, credentials }) =>
        [
          method,
          ...headers.map(([name]) => name),
          ...(body === undefined ? [] : ["file" in body ? body.file : "body"]),
          ...(credentials === undefined ? [] : ["Authorization"]),
        ].join(", "),
    }),
    verification: value("tls_verify", {
      show: ({ authorities, name }) => (authorities === undefined ? name : `${name} by ${authorities}`),
    }),
    regex: value("regex", { show: ({ pattern, expected }) => `${expected ? "" : "not "}${pattern}` }),
  },
});

/** `as www.example, verified` of a GRPC_CHECK. */
function tlsWords(serverName: string | undefined, verification: VerificationConfig | undefined): string {
  const { authorities, name } = verification ?? {};
  const by = authorities === undefined ? "" : ` by ${authorities}`;
  return `as ${serverName ?? "nobody"}${name === undefined ? "" : `, verified for ${name}${by}`}`;
}

/** Checkers of a real server. */
export const CHECKERS = list<CheckerConfig>({
  words: "checker",
  key: question,
  successor: ({ type }) => type,
  title: titleOf,
  shape: {
    address: value("connect_ip"),
    port: value("connect_port"),
    bindAddress: value("bindto"),
    bindPort: value("bind_port"),
    bindInterface: value("bind_if"),
    connectTimeout: seconds("connect_timeout"),
    proxyProtocol: value("proxy_protocol", { show: ({ version, command }) => `v${version} ${command}` }),
    delayLoop: seconds("delay_loop"),
    delayBeforeRetry: seconds("delay_before_retry"),
    warmup: seconds("warmup"),
    logAllFailures: value("log_all_failures"),
    protocol: value("http_protocol"),
    virtualHost: value("virtualhost"),
    fastRecovery: value("fast_recovery"),
    expiryWarning: value("tls_expiry_warning", { unit: "days" }),
    urls: URLS,
    service: value("service"),
    tls: value("tls", { show: ({ serverName, verification }) => tlsWords(serverName, verification) }),
    heloName: value("helo_name"),
    username: value("username"),
    passwordFile: value("password_file"),
    database: value("database"),
    allowNoauth: value("allow_noauth"),
    queryType: value("type"),
    command: command("misc_path"),
    timeout: seconds("misc_timeout"),
    dynamicWeight: value("misc_dynamic"),
    module: value("module"),
    arguments: value("arguments", { show: (words) => words.join(" ") }),
    timeLimit: seconds("timeout"),
    dynamic: value("js_dynamic"),
    server: value("server", { same: () => true }),
    requireReply: value("require_reply"),
    trackFile: value("track_file"),
    instance: value("name"),
    weight: value("weight"),
    reverse: value("reverse"),
  },
  added: knowsNothing,
  removed: always("its verdict counts no more"),
  changed: (_, checker) => (checker.type === "file" ? FILE_COUNTS : "begins anew, its verdict stays"),
  replaced: (checker) =>
    checker.type !== "file" && checker.type !== "bfd"
      ? `asks something else and knows nothing: ${knowsNothing(checker)}`
      : knowsNothing(checker),
});
