import { expect, test } from "vitest";
import type { VrrpInstanceConfig } from "../../src/config/model/model.ts";
import { receiveShare } from "../../src/daemon/instance.ts";
import { reading } from "../config/reading.ts";

function instance(body: string, global = ""): { readonly config: VrrpInstanceConfig; readonly share: number } {
  const text = `global_defs {\n${global}\n}\nvrrp_instance V {\ninterface eth0\nvirtual_router_id 1\n${body}\n}\n`;
  const { config } = reading(text);
  const [first] = config.vrrpInstances;
  if (first === undefined) throw new Error("no instance");
  return { config: first, share: receiveShare(first, config.global.receiveBuffers, 1500) };
}

const TWO = "virtual_ipaddress {\n192.0.2.1\n192.0.2.2\n}";
const SIX = "virtual_ipaddress {\nfe80::1\n}";

test.each([
  ["nothing", "", TWO, 0],
  ["a number", "vrrp_rx_bufs_policy 5000", TWO, 5000],
  ["the MTU, three times", "vrrp_rx_bufs_policy MTU", TWO, 4500],
  ["the MTU, twice", "vrrp_rx_bufs_policy MTU\nvrrp_rx_bufs_multiplier 2", TWO, 3000],
  ["three of its own adverts", "vrrp_rx_bufs_policy ADVERT", TWO, 3 * (20 + 24)],
  ["three of its own adverts over IPv6", "vrrp_rx_bufs_policy ADVERT", SIX, 3 * (40 + 24)],
  ["its own size, whatever the policy", "vrrp_rx_bufs_policy 5000", `kernel_rx_buf_size 7000\n${TWO}`, 7000],
])("an instance asks for %s of the receive buffer", (_, global, body, share) => {
  expect(instance(body, global).share).toBe(share);
});
