import type { HostNetwork } from "../io/host-network.ts";
import { parseMark } from "../vrrp/link-mark.ts";

/** The interface that one which we made (`use_vmac`) lies on; undefined for any other. */
export function carrierOf(network: HostNetwork, name: string): string | undefined {
  const link = network.link(name);
  if (link?.base === undefined || parseMark(link.alias) === undefined) return undefined;
  return network.linkAt(link.base)?.name;
}

/** Up, and with a carrier: of an interface that we made, the carrier of the one that it lies on. */
export function isUp(network: HostNetwork, name: string, carrierIsUp = (on: string) => isUp(network, on)): boolean {
  const link = network.link(name);
  if (link?.up !== true) return false;
  const carrier = carrierOf(network, name);
  return carrier === undefined ? link.running : carrierIsUp(carrier);
}
