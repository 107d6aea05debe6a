import { type CheckSubject, TIMED_OUT } from "./check-words.ts";
import type { CheckKind, HealthNote } from "./health.ts";

/** What a mail says of a verdict, without its arrows. Spellings as measured, 2.2.7. */
interface Letter {
  readonly succeeded: string;
  failed(why: string): string;
}

const connection = (name: string): Letter => ({
  succeeded: `${name} CHECK succeed on service`,
  failed: () => `${name} CHECK failed on service`,
});
const named = (why: (why: string) => string): Letter => ({
  succeeded: "CHECK succeed on service",
  failed: (found) => `CHECK failed on service : ${why(found)}`,
});
const script = (name: string): Letter => ({
  succeeded: `${name} CHECK succeeded on service`,
  failed: (why) => `${name} CHECK ${why === TIMED_OUT ? "timed out" : "failed"} on service`,
});

const LETTERS: Readonly<Record<CheckKind, Letter>> = {
  tcp: connection("TCP"),
  udp: connection("UDP"),
  ping: connection("ICMP"),
  grpc: { ...connection("GRPC"), failed: (why) => `GRPC CHECK failed on service : ${why}` },
  http: named(() => "HTTP request failed"),
  ssl: named(() => "SSL request failed"),
  smtp: named((why) => why),
  redis: named((why) => why),
  mysql: named((why) => why),
  pgsql: named((why) => why),
  dns: { succeeded: "DNS_CHECK: succeed on service", failed: () => "DNS_CHECK: failed on service" },
  misc: script("MISC"),
  js: script("JS"),
};

/** What a checker's word says in a mail; undefined: it is no verdict. A FILE_CHECK mails nothing. */
export function checkMail({ type }: Pick<CheckSubject, "type">, note: HealthNote): string | undefined {
  if (note.name === "succeeded") return LETTERS[type].succeeded;
  return note.name === "failed" ? LETTERS[type].failed(note.why) : undefined;
}

/** The same of a BFD_CHECK, which follows a session. checkers-ipvs.md §5.3. */
export function bfdMail(session: string, up: boolean): string {
  return `BFD CHECK ${session} ${up ? "succeeded" : "failed"} on service`;
}
