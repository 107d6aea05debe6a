import type { AUTH_HMAC } from "../../keywords/vrrp-auth.ts";
import type { Setting, Settings } from "../../syntax/table.ts";
import { last } from "../../syntax/table.ts";
import type { Authentication } from "../model/model.ts";
import type { HmacConfig } from "../model/vrrp.ts";
import type { Given, Instance } from "./instance-context.ts";

interface Protocol {
  readonly strict: boolean;
  readonly version: 2 | 3;
  readonly six: boolean; // IPv6
}

/** `authentication` as it is given: the last type and the last password. */
export function authentication({ name, given, report }: Instance, { strict, version, six }: Protocol): Authentication {
  const { type, password } = settingsOf(given);
  if (type === undefined) {
    if (password !== undefined)
      report.warning(["no-effect", "`auth_pass` has no effect without `auth_type PASS`"], password.keyword);
    return NONE;
  }
  const ignored = (code: string, message: string, logged: string): Authentication => {
    report.error([code, message], type.span, { keepalived: `(${name}) ${logged}` });
    return NONE;
  };
  if (strict) return { type: "pass", password: "" }; // whatever it is, strict mode takes it back
  if (version === 3)
    return ignored(
      "no-effect",
      "VRRPv3 has no authentication: it is ignored",
      "VRRP version 3 does not support authentication. Ignoring.",
    );
  if (type.value === "AH" && six)
    return ignored(
      "no-effect",
      "there is no AH for IPv6: it is ignored",
      "Cannot use AH authentication with IPv6. ignoring",
    );
  if (password === undefined || password.value === "")
    return ignored(
      "missing-keyword",
      `\`auth_type ${type.value}\` without \`auth_pass\` is no authentication`,
      "Authentication specified but no password given. Ignoring",
    );
  return { type: type.value === "AH" ? "ah" : "pass", password: cut(password, { report }) };
}
const NONE: Authentication = { type: "none" };

/** The settings of `authentication` that count. */
function settingsOf({ authentication: blocks }: Given) {
  const settings = blocks.map(({ value }) => value.settings);
  return {
    type: last(...settings.map(({ auth_type }) => auth_type)),
    password: last(...settings.map(({ auth_pass }) => auth_pass)),
  };
}

function cut({ value, span, at }: Setting<string>, { report }: Pick<Instance, "report">): string {
  const used = firstBytes(value, 8);
  if (used !== value)
    report.warning(["password-cut", `only \`${used}\` of the password is used: VRRPv2 carries 8 bytes`], span, {
      status: 5,
      help: "shorten it on every router",
      keepalived: `${at}Truncating auth_pass to 8 characters`,
    });
  return used;
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

/** `auth_hmac`: keys, and which of them signs. Keepalived has it since 2.4.0. */
export function hmac({ given, report }: Instance): HmacConfig | undefined {
  const [block] = given.auth_hmac;
  if (block === undefined) return undefined;
  const all = given.auth_hmac.map(({ value }) => value.settings);
  const keys = keysOf(all, { report });
  const activeKey = last(...all.map(({ active_key }) => active_key));
  if (activeKey !== undefined && !keys.has(activeKey.value)) {
    const message = `no \`key ${activeKey.value}\` is defined: nothing signs`;
    report.error(["unknown-reference", message], activeKey.span, { help: "define it with `key ID KEY`" });
  }
  return {
    keys: [...keys].map(([id, key]) => ({ id, key })),
    activeKey: activeKey !== undefined && keys.has(activeKey.value) ? activeKey.value : undefined,
    timeWindow: last(...all.map(({ time_window }) => time_window))?.value,
    antiReplay: last(...all.map(({ anti_replay }) => anti_replay))?.value ?? "time",
    mode: last(...all.map(({ mode }) => mode))?.value ?? "enforce",
  };
}

/** Keys by number. Of one number the last counts. */
function keysOf(
  all: readonly Settings<typeof AUTH_HMAC>[],
  { report }: Pick<Instance, "report">,
): ReadonlyMap<number, string> {
  const keys = new Map<number, string>();
  for (const { value, span } of all.flatMap(({ key }) => key)) {
    const [id = "", key = ""] = value;
    const number = /^\d{1,3}$/.test(id) ? Number(id) : 0;
    if (number < 1 || number > 255)
      report.error(["bad-number", `\`${id}\` is no key number from 1 to 255`], span, { help: "write `key ID KEY`" });
    else {
      if (keys.has(number)) report.error(["duplicate", `\`key ${number}\` is defined already; this one counts`], span);
      keys.set(number, key);
    }
  }
  return keys;
}
