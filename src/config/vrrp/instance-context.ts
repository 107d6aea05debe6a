import type { VRRP_INSTANCE } from "../../keywords/vrrp.ts";
import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import type { Body, Setting, Settings } from "../../syntax/table.ts";
import type { Defaults } from "../global/defaults.ts";
import type { TrackSources } from "../track/trackers.ts";
import type { Memberships } from "./groups.ts";
import type { RulePriorities } from "./items.ts";

/** A `vrrp_instance` as it was read. */
export type InstanceBody = Setting<Body<string, typeof VRRP_INSTANCE>>;

/** What it says. */
export type Given = Settings<typeof VRRP_INSTANCE>;

/** An instance while it is resolved: its name, as messages have it, and what it says. */
export interface Instance {
  readonly name: string;
  readonly given: Given;
  readonly body: InstanceBody;
  readonly report: Report;
}

/** What an instance is resolved with. */
export interface VrrpContext {
  readonly defaults: Defaults;
  readonly sources: TrackSources;
  readonly memberships: Memberships;
  readonly rulePriorities: RulePriorities;
  readonly report: Report;
  /** Where a keyword stands in a comment between two places: the trace of a lost line break. */
  readonly swallowed: (keyword: string, from: Span, to: Span) => Span | undefined;
}

/** How Keepalived begins a message about the end of an instance's block. */
export function endOf({ body }: Pick<Instance, "body">): string {
  const { file, line } = body.value.end;
  return `(${file}: Line ${line}) `;
}
