import { type Family, family } from "../../base/ip.ts";
import { centiseconds, type Micros, seconds, toSeconds } from "../../base/time.ts";
import type { Span } from "../../syntax/span.ts";
import { last, type Setting } from "../../syntax/table.ts";
import type { Instance } from "./instance-context.ts";
import type { FoundPeer } from "./unicast.ts";

/** What settled the family or the version of an instance. */
export interface Decision<T> {
  readonly value: T;
  readonly order: number;
  readonly span: Span;
}

/** The family of an instance: of `native_ipv6` or any address, whatever stands first. Undefined: nothing does. */
export function decideFamily({ given }: Instance, peers: readonly FoundPeer[]): Decision<Family> | undefined {
  let first: Decision<Family> | undefined;
  const consider = (value: Family, { order, span }: Pick<Setting<unknown>, "order" | "span">): void => {
    if (first === undefined || order < first.order) first = { value, order, span };
  };
  const [native] = given.native_ipv6;
  if (native !== undefined) consider(6, native);
  for (const [setting] of [given.mcast_src_ip, given.unicast_src_ip, given.mcast_dst_ip])
    if (setting !== undefined) consider(family(setting.value), setting);
  const item = given.virtual_ipaddress.find(({ value }) => value.length > 0)?.value[0];
  if (item !== undefined) consider(family(item.value.address), item);
  const [peer] = peers;
  if (peer !== undefined) consider(family(peer.address), peer);
  const ipvlan = given.use_ipvlan.find(({ value }) => value.address !== undefined);
  if (ipvlan?.value.address !== undefined) consider(family(ipvlan.value.address.address), ipvlan);
  return first;
}

/** `native_ipv6` behind an IPv4 address has no effect. */
export function nativeIpv6({ name, given, report }: Instance, decided: Decision<Family> | undefined): void {
  const [native] = given.native_ipv6;
  if (native === undefined || decided?.value !== 4) return;
  const keepalived = `${native.at}(${name}) Cannot specify native_ipv6 with IPv4 addresses`;
  const related = [{ span: decided.span, message: "an IPv4 address" }];
  const message = "`native_ipv6` has no effect: the instance has IPv4 addresses";
  report.error(["bad-address", message], native.span, { keepalived, related });
}

/**
 * The version that counts: the first `version`, unless an IPv6 address before it has decided; else 3 for IPv6, and what
 * `global_defs` say for IPv4. Undefined span: nothing in the instance says it.
 */
export function decideVersion(
  { name, given, report }: Instance,
  decided: Decision<Family> | undefined,
  standard: Setting<number> | undefined,
): { readonly version: 2 | 3; readonly span: Span | undefined } {
  let chosen: Setting<number> | undefined;
  const six = decided?.value === 6;
  for (const setting of given.version) {
    const { value, span, at } = setting;
    const deduced = six && decided.order < setting.order;
    const known = chosen?.value ?? (deduced ? 3 : value);
    if (known === value) {
      chosen ??= setting;
      continue;
    }
    // Keepalived 2.2.7 calls a version that it has only deduced 0, or 3 behind `native_ipv6`.
    const shown = chosen?.value ?? (given.native_ipv6.length > 0 ? 3 : 0);
    const keepalived = `${at}(${name}) vrrp_version ${value} conflicts with configured or deduced version ${shown}; ignoring.`;
    const place = chosen?.span ?? decided?.span ?? span;
    const related = [{ span: place, message: chosen === undefined ? "IPv6 is version 3" : "the version that counts" }];
    report.error(["duplicate", `version ${known} is settled; \`version ${value}\` is ignored`], span, {
      keepalived,
      related,
    });
  }
  if (chosen !== undefined) return { version: chosen.value === 3 ? 3 : 2, span: chosen.span };
  if (six) return { version: 3, span: decided.span };
  return { version: standard?.value === 3 ? 3 : 2, span: standard?.span };
}

/** IPv6 in VRRPv2 is Keepalived's own; strict mode has version 3. */
export function strictVersion({ name, report }: Instance, version: 2 | 3, six: boolean, span: Span): 2 | 3 {
  if (version === 3 || !six) return version;
  const keepalived = `(${name}) cannot use IPv6 with VRRP version 2; setting version 3`;
  report.warning(["strict", "in strict mode IPv6 is version 3"], span, { status: 5, keepalived });
  return 3;
}

const LONGEST = centiseconds(4095); // 12 bits: RFC 9568 §5.2.7
const STEP = centiseconds(1);

/** `advert_int` as the version can carry it: whole seconds, or whole centiseconds up to 40.95 s. */
export function advertInterval({ name, given, report }: Instance, version: 2 | 3): Micros {
  const setting = last(given.advert_int);
  if (setting === undefined) return seconds(1);
  const { value, span } = setting;
  const round = (whole: Micros, message: string, logged: string, help?: string): Micros => {
    const keepalived = `(${name}) VRRPv${version} advertisement interval ${logged}`;
    report.warning(["rounded", message], span, { status: 5, keepalived, ...(help === undefined ? {} : { help }) });
    return whole;
  };
  if (version === 2) {
    const whole = seconds(Math.max(1, Math.round(toSeconds(value))));
    const message = `VRRPv2 counts whole seconds; ${toSeconds(whole)} is used`;
    return whole === value ? whole : round(whole, message, `${places(value, 6)}s must be an integer. rounding`);
  }
  if (value >= LONGEST + STEP) {
    const message = `VRRPv3 has no room for ${toSeconds(value)} seconds: 40.95 are sent`;
    const logged = `${places(value, 2)}s is out of range. Must be less than 40.96s. Setting to 40.95s`;
    return round(LONGEST, message, logged, "write at most 40.95, the same on every router");
  }
  const whole = Math.min(LONGEST, Math.round(value / STEP) * STEP);
  const message = `VRRPv3 counts hundredths of a second; ${toSeconds(whole)} is used`;
  return whole === value ? whole : round(whole, message, `${places(value, 6)}s must be in units of 10ms - rounding`);
}

function places(span: Micros, digits: number): string {
  return toSeconds(span).toFixed(digits);
}

/** The source of advertisements; one of the other family is left out. */
export function sourceAddress({ name, given, report }: Instance, of: Family) {
  const candidates = [...given.mcast_src_ip, ...given.unicast_src_ip].sort((a, b) => a.order - b.order);
  const fitting = candidates.filter((setting) => {
    if (family(setting.value) === of) return true;
    const logged = `Configuration error: VRRP instance[${name}] and src address[${setting.value}] MUST be of the same family !!! Skipping...`;
    report.error(["bad-address", `\`${setting.value}\` is of another family than the instance`], setting.span, {
      keepalived: setting.at + logged,
    });
    return false;
  });
  return fitting.at(-1)?.value;
}
