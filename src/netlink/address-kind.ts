import { ASKED_FLAGS, addAddress, deleteAddress, FOREVER, type InterfaceAddress } from "./address.ts";
import { IFA_F_DADFAILED } from "./constants.ts";
import type { TableKind } from "./table-kind.ts";

const [ENODEV, EEXIST, EADDRNOTAVAIL] = [19, 17, 99];

/** Addresses of interfaces. */
export const ADDRESSES: TableKind<InterfaceAddress> = {
  what: "address",
  key: ({ ifindex, address, prefixLength }) => `${ifindex} ${address}/${prefixLength}`,
  same,
  add: addAddress,
  remove: deleteAddress,
  title: ({ address, prefixLength, ifindex }) => `${address}/${prefixLength} on interface ${ifindex}`,
  there: [EEXIST],
  gone: [EADDRNOTAVAIL, ENODEV],
};

/**
 * Where no label was given the kernel shows the interface's name, and IPv6 addresses have the scope that their prefix
 * says. An address that another host has (RFC 4862 §5.4.5) is of no use: it is not what was asked for.
 */
function same(have: InterfaceAddress, want: InterfaceAddress): boolean {
  const alike = have.peer === want.peer && (have.flags & ASKED_FLAGS) === (want.flags & ASKED_FLAGS);
  if (want.family === 6) return alike && sameLifetime(have, want) && !hasFailed(have);
  return (
    alike &&
    have.scope === want.scope &&
    have.broadcast === want.broadcast &&
    (have.label === want.label || want.label === undefined)
  );
}

/** A lifetime that ends is less each time it is looked at. */
function sameLifetime({ preferredLifetime: have }: InterfaceAddress, { preferredLifetime: want }: InterfaceAddress) {
  return want === FOREVER || want === 0 ? have === want : have <= want;
}

/** Whether duplicate address detection found another host with the address. */
export function hasFailed({ flags }: InterfaceAddress): boolean {
  return (flags & IFA_F_DADFAILED) !== 0;
}
