import { viewOf } from "../base/bytes.ts";
import { LITTLE_ENDIAN } from "../netlink/message.ts";
import {
  AF_INET,
  ETHTOOL_GLINK,
  IFF_RUNNING,
  IFNAMSIZ,
  MII_BMSR,
  SIOCETHTOOL,
  SIOCGIFFLAGS,
  SIOCGMIIPHY,
  SIOCGMIIREG,
  SOCK_DGRAM,
} from "./constants.ts";
import { native } from "./native.ts";
import { NOTHING, openSocket } from "./socket.ts";

/** `struct ifreq` of linux/if.h: the name, and a union of which the first bytes are used here. */
const IFREQ = 40;
/** `struct mii_ioctl_data` in its union: phy_id, reg_num, val_in, val_out, u16 each. */
const REGISTER_AT = IFNAMSIZ + 2;
const VALUE_AT = IFNAMSIZ + 6; // val_out

/** Asks drivers about links; what the kernel says of them over netlink is not believed here. netdevice(7). */
export class LinkProbe {
  readonly #fd = openSocket([AF_INET, SOCK_DGRAM, 0], "cannot poll links", () => {});

  /** Whether the device runs, as its flags say; undefined: there is none of this name. */
  flags(name: string): boolean | undefined {
    const request = ifreq(name);
    if (native.interfaceIoctl(this.#fd, SIOCGIFFLAGS, request, NOTHING) < 0) return undefined;
    return (viewOf(request).getUint16(IFNAMSIZ, LITTLE_ENDIAN) & IFF_RUNNING) !== 0;
  }

  /** ETHTOOL_GLINK; undefined: the driver does not answer it. */
  ethtool(name: string): boolean | undefined {
    const value = new Uint8Array(8); // struct ethtool_value: cmd, data
    viewOf(value).setUint32(0, ETHTOOL_GLINK, LITTLE_ENDIAN);
    if (native.interfaceIoctl(this.#fd, SIOCETHTOOL, ifreq(name), value) < 0) return undefined;
    return viewOf(value).getUint32(4, LITTLE_ENDIAN) !== 0;
  }

  /** The basic mode status register of the PHY, read twice; undefined: the driver has none to read. */
  status(name: string): readonly [number, number] | undefined {
    const request = statusRequest(name);
    if (native.interfaceIoctl(this.#fd, SIOCGMIIPHY, request, NOTHING) < 0) return undefined; // it fills in phy_id
    const [first, second] = [this.#status(request), this.#status(request)];
    return first === undefined || second === undefined ? undefined : [first, second];
  }

  close(): void {
    native.close(this.#fd);
  }

  #status(request: Uint8Array): number | undefined {
    if (native.interfaceIoctl(this.#fd, SIOCGMIIREG, request, NOTHING) < 0) return undefined;
    return viewOf(request).getUint16(VALUE_AT, LITTLE_ENDIAN);
  }
}

/** `struct ifreq` with a `struct mii_ioctl_data` that asks for the basic mode status register. */
export function statusRequest(name: string): Uint8Array {
  const request = ifreq(name);
  viewOf(request).setUint16(REGISTER_AT, MII_BMSR, LITTLE_ENDIAN);
  return request;
}

/** The name of a device, NUL-terminated. One that is longer than any device's stands for none. */
function ifreq(name: string): Uint8Array {
  const bytes = new Uint8Array(IFREQ);
  const written = new TextEncoder().encode(name);
  if (written.length < IFNAMSIZ) bytes.set(written);
  return bytes;
}
