import type { Announcement } from "./pacing.ts";

/**
 * `garp_extra_if`: one announcement on each interface that holds addresses and carries no advertisements, so that
 * switches there keep learning the MAC. Without `all` (`everyInterface`) on virtual MAC interfaces only.
 */
export function extraAnnouncements(
  announcements: readonly Announcement[],
  advertised: string | undefined, // the interface that advertisements leave by
  everyInterface: boolean,
  isVirtual: (name: string) => boolean, // whether the interface is one that an instance made for itself
): Announcement[] {
  const first = new Map<string, Announcement>();
  for (const item of announcements) if (!first.has(item.interface)) first.set(item.interface, item);
  if (advertised !== undefined) first.delete(advertised);
  return [...first.values()].filter((item) => everyInterface || isVirtual(item.interface));
}
