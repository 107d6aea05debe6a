import { family, ip } from "../base/ip.ts";
import type { VirtualAddress } from "../config/model/model.ts";
import type { VarBind } from "../wire/agentx-value.ts";
import { vrrpTable } from "./names.ts";
import { type Cells, gauge, inetAddress, inetType, integer, table, text, truth } from "./value.ts";
import { type SnmpView, shownInstances } from "./view.ts";

/** InetScopeType, RFC 4001, of RT_SCOPE_*. */
const SCOPES: ReadonlyMap<number, number> = new Map([
  [0, 14],
  [200, 5],
  [253, 2],
  [254, 1],
]);
const NO_ADDRESS = ip("0.0.0.0");

/** InetScopeType of RT_SCOPE_*; 0 where there is none. */
export function inetScope(scope: number): number {
  return SCOPES.get(scope) ?? 0;
}

/** vrrpAddressTable of KEEPALIVED-MIB; instance 0 are the static ones. */
export function addressRows(view: SnmpView): VarBind[] {
  const links = new Map(view.vrrp?.facts?.links.map(({ name, ifindex }) => [name, ifindex]));
  const cells = (entry: VirtualAddress, link: string, set: boolean, advertised: boolean): Cells => {
    const of = family(entry.address);
    const ifindex = links.get(link);
    return {
      2: inetType(of),
      3: inetAddress(entry.address),
      4: of === 4 ? inetAddress(entry.broadcast ?? NO_ADDRESS) : undefined,
      5: gauge(entry.prefixLength),
      6: integer(inetScope(entry.scope)),
      7: ifindex === undefined ? undefined : integer(ifindex),
      8: text(link),
      9: entry.label === undefined ? undefined : text(entry.label),
      10: truth(set),
      11: truth(advertised),
      12: entry.peer && inetAddress(entry.peer),
    };
  };
  const own = shownInstances(view).flatMap(({ number, config, view: seen, facts }) => {
    const { addresses, excludedAddresses } = config;
    return [...addresses, ...excludedAddresses].map((entry, i) => ({
      index: [number, i + 1],
      cells: cells(entry, facts?.interfaces[i] ?? entry.interface, seen?.state.name === "master", i < addresses.length),
    }));
  });
  const fixed = view.config.staticAddresses.map((entry, i) => ({
    index: [0, i + 1],
    cells: cells(entry, entry.interface, true, false),
  }));
  return table(vrrpTable(6), [...fixed, ...own]);
}
