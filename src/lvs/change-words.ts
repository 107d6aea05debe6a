import { family } from "../base/ip.ts";
import { destinationName, familyOf, type IpvsDestination, type IpvsService, serviceName } from "../base/ipvs.ts";
import type { IpvsChange } from "./plan.ts";

/** `set destination [10.9.0.100]:tcp:80 -> [10.9.0.11]:80 weight 2`. */
export function changeWords(change: IpvsChange): string {
  const what = `${change.type.replace("-", " ")} ${serviceName(change.service)}`;
  if (!("destination" in change)) return what;
  const weight = change.type === "delete-destination" ? "" : ` weight ${change.destination.weight}`;
  return `${what} -> ${destinationName(change.destination)}${weight}`;
}

/** What a refusal of the kernel may mean: it has one number for many reasons. `code` such as EINVAL. */
export function refusalHint(change: IpvsChange, code: string): string | undefined {
  switch (code) {
    case "ENOENT":
      return "destination" in change ? undefined : missingModule(change.service);
    case "ESRCH":
      return "no such service";
    case "EINVAL":
      return "destination" in change ? badDestination(change.service, change.destination) : undefined;
    case "ERANGE":
      return "lthreshold above uthreshold, or a weight below 0?";
    case "EAFNOSUPPORT":
      return "no IPv6 in this kernel's IPVS?";
    case "EPERM":
      return "CAP_NET_ADMIN is needed";
    default:
      return undefined;
  }
}

function missingModule({ scheduler, engine }: IpvsService): string {
  return `no scheduler ${scheduler}${engine === undefined ? "" : `, or no persistence engine ${engine}`}?`;
}

/** The kernel refuses these, and says nothing else. */
function badDestination(service: IpvsService, { address, forwarding, tunnel }: IpvsDestination): string {
  if (family(address) !== familyOf(service))
    return forwarding === "tun"
      ? "a server of the other family, while a sync daemon runs?"
      : "only a tunnel leads to a server of the other family";
  return tunnel?.type === "gue" && tunnel.port === 0 ? "a GUE tunnel without a port" : "address not unicast?";
}
