import { family } from "../base/ip.ts";
import { type Micros, seconds, toSeconds } from "../base/time.ts";
import type { VRRP_INSTANCE } from "../keywords/vrrp.ts";
import type { Report } from "../syntax/report.ts";
import type { Span } from "../syntax/span.ts";
import { type Body, last, type Setting, type Settings } from "../syntax/table.ts";
import type { Authentication, VrrpInstanceConfig } from "./model.ts";
import { resolveAddresses } from "./resolve-addresses.ts";
import { atLeastOnce, type Defaults } from "./resolve-global.ts";
import { type DefinedScript, resolveTracks } from "./resolve-scripts.ts";
import { strictMode, type Wishes } from "./strict.ts";

type InstanceBody = Setting<Body<string, typeof VRRP_INSTANCE>>;
type Given = Settings<typeof VRRP_INSTANCE>;

/** What an instance is resolved with. */
export interface VrrpContext {
  readonly defaults: Defaults;
  readonly scripts: readonly DefinedScript[];
  readonly report: Report;
  /** Where a keyword stands in a comment between two places: the trace of a lost line break. */
  readonly swallowed: (keyword: string, from: Span, to: Span) => Span | undefined;
}

/** Every `vrrp_instance` that can run, in the order of reading. */
export function resolveInstances(bodies: readonly InstanceBody[], context: VrrpContext): readonly VrrpInstanceConfig[] {
  const names = new Set<string>();
  const numbers = new Map<string, VrrpInstanceConfig>();
  const found: VrrpInstanceConfig[] = [];
  const { report } = context;
  for (const body of bodies) {
    const name = body.value.header;
    if (names.has(name)) {
      const keepalived = `${body.at}vrrp instance ${name} already defined`;
      report.error(["duplicate", `vrrp_instance \`${name}\` is defined already; this one is left out`], body.span, {
        keepalived,
      });
      continue;
    }
    names.add(name);
    const instance = resolveInstance(body, context);
    if (instance === undefined) continue;
    const number = `${instance.vrid} ${instance.interface}`;
    const twin = numbers.get(number);
    numbers.set(number, instance);
    if (twin !== undefined) {
      const keepalived = `${twin.name} and ${name} both use VRID ${twin.vrid} with IPv4 on interface ${twin.interface}`;
      const message = `\`${twin.name}\` uses \`virtual_router_id ${twin.vrid}\` on \`${twin.interface}\` too`;
      const place = last(body.value.settings.virtual_router_id)?.span ?? body.span;
      report.error(["vrid-clash", message], place, { fatal: true, keepalived });
    }
    found.push(instance);
  }
  return found;
}

function resolveInstance(body: InstanceBody, context: VrrpContext): VrrpInstanceConfig | undefined {
  const { header: name, settings: given } = body.value;
  const { defaults, scripts, report } = context;
  const vrid = last(given.virtual_router_id);
  const carrier = last(given.interface);
  if (vrid === undefined) absent("virtual_router_id", `(${name}) the virtual router id must be set`, body, context);
  if (carrier === undefined) absent("interface", `(${name}) Unknown interface!`, body, context);
  unsupported(given, name, context);
  if (vrid === undefined || carrier === undefined) return undefined;
  const wishes = strictMode(wished(given, name, context), { name, given, strict: defaults.strict, report });
  const owner = { name, interface: carrier.value };
  const items = given.virtual_ipaddress.flatMap(({ value }) => value);
  const addresses = resolveAddresses(items, { ...owner, family: 4 }, report);
  if (addresses.length === 0) noAddress(body, wishes.strict, report);
  const excluded = given.virtual_ipaddress_excluded.flatMap(({ value }) => value);
  const tracked = given.track_script.flatMap(({ value }) => value);
  const { preempt, preemptDelay } = preemption(wishes, given, name, report);
  return {
    name,
    interface: carrier.value,
    vrid: vrid.value,
    version: 2,
    priority: wishes.priority,
    wantedState: wishes.wantedState,
    advertInterval: advertInterval(last(given.advert_int), name, report),
    downTimerAdverts: wishes.downTimerAdverts,
    preempt,
    preemptDelay,
    authentication: wishes.authentication,
    strict: wishes.strict,
    skipCheckAdvertAddresses: last(given.skip_check_adv_addr)?.value ?? defaults.skipCheckAdvertAddresses,
    sourceAddress: sourceAddress(given, name, report),
    trackPrimary: given.dont_track_primary.length === 0,
    lowerPriorityAdvert: wishes.lowerPriorityAdvert,
    higherPriorityAdvert: wishes.higherPriorityAdvert,
    addresses,
    excludedAddresses: resolveAddresses(excluded, { ...owner, family: undefined }, report),
    trackScripts: resolveTracks(tracked, scripts, { name, priority: wishes.priority }, report),
    announce: wishes.announce,
  };
}

/** What the instance asks for, before strict mode has its say. */
function wished(given: Given, name: string, { defaults, report }: VrrpContext): Wishes {
  const master = isMaster(given, name, report);
  const priority = last(given.priority)?.value ?? (master === true ? 255 : 100);
  const { announce } = defaults;
  return {
    priority,
    wantedState: (master ?? priority === 255) ? "master" : "backup",
    strict: (last(given.strict_mode) ?? defaults.strict)?.value ?? false,
    authentication: authentication(given, name, report),
    preempt:
      last<boolean>(
        given.preempt,
        given.nopreempt.map((no) => ({ ...no, value: false })),
      )?.value ?? true,
    preemptDelay: last(given.preempt_delay)?.value ?? 0,
    downTimerAdverts: last(given.down_timer_adverts)?.value ?? 3,
    lowerPriorityAdvert: !(last(given.lower_prio_no_advert)?.value ?? defaults.lowerPriorityNoAdvert ?? false),
    higherPriorityAdvert: last(given.higher_prio_send_advert)?.value ?? defaults.higherPriorityAdvert,
    announce: {
      repeat:
        atLeastOnce(last(given.garp_master_repeat), "garp_master_repeat", report, `(${name}): `) ?? announce.repeat,
      delay: last(given.garp_master_delay)?.value ?? announce.delay,
      refresh: last(given.garp_master_refresh)?.value ?? announce.refresh,
      refreshRepeat:
        atLeastOnce(last(given.garp_master_refresh_repeat), "garp_master_refresh_repeat", report, `(${name}): `) ??
        announce.refreshRepeat,
      lowerPriorityRepeat: last(given.garp_lower_prio_repeat)?.value ?? announce.lowerPriorityRepeat,
      lowerPriorityDelay: last(given.garp_lower_prio_delay)?.value ?? announce.lowerPriorityDelay,
    },
  };
}

/** True for MASTER, false for BACKUP, undefined where nothing is said. MASTER cannot be taken back. */
function isMaster({ state }: Given, name: string, report: Report): boolean | undefined {
  const first = state.findIndex(({ value }) => value === "MASTER");
  if (first === -1) return state.length === 0 ? undefined : false;
  for (const { value, span, at } of state.slice(first)) {
    if (value === "MASTER") continue;
    const keepalived = `${at}(${name}) state previously set as MASTER - ignoring BACKUP`;
    report.error(["duplicate", "`state` is MASTER already; BACKUP is ignored"], span, { keepalived });
  }
  return true;
}

function authentication(given: Given, name: string, report: Report): Authentication {
  const blocks = given.authentication.map(({ value }) => value.settings);
  const type = last(...blocks.map(({ auth_type }) => auth_type));
  const password = last(...blocks.map(({ auth_pass }) => auth_pass));
  if (type === undefined) {
    if (password !== undefined)
      report.warning(["no-effect", "`auth_pass` has no effect without `auth_type PASS`"], password.keyword);
    return { type: "none" };
  }
  if (type.value === "AH") {
    report.error(["not-supported-yet", "`auth_type AH` is not supported yet"], type.span, { status: 4, fatal: true });
    return { type: "none" };
  }
  if (password === undefined || password.value === "") {
    const keepalived = `(${name}) Authentication specified but no password given. Ignoring`;
    report.error(["missing-keyword", "`auth_type PASS` without `auth_pass` is no authentication"], type.span, {
      keepalived,
    });
    return { type: "none" };
  }
  const cut = firstBytes(password.value, 8);
  if (cut !== password.value)
    report.warning(["password-cut", `only \`${cut}\` of the password is used: VRRPv2 carries 8 bytes`], password.span, {
      status: 5,
      help: "shorten it on every router",
      keepalived: `${password.at}Truncating auth_pass to 8 characters`,
    });
  return { type: "pass", password: cut };
}

/** The longest beginning of a text that has at most so many bytes in UTF-8. */
function firstBytes(text: string, most: number): string {
  let end = "";
  for (const character of text) {
    if (new TextEncoder().encode(end + character).length > most) break;
    end += character;
  }
  return end;
}

function preemption(
  { preempt, preemptDelay, wantedState, priority }: Wishes,
  given: Given,
  name: string,
  report: Report,
): Pick<Wishes, "preempt" | "preemptDelay"> {
  const no = last(given.nopreempt)?.keyword;
  const delay = last(given.preempt_delay)?.keyword;
  const clear = (span: Span | undefined, message: string, logged: string): void => {
    if (span === undefined) return;
    report.warning(["preempt-conflict", message], span, {
      status: 5,
      keepalived: `(${name}) ${logged}`,
      help: HELP_BACKUP,
    });
  };
  if (!preempt && priority === 255) {
    const logged = "nopreempt is incompatible with priority 255. resetting nopreempt";
    clear(no, "`nopreempt` does not work with priority 255", logged);
    return { preempt: true, preemptDelay: wantedState === "master" ? 0 : preemptDelay };
  }
  if (wantedState === "master") {
    const message = "does not work with initial state MASTER";
    const logged = "will not work with initial state MASTER - clearing";
    if (!preempt) clear(no, `\`nopreempt\` ${message}`, `Warning - nopreempt ${logged}`);
    if (preemptDelay > 0) clear(delay, `\`preempt_delay\` ${message}`, `Warning - preempt delay ${logged}`);
    return { preempt: true, preemptDelay: 0 };
  }
  if (!preempt && preemptDelay > 0) {
    const logged = "preempt_delay is incompatible with nopreempt mode - resetting";
    clear(delay, "`preempt_delay` has no meaning with `nopreempt`", logged);
    return { preempt, preemptDelay: 0 };
  }
  return { preempt, preemptDelay };
}
const HELP_BACKUP = "delete one of the two; `nopreempt` wants `state BACKUP` and a priority below 255 on every router";

function advertInterval(setting: Setting<Micros> | undefined, name: string, report: Report): Micros {
  if (setting === undefined) return seconds(1);
  const whole = seconds(Math.max(1, Math.round(toSeconds(setting.value))));
  if (whole !== setting.value) {
    const keepalived = `(${name}) VRRPv2 advertisement interval ${toSeconds(setting.value).toFixed(6)}s must be an integer. rounding`;
    const message = `VRRPv2 counts whole seconds; ${toSeconds(whole)} is used`;
    report.warning(["rounded", message], setting.span, { status: 5, keepalived });
  }
  return whole;
}

function sourceAddress(given: Given, name: string, report: Report): VrrpInstanceConfig["sourceAddress"] {
  const setting = last(given.mcast_src_ip);
  if (setting === undefined || family(setting.value) === 4) return setting?.value;
  const keepalived = `${setting.at}Configuration error: VRRP instance[${name}] and src address[${setting.value}] MUST be of the same family !!! Skipping...`;
  report.error(["bad-address", `\`${setting.value}\` is of another family than the instance`], setting.span, {
    keepalived,
  });
  return undefined;
}

/** A keyword without which the instance cannot be. */
function absent(keyword: string, keepalived: string, body: InstanceBody, { report, swallowed }: VrrpContext): void {
  const trace = swallowed(keyword, body.keyword, body.value.end);
  const help =
    trace === undefined
      ? `add \`${keyword}\` to the block`
      : `\`${keyword}\` stands in the comment of line ${trace.line}, column ${trace.column}: put a line break before it`;
  const message = `vrrp_instance \`${body.value.header}\` has no \`${keyword}\``;
  report.error(["missing-keyword", message], body.span, { fatal: true, keepalived, help });
}

/** VRRPv3, by `version` or by an IPv6 address: to run version 2 instead would make a second master. */
function unsupported(given: Given, name: string, { defaults, report }: VrrpContext): void {
  const version = last(given.version) ?? defaults.version;
  const [first] = given.virtual_ipaddress.flatMap(({ value }) => value);
  const details = { status: 4, fatal: true } as const;
  if (version?.value === 3)
    report.error(["not-supported-yet", `VRRP version 3 of \`${name}\` is not supported yet`], version.span, details);
  else if (first !== undefined && family(first.value.address) === 6)
    report.error(["not-supported-yet", `IPv6 in \`${name}\` is not supported yet`], first.span, details);
}

function noAddress(body: InstanceBody, strict: boolean, report: Report): void {
  const name = body.value.header;
  const message = `vrrp_instance \`${name}\` has no \`virtual_ipaddress\``;
  const keepalived = `(${name}) No VIP specified; at least one is ${strict ? "required" : "sensible"}`;
  if (strict) report.error(["missing-keyword", message], body.span, { fatal: true, keepalived });
  else report.warning(["missing-keyword", message], body.span, { status: 5, keepalived });
}
