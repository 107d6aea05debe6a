import type { IpAddress } from "./ip.ts";

/** Where a socket is to lead, and from where. Zero and undefined mean: the kernel's choice. */
export interface Outgoing {
  readonly address: IpAddress;
  readonly port: number;
  readonly bindAddress?: IpAddress | undefined;
  readonly bindPort?: number | undefined; // of a ping socket: the identifier in its packets
  readonly bindInterface?: string | undefined;
  readonly fwmark?: number | undefined;
}
