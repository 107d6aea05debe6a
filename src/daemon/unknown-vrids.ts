import type { Config } from "../config/model/model.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { Log } from "../observe/log.ts";
import { carrierOf } from "./carrier.ts";

/** `log_unknown_vrids`: says of each VRID that nobody here has, once for each interface: an advertisement comes every second. */
export class UnknownVrids {
  readonly #host: { readonly network: HostNetwork; readonly log: Log };
  readonly #said = new Set<string>();
  /** How many came. */
  count = 0;

  constructor(host: { readonly network: HostNetwork; readonly log: Log }) {
    this.#host = host;
  }

  /** An advertisement of a VRID came in on an interface. */
  heard({ global, vrrpInstances }: Config, vrid: number, device: string | undefined): void {
    this.count++;
    if (!global.logUnknownVrids) return;
    const { network, log } = this.#host;
    // What comes in on an interface may come in on every virtual MAC interface on it.
    const intf = device === undefined ? "" : (carrierOf(network, device) ?? device);
    const what = `${vrid} ${intf}`;
    if (this.#said.has(what)) return;
    if (intf !== device && vrrpInstances.some((one) => one.vrid === vrid && one.interface === intf)) return;
    this.#said.add(what);
    log.info("Unknown VRID({vrid}) received on interface({intf}). ignoring...", { vrid, intf });
  }
}
