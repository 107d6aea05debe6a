import type { SSL } from "../../keywords/language.ts";
import type { Report } from "../../syntax/report.ts";
import { type Body, last, type Setting, type Settings } from "../../syntax/table.ts";
import type { SslConfig } from "../model/lvs.ts";

type SslBody = Setting<Body<true, typeof SSL>>;

/** Keepalived's names for the keywords in its log. */
const NAMES = { password: "password", ca: "cafile", certificate: "certfile", key: "keyfile" } as const;

/** The last `SSL` block: it replaces those before it as a whole. */
export function resolveSsl(bodies: readonly SslBody[], report: Report): SslConfig | undefined {
  const [first] = bodies;
  const body = bodies.at(-1);
  if (first === undefined || body === undefined) return undefined;
  for (const again of bodies.slice(1)) {
    const { file, line } = again.keyword;
    report.error(["duplicate", "the `SSL` block is given already; this one replaces it"], again.keyword, {
      keepalived: `(${file}: Line ${line}) SSL context already specified - replacing`,
      related: [{ span: first.keyword, message: "given here" }],
    });
  }
  for (const { value } of bodies) for (const keyword of keysOf(NAMES)) replaced(value.settings, keyword, report);
  const { settings } = body.value;
  return {
    password: last(settings.password)?.value,
    ca: last(settings.ca)?.value,
    certificate: last(settings.certificate)?.value,
    key: last(settings.key)?.value,
  };
}

function keysOf<T extends object>(of: T): readonly (keyof T)[] {
  return Object.keys(of) as (keyof T)[];
}

function replaced(settings: Settings<typeof SSL>, keyword: keyof typeof NAMES, report: Report): void {
  const [first, ...others] = settings[keyword];
  for (const { at, span } of others) {
    report.error(["duplicate", `\`${keyword}\` is given already; this one replaces it`], span, {
      keepalived: `${at}SSL ${NAMES[keyword]} already specified - replacing`,
      ...(first === undefined ? {} : { related: [{ span: first.span, message: "given here" }] }),
    });
  }
}
