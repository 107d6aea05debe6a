import type { IpAddress } from "../../base/ip.ts";
import type { Micros } from "../../base/time.ts";
import type { CommandConfig } from "./command.ts";
import type { MysqlCheckConfig, PgsqlCheckConfig, RedisCheckConfig } from "./database.ts";

/** A checker of a real server. */
export type CheckerConfig =
  | TcpCheckConfig
  | HttpCheckConfig
  | SslCheckConfig
  | SmtpCheckConfig
  | DnsCheckConfig
  | MiscCheckConfig
  | JsCheckConfig
  | UdpCheckConfig
  | PingCheckConfig
  | RedisCheckConfig
  | MysqlCheckConfig
  | PgsqlCheckConfig
  | GrpcCheckConfig
  | FileCheckConfig
  | BfdCheckConfig;

/** The block of the configuration that each kind of checker stands in. */
export const CHECKER_KEYWORDS = {
  tcp: "TCP_CHECK",
  http: "HTTP_GET",
  ssl: "SSL_GET",
  smtp: "SMTP_CHECK",
  dns: "DNS_CHECK",
  misc: "MISC_CHECK",
  js: "JS_CHECK",
  udp: "UDP_CHECK",
  ping: "PING_CHECK",
  redis: "REDIS_CHECK",
  mysql: "MYSQL_CHECK",
  pgsql: "PGSQL_CHECK",
  grpc: "GRPC_CHECK",
  file: "FILE_CHECK",
  bfd: "BFD_CHECK",
} as const satisfies Readonly<Record<CheckerConfig["type"], string>>;

/** What every checker has that runs from time to time. */
export interface CheckerTiming {
  readonly delayLoop: Micros;
  readonly retry: number; // failures forgiven before the verdict
  readonly delayBeforeRetry: Micros;
  readonly warmup: Micros; // upper bound of the random first delay
  readonly alpha: boolean; // down until proven up
  readonly logAllFailures: boolean;
}

/** What every connecting checker has. */
export interface CheckerBase extends CheckerTiming {
  readonly address: IpAddress; // connect_ip, or the real server's
  readonly port: number; // connect_port, or the real server's
  readonly bindAddress: IpAddress | undefined;
  readonly bindPort: number; // 0 = any
  readonly bindInterface: string | undefined;
  readonly fwmark: number; // 0 = none
  readonly connectTimeout: Micros;
  readonly proxyProtocol?: ProxyProtocolConfig | undefined; // over TCP alone
}

/** `proxy_protocol`: how a connection is announced. `local`: as the director's own; `proxy`: as one from its address. */
export interface ProxyProtocolConfig {
  readonly version: 1 | 2;
  readonly command: "local" | "proxy";
}

/** `TCP_CHECK`. */
export interface TcpCheckConfig extends CheckerBase {
  readonly type: "tcp";
}

/** `HTTP_GET`. */
export interface HttpCheckConfig extends HttpBase {
  readonly type: "http";
  readonly urls: readonly HttpUrl[]; // at least one
}

/** `SSL_GET`. */
export interface SslCheckConfig extends HttpBase, ExpiryWarning {
  readonly type: "ssl";
  readonly urls: readonly SslUrl[]; // at least one
}

/** What `HTTP_GET` and `SSL_GET` have in common. */
interface HttpBase extends CheckerBase {
  readonly protocol: "1.0" | "1.0c" | "1.1" | "2"; // 2 is ours: HTTP/2
  readonly virtualHost: string | undefined;
  readonly fastRecovery: boolean; // no delay between the urls of a server that comes back
}

/** `url` of an HTTP_GET. All conditions must hold. */
export interface HttpUrl {
  readonly path: string;
  readonly statusCodes: readonly (readonly [from: number, to: number])[]; // inclusive
  readonly digest: string | undefined; // lower-case MD5 of the body
  readonly virtualHost: string | undefined;
  readonly regex: RegexConfig | undefined;
  readonly request: RequestConfig | undefined; // undefined: a GET without more
}

/** What a request has beside path and Host: `method`, `header`, `body`, `basic_auth`. */
export interface RequestConfig {
  readonly method: string; // in capitals
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Given | undefined;
  readonly credentials: Given | undefined; // `USER:PASSWORD`
}

/** A text, or the path of the file that holds it. */
export type Given = { readonly text: string } | { readonly file: string };

/** `url` of an SSL_GET. */
export interface SslUrl extends HttpUrl {
  readonly serverName: string | undefined; // TLS SNI; undefined: none is sent
  readonly tlsCompliant: boolean; // close_notify is sent
  readonly verification: VerificationConfig | undefined; // undefined: any certificate will do
}

/** How a server's certificate is verified: `tls_verify`, `tls_ca`, `tls_name`. Of every checker that speaks TLS. */
export interface VerificationConfig {
  readonly authorities: string | undefined; // path of certificates; undefined: of the `SSL` block, else the system's
  readonly name: string; // that it must be good for, or an address
}

/** Of every checker that speaks TLS. */
export interface ExpiryWarning {
  readonly expiryWarning: number | undefined; // days, `tls_expiry_warning`
}

/** What a body is searched for. */
export interface RegexConfig {
  readonly pattern: string; // PCRE2
  readonly options: readonly string[]; // PCRE2's names in lower case, such as `caseless`
  readonly expected: boolean; // false: a match is a failure, `regex_no_match`
  readonly minOffset: number; // where a match may start, bytes
  readonly maxOffset: number | undefined; // undefined: anywhere behind
  readonly stack: readonly [start: number, max: number] | undefined; // of PCRE2's compiler, bytes
}

/** `SMTP_CHECK`, or a `host` of one. */
export interface SmtpCheckConfig extends CheckerBase {
  readonly type: "smtp";
  readonly heloName: string;
}

/** `DNS_CHECK`. */
export interface DnsCheckConfig extends CheckerBase {
  readonly type: "dns";
  readonly queryType: string; // `SOA`
  readonly name: string; // `.` is the root
}

/** `MISC_CHECK`. */
export interface MiscCheckConfig extends CheckerTiming {
  readonly type: "misc";
  readonly command: CommandConfig;
  readonly timeout: Micros;
  readonly dynamicWeight: boolean; // exit codes 2..255 set the weight
}

/** `JS_CHECK`, ours: a function of a JavaScript module. */
export interface JsCheckConfig extends CheckerTiming {
  readonly type: "js";
  readonly module: string; // path; not absolute: from where the daemon was started
  readonly arguments: readonly string[]; // for the module
  readonly timeLimit: Micros;
  readonly dynamic: boolean; // a weight in what it returns is the server's
  readonly server: CheckedServer;
}

/** What a module is told of the server that it checks. */
export interface CheckedServer {
  readonly address: IpAddress;
  readonly port: number; // 0 = connections come to several ports
  readonly virtualServer: string; // as logs name it: `[10.9.0.100]:tcp:80`
}

/** `UDP_CHECK`. */
export interface UdpCheckConfig extends CheckerBase {
  readonly type: "udp";
  readonly payload: string; // hexadecimal, lower case
  readonly requireReply: boolean;
  readonly reply: string | undefined; // hexadecimal, `x` for any digit
  readonly minReplyLength: number;
  readonly maxReplyLength: number;
}

/** `PING_CHECK`. */
export interface PingCheckConfig extends CheckerBase {
  readonly type: "ping";
}

/** `GRPC_CHECK`: ours. */
export interface GrpcCheckConfig extends CheckerBase, ExpiryWarning {
  readonly type: "grpc";
  readonly service: string; // empty: the server as a whole
  readonly virtualHost: string | undefined;
  readonly tls: GrpcTls | undefined; // undefined: without TLS
}

/** How a GRPC_CHECK speaks TLS. */
export interface GrpcTls {
  readonly serverName: string | undefined; // SNI; undefined: none is sent
  readonly verification: VerificationConfig | undefined; // undefined: any certificate will do
}

/** `FILE_CHECK`: the number in a watched file is the weight. */
export interface FileCheckConfig {
  readonly type: "file";
  readonly trackFile: string; // name of a `track_file`
  readonly weight: number; // -2147483647..2147483647, multiplies the number; 0: any other number is a fault
  readonly reverse: boolean;
}

/** `BFD_CHECK`. */
export interface BfdCheckConfig {
  readonly type: "bfd";
  readonly instance: string; // name of a `bfd_instance`
  readonly alpha: boolean; // down until the session is up
}
