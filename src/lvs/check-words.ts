import type { CheckKind, HealthNote } from "./health.ts";

/** What is checked, for words. */
export interface CheckSubject {
  readonly type: CheckKind;
  readonly realServer: string; // `serverWords`
  readonly virtualServer: string; // `serverWords`
  readonly urls: readonly { readonly path: string; readonly digest: string | undefined; readonly regex?: unknown }[]; // http, ssl
  readonly script: string; // misc, js: what is run
}

type Failed = Extract<HealthNote, { name: "failed" }>;
type Failure = Extract<HealthNote, { name: "failure" }>;

/** What one kind of checker says of itself; undefined: nothing. */
interface Vocabulary {
  readonly name: string;
  succeeded(subject: CheckSubject): string | undefined;
  failed(subject: CheckSubject, note: Failed): string;
  failure(subject: CheckSubject, note: Failure): string; // with `log_all_failures`
}

/** What a checker found, in Keepalived's words where it has some; undefined: it says nothing of it. */
export function healthWords(subject: CheckSubject, note: HealthNote): string | undefined {
  const words = WORDS[subject.type];
  switch (note.name) {
    case "succeeded":
      return words.succeeded(subject);
    case "failed":
      return words.failed(subject, note);
    case "failure":
      return words.failure(subject, note);
    case "url-succeeded": {
      const [url] = subject.urls.slice(note.url);
      return `${tested(url)} success to ${subject.realServer} url(${url?.path})`;
    }
    case "local-trouble":
      return `${words.name} on service ${subject.realServer} cannot be made: ${note.why}`;
  }
}

/** The last of the conditions. */
function tested(url: CheckSubject["urls"][number] | undefined): string {
  if (url?.regex !== undefined) return "Regex match";
  return url?.digest === undefined ? "HTTP status code" : "MD5 digest";
}

const after = (retries: number): string => (retries > 0 ? ` after ${retries} retries` : "");

/** Of what is asked with packets, and answers or not. */
function connection(name: string, protocol: string): Vocabulary {
  return {
    name,
    succeeded: ({ realServer }) => `${protocol} connection to ${realServer} success.`,
    failed: ({ realServer }, { retries }) => `${name} on service ${realServer} failed${after(retries)}.`,
    failure: ({ realServer }, { why }) => `${protocol} connection to ${realServer} failed. (${why})`,
  };
}

/** Of what answers in words of its own, which are the reason. Ours: Keepalived has no such check. */
function database(name: string): Vocabulary {
  return {
    name,
    succeeded: ({ realServer }) => `${name} on service ${realServer} succeeded.`,
    failed: ({ realServer }, { retries, why }) => `${name} on service ${realServer} failed${after(retries)}: ${why}`,
    failure: ({ realServer }, { why }) => `${name} on service ${realServer} failed: ${why}`,
  };
}

function web(name: string): Vocabulary {
  return {
    name,
    succeeded: ({ realServer }) => `Remote Web server ${realServer} succeed on service.`,
    failed: ({ realServer }, { retries, why }) =>
      `${name} on service ${realServer} failed${after(retries)}.${explained(why)}`,
    failure: ({ realServer }, { why }) => {
      const [, reason = why, detail] = /^(.*?): (.*)$/s.exec(why) ?? [];
      return `${reason} server ${realServer}.${detail === undefined ? "" : ` (${detail})`}`;
    },
  };
}

/** `failed, will do 3 retries (exited with status 1)`; a script that does not end has no status. */
function scriptWords({ type, realServer, virtualServer, script }: CheckSubject, when: string, why: string): string {
  const which = `${type === "js" ? "JS" : "Misc"} check for [${realServer} VS ${virtualServer}] by [${script}]`;
  return why === TIMED_OUT ? `${which} timed out${when}.` : `${which} failed${when} (${why}).`;
}

/** Of what is run, and ends in time or not. */
function script(name: string): Vocabulary {
  return {
    name,
    succeeded: ({ type, realServer, virtualServer, script }) =>
      `${type === "js" ? "JS" : "Misc"} check for [${realServer} VS ${virtualServer}] by [${script}] succeeded.`,
    failed: (subject, { retries, why }) =>
      scriptWords(subject, retries > 0 ? ` after ${counted(retries)}` : " with retry disabled", why),
    failure: (subject, { done, of, why }) =>
      scriptWords(subject, done === 0 ? `, will do ${counted(of)}` : ` on retry ${done}/${of}`, why),
  };
}

const counted = (retries: number): string => (retries === 1 ? "1 retry" : `${retries} retries`);

/** Why a script that did not end in time has failed. */
export const TIMED_OUT = "timed out";
/** What Keepalived has no line for is said with the verdict: of a certificate, check/certificate.ts; of HTTP/2. */
function explained(why: string): string {
  const [, detail] = /^[^:]*: (.*)$/s.exec(why) ?? [];
  return detail !== undefined && /^Certificate |HTTP\/2/.test(why) ? ` (${detail})` : "";
}

// What check/udp.ts and check/ping.ts say.
const MISMATCH = "reply data mismatch";
const NO_REPLY = "timeout";

const WORDS: Readonly<Record<CheckKind, Vocabulary>> = {
  tcp: connection("TCP_CHECK", "TCP"),
  udp: {
    ...connection("UDP_CHECK", "UDP"),
    failure: ({ realServer }, { why }) =>
      why === MISMATCH ? `UDP check to ${realServer} ${MISMATCH}.` : `UDP connection to ${realServer} failed. (${why})`,
  },
  http: web("HTTP_CHECK"),
  ssl: web("SSL_CHECK"),
  ping: {
    ...connection("ICMP CHECK", "ICMP"),
    failed: ({ realServer, virtualServer }, { retries }) =>
      `ICMP CHECK on service ${realServer}${retries > 0 ? ` of ${virtualServer}` : ""} failed${after(retries)}.`,
    failure: ({ realServer }, { why }) =>
      `ICMP connection to address ${realServer} ${why === NO_REPLY ? `${NO_REPLY}.` : `failed. (${why})`}`,
  },
  smtp: {
    name: "SMTP_CHECK",
    succeeded: ({ realServer }) => `Remote SMTP server ${realServer} succeed on service.`,
    failed: (_, { why }) => `SMTP_CHECK ${why}`,
    failure: (_, { why }) => `SMTP_CHECK ${why}`,
  },
  redis: database("REDIS_CHECK"),
  mysql: database("MYSQL_CHECK"),
  pgsql: database("PGSQL_CHECK"),
  grpc: {
    name: "GRPC_CHECK",
    succeeded: ({ realServer }) => `GRPC_CHECK on service ${realServer} succeeded.`,
    failed: ({ realServer }, { retries, why }) => `GRPC_CHECK on service ${realServer} failed${after(retries)}: ${why}`,
    failure: ({ realServer }, { why }) => `GRPC_CHECK on service ${realServer} failed: ${why}`,
  },
  dns: {
    name: "DNS_CHECK",
    succeeded: () => undefined,
    failed: ({ realServer }, { retries, why }) => `DNS_CHECK (${realServer}) ${why}${after(retries)}`,
    failure: ({ realServer }, { why }) => `DNS_CHECK (${realServer}) ${why}`,
  },
  misc: script("MISC_CHECK"),
  js: script("JS_CHECK"),
};
