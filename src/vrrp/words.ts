import type { IpAddress } from "../base/ip.ts";
import { centiseconds, type Micros, milliseconds, toSeconds } from "../base/time.ts";
import type { VrrpNote } from "./machine.ts";
import type { VrrpParameters } from "./parameters.ts";
import type { ReceiveProblem } from "./receive.ts";
import type { ScriptNote } from "./script.ts";
import type { GroupNote } from "./sync-group.ts";
import type { FaultReason } from "./tracking.ts";

/** What the words need of the router. */
export type Spoken = Pick<
  VrrpParameters,
  "name" | "vrid" | "version" | "priority" | "interval" | "addresses" | "authentication" | "unicast"
>;

/** A note in Keepalived's words, where it has some. */
export function noteWords({ name, priority: ours, interval }: Spoken, note: VrrpNote): string {
  switch (note.name) {
    case "entering":
      return `(${name}) Entering ${note.state.toUpperCase()} STATE${note.initial ? " (init)" : ""}`;
    case "advertisement-timeout":
      return `(${name}) Receive advertisement timeout`;
    case "lower-priority-discarded":
      return `(${name}) received lower priority (${note.priority}) advert from ${note.from} - discarding`;
    case "forcing-election": {
      const election = note.answered ? ", forcing new election" : "";
      return `(${name}) Received advert from ${note.from} with lower priority ${note.priority}, ours ${ours}${election}`;
    }
    case "higher-priority":
      return `(${name}) Master received advert from ${note.from} with higher priority ${note.priority}, ours ${ours}`;
    case "same-priority-higher-address":
      return `(${name}) Master received advert from ${note.from} with same priority ${note.priority} but higher IP address than ours`;
    case "own-address-conflict":
      return `(${name}) WARNING - equal priority advert received from remote host with our IP address.`;
    case "owner-conflict":
      return `(${name}) CONFIGURATION ERROR: local instance and ${note.from} are both configured as address owner, please resolve`;
    case "owner-stays":
      return `(${name}) CONFIGURATION ERROR: ${note.from} goes on as address owner, yielding to it`;
    case "late":
      return `(${name}) timer expired ${toSeconds(note.late).toFixed(6)} seconds ago: ${COURSE[note.course]}`;
    case "priority-zero-received":
      return note.by === "master"
        ? `(${name}) Master received priority 0 message`
        : `(${name}) Backup received priority 0 advertisement`;
    case "priority-zero-ignored":
      return `(${name}) ignoring priority 0 advertisement from ${note.from}, master is ${note.master}`;
    case "priority-zero-sent":
      return `(${name}) sent 0 priority`;
    case "master-changed":
      return note.from === undefined
        ? `(${name}) master set to ${note.to}`
        : `(${name}) master changed from ${note.from} to ${note.to}`;
    case "interval-differs":
      return `(${name}) advertisement interval mismatch with ${note.from} ours = ${inCentiseconds(interval)} centi-sec rcv'd=${inCentiseconds(note.interval)} centi-sec`;
    case "interval-learned":
      return `(${name}) advertisement interval updated from ${inMilliseconds(note.from)}ms to ${inMilliseconds(note.to)}ms by master`;
    case "interval-own":
      return `(${name}) changing advert interval from ${inMilliseconds(note.from)}ms to locally configured ${inMilliseconds(note.to)}ms`;
    case "preempt-delay-started":
      return `(${name}) start preempt delay (${toSeconds(note.delay).toFixed(6)})`;
    case "preempt-delay-stopped":
      return `(${name}) stop preempt delay`;
    case "priority-changed":
      return `(${name}) Changing effective priority from ${note.from} to ${note.to}`;
  }
}

function inMilliseconds(span: Micros): number {
  return span / milliseconds(1);
}

function inCentiseconds(span: Micros): number {
  return span / centiseconds(1);
}
/** What a router does that overslept. */
const COURSE = {
  listen: "listening for a master before taking over",
  yield: "another may be master, yielding (timer_expired_backup)",
  "go-on": "still master, announcing the addresses again",
};

/** Whether Keepalived says it only with `-D`. */
export function isDetail({ name }: VrrpNote): boolean {
  return DETAILS.has(name);
}

const DETAILS: ReadonlySet<VrrpNote["name"]> = new Set([
  "advertisement-timeout",
  "priority-zero-received",
  "priority-zero-sent",
  "master-changed",
  "interval-learned",
  "interval-own",
  "preempt-delay-started",
  "preempt-delay-stopped",
]);

/** Why an instance starts in fault; a pending script is not worth a word. */
export function faultWords({ name }: Spoken, reason: FaultReason): string | undefined {
  switch (reason.type) {
    case "interface-down":
      return `(${name}): entering FAULT state (interface ${reason.interface} down)`;
    case "no-address":
      return `(${name}) entering FAULT state (no IPv${reason.family} address for interface)`;
    case "source-lost":
      return `(${name}): entering FAULT state (src address not configured)`;
    case "no-peer":
      return `(${name}) Cannot use unicast without any peers - going to fault state`;
    case "lost":
      return `(${name}): entering FAULT state (${reason.what} was removed and cannot be restored)`;
    case "script":
      return `(${name}): entering FAULT state due to script ${reason.script}`;
    case "script-pending":
      return undefined;
    case "interface-up":
      return `(${name}): entering FAULT state (interface ${reason.interface} up)`;
    case "file":
      return `(${name}): entering FAULT state (tracked file ${reason.file} has status ${reason.value})`;
    case "process":
      return `(${name}) entering FAULT state (tracked process ${reason.process} quorum not achieved)`;
    case "bfd":
      return `(${name}) entering FAULT state (BFD instance ${reason.session} is ${reason.verdict.toUpperCase()})`;
  }
}

/** A tracked BFD session has turned. */
export function bfdTurnedWords(instance: string, session: string, up: boolean): string {
  return `VRRP_Instance(${instance}) Tracked BFD instance ${session} is ${up ? "UP" : "DOWN"}`;
}

/** What is wrong with a packet, in the words of Keepalived 2.4. */
export function problemWords(router: Spoken, from: IpAddress, problem: ReceiveProblem): string {
  const { name } = router;
  switch (problem.reason) {
    case "truncated":
      return `(${name}) ${from.includes(":") ? "IPv6" : "IPv4"} VRRP packet too short - ${problem.found} bytes`;
    case "length": {
      const fault = problem.found < problem.expected ? "short" : "long";
      return `(${name}) vrrp packet from ${from} too ${fault}, length ${problem.found} and expect ${problem.expected}`;
    }
    case "ttl":
      return `(${name}) invalid TTL/HL from ${from}. Received ${problem.found} and expect 255`;
    case "version":
      return `(${name}) wrong VRRP version from ${from}. Received ${problem.found} and expect ${router.version}`;
    case "auth-type":
      return `(${name}) Invalid auth type from ${from}: ${problem.found}`;
    case "auth-mismatch":
      return `(${name}) received a ${AUTH[problem.found]} auth from ${from}, expecting ${AUTH[router.authentication.type]}!`;
    case "password":
      return `(${name}) received an invalid passwd from ${from}!`;
    case "ah-header":
      return `(${name}) IPSEC-AH : invalid header from ${from}`;
    case "ah-icv":
      return `(${name}) IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !`;
    case "ah-spi":
      return `(${name}) IPSEC AH : invalid IPSEC SPI value from ${from}`;
    case "ah-replay":
      return `(${name}) IPSEC-AH : sequence number already processed. Packet from ${from} dropped`;
    case "hmac-missing":
    case "hmac-malformed":
    case "hmac-unknown-key":
    case "hmac-invalid-hmac":
    case "hmac-stale":
    case "hmac-replay":
      return `(${name}) advertisement from ${from} refused: ${HMAC[problem.reason]}`;
    case "interval": {
      if (router.version === 3) return `(${name}) advertisement interval 0 from ${from} - discarding`;
      const [mine, theirs] = [toSeconds(router.interval), toSeconds(problem.found)];
      return `(${name}) advertisement interval mismatch with ${from} mine=${mine} sec rcv'd=${theirs} sec`;
    }
    case "type":
      return `(${name}) Invalid packet type from ${from}. ${problem.found} and expect 1`;
    case "checksum":
      return `(${name}) Invalid VRRPv${router.version} checksum from ${from}`;
    case "destination":
      return router.unicast === undefined
        ? `(${name}) Expected multicast packet but received unicast packet from ${from}`
        : `(${name}) Expected unicast packet but received multicast packet from ${from}`;
    case "source":
      return `(${name}) unicast source address ${from} not a unicast peer`;
    case "ttl-range":
      return `(${name}) TTL/HL ${problem.found} from ${from} not in range [${problem.least}, ${problem.most}]`;
    case "address-count":
      return `(${name}) expected ${router.addresses.length} VIPs but received ${problem.found}`;
    case "address-missing":
      return `(${name}) ip address associated with VRID ${router.vrid} not present in advert from ${from}: ${problem.address}`;
  }
}

/** What is wrong with the trailer of `auth_hmac`. */
const HMAC = {
  "hmac-missing": "it is not signed",
  "hmac-malformed": "what stands behind it is no signature",
  "hmac-unknown-key": "it is signed with a key that is not configured",
  "hmac-invalid-hmac": "its signature is wrong",
  "hmac-stale": "its time is outside the window; are the clocks alike?",
  "hmac-replay": "it was heard before",
} as const;

/** Authentication types as they are numbered on the wire, RFC 2338 §5.3.6. */
const AUTH = { none: 0, pass: 1, ah: 2 } as const;

/** What a sync group does, in Keepalived's words. */
export function groupWords(group: string, note: GroupNote): string {
  switch (note.name) {
    case "syncing":
      return `VRRP_Group(${group}) Syncing instances to ${note.state.toUpperCase()} state`;
    case "syncing-to-fault":
      return `VRRP_Group(${group}): Syncing ${note.member} to FAULT state`;
  }
}

/** What a track script does, in Keepalived's words. */
export function scriptWords(script: string, note: ScriptNote): string {
  switch (note.name) {
    case "script-up":
      return `VRRP_Script(${script}) succeeded`;
    case "script-down":
      return downWords(script, note.outcome);
    case "script-returning":
      return `Script \`${script}\` now returning ${note.status}`;
    case "script-still-running":
      return `Track script ${script} is already running, expect idle - skipping run`;
    case "script-not-run":
      return `Track script ${script} cannot be run: ${note.why}`;
  }
}

function downWords(script: string, outcome: Extract<ScriptNote, { name: "script-down" }>["outcome"]): string {
  switch (outcome.type) {
    case "exited":
      return `VRRP_Script(${script}) failed (exited with status ${outcome.status})`;
    case "signalled":
      return `VRRP_Script(${script}) failed (due to signal ${outcome.signal})`;
    case "timed-out":
      return `VRRP_Script(${script}) timed_out`;
    case "not-run":
      return `VRRP_Script(${script}) failed (not run)`;
  }
}
