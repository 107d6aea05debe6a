import type { IpAddress } from "../../../src/base/ip.ts";
import { ip } from "../../../src/base/ip.ts";
import type { Names } from "../../../src/command/ipvs/place.ts";

const PORTS: Readonly<Record<string, number>> = { "http/tcp": 80, "domain/tcp": 53, "domain/udp": 53, "tftp/udp": 69 };

/** One host has an address; every other has none. */
export const NAMES: Names = {
  hosts: new Proxy(new Map<string, IpAddress | undefined>([["vip", ip("10.9.0.1")]]), {
    get: (map, key) => (key === "has" ? () => true : map.get.bind(map)),
  }),
  port: (name, protocol) => PORTS[`${name}/${protocol}`],
};
