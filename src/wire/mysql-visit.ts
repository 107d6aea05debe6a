import { concat } from "../base/bytes.ts";
import { alive, type Dialogue, type DialogueStep, quoted, unfit } from "./dialogue.ts";
import {
  decodeError,
  decodeGreeting,
  decodeSwitch,
  encodeLogin,
  encodePacket,
  type MysqlError,
  type MysqlPacket,
  QUIT,
  takePacket,
} from "./mysql.ts";

/** How a MySQL or MariaDB server is visited. */
export interface MysqlManners {
  readonly user: string;
  readonly welcome: boolean; // the login must succeed; else it is enough that it is answered
  /** Proves that we know the password in the way of a plugin; undefined: in a way that we have not. */
  prove(plugin: string, nonce: Uint8Array): Uint8Array | undefined;
}

/** What the next packet answers. Plain data. */
export interface MysqlVisit {
  readonly phase: "greeting" | "login";
  readonly heard: Uint8Array; // an unfinished packet
  readonly unknown: string; // the plugin that was asked for in vain
}

/** The plugin of a server that names none, and ours where we have not its own: then it says which it wants. */
const USUAL = "mysql_native_password";

/**
 * The greeting, a login, COM_QUIT. A server that is only greeted counts a connection error, and after `max_connect_errors`
 * (100) without a login among them it blocks our host, also where we close in all form (MariaDB 10.11); a login that it
 * refuses does not count. So there is always a login. Up: it succeeds, or it is refused and that is `welcome` enough. What an ERR packet
 * says is the reason else: 1040 `Too many connections`, 1129 `Host … is blocked`, 1045 `Access denied`.
 */
export function mysqlDialogue(manners: MysqlManners): Dialogue<MysqlVisit> {
  return {
    visit: { phase: "greeting", heard: new Uint8Array(), unknown: "" },
    say: undefined, // the server speaks first
    step: (visit, bytes) => step(manners, visit, bytes),
  };
}

function step(manners: MysqlManners, before: MysqlVisit, bytes: Uint8Array): DialogueStep<MysqlVisit> {
  let visit: MysqlVisit = { ...before, heard: concat(before.heard, bytes) };
  let say: Uint8Array | undefined;
  for (;;) {
    const taken = takePacket(visit.heard);
    if (taken === "long") return unfit(NO_MYSQL);
    if (taken === undefined) return { type: "going-on", visit, say };
    const next = visit.phase === "greeting" ? greeted(manners, taken.packet) : answered(manners, visit, taken.packet);
    if (next.type === "over") return next;
    say = next.say; // at most one a packet, and none of ours stays unanswered by two of theirs
    visit = { ...next.visit, heard: taken.rest };
  }
}

const NO_MYSQL = "it does not speak MySQL";

function greeted(manners: MysqlManners, { sequence, payload }: MysqlPacket): DialogueStep<MysqlVisit> {
  const error = decodeError(payload);
  if (error !== undefined) return unfit(errorWords(error));
  const greeting = decodeGreeting(payload);
  if (greeting === undefined) return unfit(NO_MYSQL);
  const own = manners.prove(greeting.plugin, greeting.nonce);
  const plugin = own === undefined ? USUAL : greeting.plugin;
  const proof = own ?? manners.prove(USUAL, greeting.nonce) ?? new Uint8Array();
  return goingOn("", sequence, encodeLogin({ user: manners.user, plugin, proof }));
}

function answered(manners: MysqlManners, visit: MysqlVisit, packet: MysqlPacket): DialogueStep<MysqlVisit> {
  const { sequence, payload } = packet;
  const error = decodeError(payload);
  if (error !== undefined) return refused(manners, visit, error);
  switch (payload[0]) {
    case 0x00: // OK
      return alive(QUIT);
    case 0x01: // caching_sha2_password: 3, it remembers us; 4, it wants the password itself, which nobody gets in clear
      if (payload[1] === 3) return { type: "going-on", visit };
      return goingOn("caching_sha2_password without TLS", sequence, new Uint8Array());
    case 0xfe: {
      const { plugin, nonce } = decodeSwitch(payload);
      const proof = manners.prove(plugin, nonce);
      return goingOn(proof === undefined ? plugin : "", sequence, proof ?? new Uint8Array());
    }
    default:
      return unfit(NO_MYSQL);
  }
}

/** Of the refusals those count as an answer that are about who asks: SQLSTATE 28000. */
function refused({ welcome }: MysqlManners, { unknown }: MysqlVisit, error: MysqlError): DialogueStep<MysqlVisit> {
  if (!welcome && error.state === "28000") return alive();
  return unfit(errorWords(error) + (unknown === "" ? "" : ` (it wants ${quoted(unknown)}, which is not spoken here)`));
}

function errorWords({ code, text }: MysqlError): string {
  return `${code} ${quoted(text)}`;
}

function goingOn(unknown: string, answers: number, payload: Uint8Array): DialogueStep<MysqlVisit> {
  const say = encodePacket({ sequence: (answers + 1) & 0xff, payload });
  return { type: "going-on", visit: { phase: "login", heard: new Uint8Array(), unknown }, say };
}
