import { destinationName, type IpvsDestination, type IpvsEntry, serviceName } from "../../src/base/ipvs.ts";
import type { IpvsChange } from "../../src/lvs/plan.ts";

/** The kernel as a function: the table after `changes`. Throws where the kernel would refuse (EEXIST, ENOENT). */
export function applyChanges(have: readonly IpvsEntry[], changes: readonly IpvsChange[]): IpvsEntry[] {
  const table = new Map(have.map((entry) => [serviceName(entry.service), entry]));
  for (const change of changes) {
    const name = serviceName(change.service);
    const entry = table.get(name);
    if (change.type === "new-service") {
      if (entry !== undefined) throw new Error(`${name}: EEXIST`);
      table.set(name, { service: change.service, destinations: [] });
      continue;
    }
    if (entry === undefined) throw new Error(`${name}: ESRCH`);
    if ("destination" in change)
      table.set(name, {
        ...entry,
        destinations: applyDestination(entry.destinations, change.type, change.destination),
      });
    else if (change.type === "delete-service") table.delete(name);
    else table.set(name, { ...entry, service: change.service });
  }
  return [...table.values()];
}

function applyDestination(
  have: readonly IpvsDestination[],
  type: IpvsChange["type"],
  destination: IpvsDestination,
): IpvsDestination[] {
  const name = destinationName(destination);
  const there = have.some((row) => destinationName(row) === name);
  if (there === (type === "new-destination")) throw new Error(`${type} ${name}: ${there ? "EEXIST" : "ENOENT"}`);
  if (type === "new-destination") return [...have, destination];
  return have.flatMap((row) =>
    destinationName(row) !== name ? [row] : type === "set-destination" ? [destination] : [],
  );
}
