import { concat, getU32 } from "../base/bytes.ts";
import { alive, type Dialogue, type DialogueStep, quoted, unfit } from "./dialogue.ts";
import { decodeErrorResponse, encodeStartup, type PgsqlMessage, TERMINATE, takeMessage } from "./pgsql.ts";

/** For whom a PostgreSQL server is asked. */
export interface PgsqlManners {
  readonly user: string;
  readonly database: string | undefined; // it must be there; undefined: whether there is one for the user does not matter
}

/** Plain data. */
export interface PgsqlVisit {
  readonly database: string | undefined;
  readonly heard: Uint8Array; // an unfinished message
}

/**
 * StartupMessage, and what comes of it. Up: the server asks who we are, which it does not ask while it starts; or it lets
 * us in and is ready; or it refuses who we say we are, as for pg_isready(1), which takes a server that refuses a user for
 * one that accepts connections. Down: it is not there for anybody, as SQLSTATE says by its class: 53 insufficient resources
 * (53300 too many connections, at which pg_isready is content), 57 intervention (57P03 starting up), 58 and XX errors of its
 * own, 08 of the protocol. A server that asks for a password is left without a word, at which it says nothing either; one
 * that let us in gets a farewell.
 */
export function pgsqlDialogue({ user, database }: PgsqlManners): Dialogue<PgsqlVisit> {
  return {
    visit: { database, heard: new Uint8Array() },
    say: encodeStartup({ user, ...(database === undefined ? {} : { database }), application_name: OUR_NAME }),
    step(visit, bytes) {
      let heard = concat(visit.heard, bytes);
      for (;;) {
        const taken = takeMessage(heard);
        if (taken === "long" && !isOldError(heard)) return unfit(wordsOf(heard));
        if (taken === undefined || taken === "long") return { type: "going-on", visit: { ...visit, heard } };
        const end = judged(visit, taken.message);
        if (end !== undefined) return end;
        heard = taken.rest;
      }
    },
  };
}

/** In the server's log and its `pg_stat_activity`. */
const OUR_NAME = "keepalived-ts";
const NO_PGSQL = "it does not speak PostgreSQL's protocol";

/** A server that cannot even fork says so in a form of old, `E` and a text up to NUL: whether that is still to come. */
function isOldError(heard: Uint8Array): boolean {
  return heard[0] === 0x45 && !heard.includes(0) && heard.length < LONGEST_TEXT;
}

const LONGEST_TEXT = 1000;

/** What it says in that form. */
function wordsOf(heard: Uint8Array): string {
  const end = heard.indexOf(0);
  return heard[0] === 0x45 && end !== -1 ? quoted(new TextDecoder().decode(heard.subarray(1, end))) : NO_PGSQL;
}

/** Undefined: there is more to come. */
function judged({ database }: PgsqlVisit, { type, body }: PgsqlMessage): DialogueStep<PgsqlVisit> | undefined {
  switch (type) {
    case "R": // a request for authentication, or 0: there is none
      return getU32(body, 0, false) === 0 ? undefined : alive();
    case "E": {
      const { state, text } = decodeErrorResponse(body);
      const unwelcome = NOT_FOR_US.test(state) && !(state === NO_DATABASE && database !== undefined);
      return unwelcome ? alive() : unfit(quoted(`${text} (${state})`));
    }
    case "Z":
      return alive(TERMINATE);
    case "S": // a parameter
    case "K": // how to cancel
    case "N": // a notice
    case "v": // an option that it does not know
      return undefined;
    default:
      return unfit(NO_PGSQL);
  }
}

/** Classes that are about who asks and for what: 28 authorization, 3D database, 42 rights, 0A features, 22 values. */
const NOT_FOR_US = /^(28|3D|42|0A|22)/;
const NO_DATABASE = "3D000";
