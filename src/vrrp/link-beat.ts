/** The polled state of links: `linkbeat_interfaces`, `linkbeat_use_polling`. */

/** A way to ask a driver whether its link is up. */
export type BeatMethod = "mii" | "ethtool" | "ioctl";

/** What a link was last found to be. */
export interface Beat {
  readonly up: boolean;
  readonly method: BeatMethod; // that answered
}

/** Who is polled, and how it is asked first; undefined: in the usual order. */
export type Polled = ReadonlyMap<string, BeatMethod | undefined>;

const METHODS: readonly BeatMethod[] = ["mii", "ethtool", "ioctl"];

/** What the configuration says of it. */
export interface PollWishes {
  readonly listed: readonly { readonly interface: string; readonly method: BeatMethod | undefined }[];
  readonly others: readonly string[]; // without a method of their own
}

/** Each interface once; one that is listed is asked as the list says. */
export function polledInterfaces({ listed, others }: PollWishes): Polled {
  return new Map([
    ...others.map((name) => [name, undefined] as const),
    ...listed.map(({ interface: name, method }) => [name, method] as const),
  ]);
}

/**
 * Asks in the order of keepalived.conf(5), the preferred way first, until one answers; undefined: none does. Nothing is
 * remembered, so a driver that is loaded anew is asked as if it had never been there.
 */
export function beatOf(
  preferred: BeatMethod | undefined,
  ask: (method: BeatMethod) => boolean | undefined,
): Beat | undefined {
  for (const method of new Set([...(preferred === undefined ? [] : [preferred]), ...METHODS])) {
    const up = ask(method);
    if (up !== undefined) return { up, method };
  }
  return undefined;
}

const LINK_IS_UP = 0x0004; // BMSR_LSTATUS of linux/mii.h
const NOBODY = 0xffff; // what is read where nothing drives the bus

/**
 * The link by two readings of the basic mode status register of a PHY, IEEE 802.3 §22.2.4.2. A link that was lost in
 * between is latched by the first; undefined: there is no PHY.
 */
export function linkOfStatus(first: number, second: number): boolean | undefined {
  if (second === NOBODY || (first | second) === 0) return undefined;
  return (second & LINK_IS_UP) !== 0;
}
