import { hostname, userInfo } from "node:os";
import type { Notification } from "../base/notification.ts";
import { type Micros, seconds } from "../base/time.ts";
import type { GlobalConfig } from "../config/model/global.ts";
import { MailConnection, type MailRelay } from "../io/mail-connection.ts";
import { isSent, type MailEffect, type MailEvent, mailDeadline, mailStep, noMail } from "../notify/mail-queue.ts";
import type { Mail } from "../wire/mail.ts";
import { type SmtpEvent, type SmtpManners, smtpStart, smtpStep } from "../wire/smtp.ts";
import type { ScriptsHost } from "./notify-scripts.ts";

/** What a mail needs of the configuration. */
interface Post {
  readonly relay: MailRelay;
  readonly manners: SmtpManners;
  readonly timeout: Micros; // for each answer
  readonly router: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** Mails alerts to the operators, where there is a relay and somebody to mail to. */
export class NotifyMail {
  readonly #host: ScriptsHost;
  readonly #mailed = new Map<string, string>(); // the state last mailed of each thing
  #post: Post | undefined;
  #queue = noMail<Mail>();
  #connection: MailConnection | undefined;
  #cancelWake = (): void => {};
  #cancelTimeout = (): void => {};
  #sent: () => void = () => {};
  #tooMany = 0; // lost since nothing waited, the first of which was said

  constructor(host: ScriptsHost) {
    this.#host = host;
  }

  configure(global: GlobalConfig): void {
    this.#post = postOf(global);
  }

  send({ about, alert }: Notification): void {
    if (alert === undefined || this.#post === undefined) return;
    if (alert.state !== undefined && this.#mailed.get(about) === alert.state) return;
    if (alert.state !== undefined) this.#mailed.set(about, alert.state);
    const { router, from, to } = this.#post;
    this.#feed({
      type: "add",
      mail: { from, to, subject: `[${router}] ${alert.subject}`, body: alert.body, date: mailDate(new Date()) },
    });
  }

  /** What waits is tried once more. Resolves when it is sent or lost, or after `patience`. */
  async close(patience: Micros): Promise<void> {
    const { clock, log } = this.#host;
    this.#feed({ type: "stop" });
    if (isSent(this.#queue)) return;
    await new Promise<void>((resolve) => {
      this.#sent = resolve;
      clock.wakeAt(clock.now() + patience, resolve);
    });
    const left = this.#queue.waiting.length;
    if (left > 0) log.warning("{left} SMTP alerts are not sent: the daemon stops", { left });
    this.kill();
  }

  /** Ends the connection at once. */
  kill(): void {
    this.#cancelWake();
    this.#cancelTimeout();
    this.#connection?.close();
    this.#queue = noMail();
    this.#settled();
  }

  #feed(event: MailEvent<Mail>): void {
    const { clock } = this.#host;
    const { queue, effects } = mailStep(this.#queue, event, clock.now());
    this.#queue = queue;
    for (const effect of effects) this.#perform(effect);
    this.#cancelWake();
    const at = mailDeadline(this.#queue);
    this.#cancelWake = at === undefined ? () => {} : clock.wakeAt(at, () => this.#feed({ type: "timer" }));
    if (isSent(this.#queue)) this.#settled();
  }

  /** Nothing waits any more. */
  #settled(): void {
    const more = this.#tooMany - 1;
    if (more > 0) this.#host.log.error("{more} more SMTP alerts were lost: {why}", { more, why: LOST["too-many"] });
    this.#tooMany = 0;
    this.#sent();
  }

  #perform(effect: MailEffect<Mail>): void {
    const { log } = this.#host;
    switch (effect.type) {
      case "send":
        this.#deliver(effect.mail);
        break;
      case "lost":
        if (effect.why === "too-many" && ++this.#tooMany > 1) break; // counted: of thousands of servers each has one
        log.error("SMTP alert `{subject}` is lost: {why}", { subject: effect.mail.subject, why: LOST[effect.why] });
        break;
      case "note":
        if (effect.note === "recovered") log.info("SMTP alerts are sent again");
        else log.warning("SMTP alerts wait, and are tried again until they are an hour old");
        break;
    }
  }

  /** One try, over a connection of its own. */
  #deliver(mail: Mail): void {
    const { log, clock } = this.#host;
    const post = this.#post;
    if (post === undefined) {
      this.#answer({ type: "failed", permanent: true });
      return;
    }
    const { relay, manners, timeout } = post;
    const server = `[${relay.host}]:${relay.port}`;
    let dialogue = smtpStart(mail, manners);
    const patience = (): void => {
      this.#cancelTimeout();
      this.#cancelTimeout = clock.wakeAt(clock.now() + timeout, () => hear({ end: "it does not answer in time" }));
    };
    const hear = (event: SmtpEvent): void => {
      const step = smtpStep(dialogue, event);
      dialogue = step.dialogue;
      patience();
      for (const effect of step.effects) {
        if (effect.type === "send") connection.write(effect.bytes);
        if (effect.type === "start-tls") connection.startTls();
        if (effect.type !== "over") continue;
        this.#cancelTimeout();
        connection.close();
        const { outcome } = effect;
        if (outcome.type === "delivered") {
          for (const why of outcome.refused) log.warning("SMTP server {server} refused {why}", { server, why });
          log.info("SMTP alert successfully sent.");
          this.#answer({ type: "delivered" });
        } else {
          if (this.#queue.failures === 0 || outcome.permanent)
            log.warning("SMTP server {server}: {why}", { server, why: outcome.why });
          this.#answer({ type: "failed", permanent: outcome.permanent });
        }
      }
    };
    const connected = (): void => log.detail("Remote SMTP server {server} connected.", { server });
    const connection = new MailConnection(relay, connected, hear);
    this.#connection = connection;
    patience();
  }

  /** Not from within the connection's own call: what comes next may be another connection. */
  #answer(event: MailEvent<Mail>): void {
    setImmediate(() => this.#feed(event));
  }
}

/** At most this long, in all, at the stop. */
export const MAIL_PATIENCE: Micros = seconds(2);

const LOST = {
  "too-many": "too many are waiting",
  "too-old": "it is an hour old",
  refused: "the server refused it",
  stopped: "the daemon stops",
} as const;

function postOf(global: GlobalConfig): Post | undefined {
  const { smtpServer, notificationEmail, notificationEmailFrom, smtpHeloName, smtpConnectTimeout } = global;
  const { smtpTls, smtpAuthorities, smtpLogin } = global;
  if (smtpServer === undefined || notificationEmail.length === 0) return undefined;
  const [host = "", port = "25"] = smtpServer.split(/\s+/);
  const encrypted = !smtpTls ? "no" : Number(port) === SUBMISSIONS ? "from-start" : "start-tls";
  return {
    relay: { host, port: Number(port), encrypted: encrypted === "from-start", authorities: smtpAuthorities },
    manners: { hello: smtpHeloName ?? hostname(), encrypted, login: smtpLogin },
    timeout: smtpConnectTimeout,
    router: global.routerId ?? hostname(),
    from: notificationEmailFrom ?? `${userName()}@${hostname()}`,
    to: notificationEmail,
  };
}

/** RFC 8314 §3.3. */
const SUBMISSIONS = 465;

/** Of this process; its number where it has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

/** RFC 5322 §3.3, in UTC: `Sat, 21 Nov 2026 08:00:18 +0000`. */
function mailDate(at: Date): string {
  return at.toUTCString().replace("GMT", "+0000");
}
