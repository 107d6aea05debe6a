import type { Kept, ServerFacts, Step } from "./preparation.ts";

/** What `real-server` may do to this host. What says why something was not possible is undefined where it was. */
export interface ServerHost {
  /** How the host is now. Throws KernelError where it may not be looked at. */
  facts(): ServerFacts;
  /** Makes the interface of that name by its kernel module, if one does: tunl0, ip6tnl0. */
  makeTunnel(device: string): void;
  carryOut(step: Step): string | undefined;
  /** What `keep` kept since the host started; undefined where it cannot be read. */
  kept(): Kept | undefined;
  keep(kept: Kept): string | undefined;
  /** The text of the systemd unit; undefined where there is none. */
  unit(): string | undefined;
  /** Writes and enables the unit; undefined removes it. */
  setUnit(text: string | undefined): string | undefined;
  /** The words that start us. */
  readonly program: readonly string[];
}
