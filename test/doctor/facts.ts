import { ip } from "../../src/base/ip.ts";
import type { DoctorFacts, DoctorInterface } from "../../src/doctor/facts.ts";

/** An interface on a LAN with these addresses and prefix lengths. */
export function lan(name: string, ...addresses: readonly string[]): DoctorInterface {
  return {
    name,
    ifindex: 2,
    type: 1,
    up: true,
    answersArp: true,
    mtu: 1500,
    addresses: addresses.map((text) => {
      const [address = "", prefixLength] = text.split("/");
      return { address: ip(address), prefixLength: Number(prefixLength) };
    }),
  };
}

/** A host on which nothing is wrong; settings by their paths. */
export function healthy(settings: Readonly<Record<string, string>> = {}, more: Partial<DoctorFacts> = {}): DoctorFacts {
  return {
    interfaces: [lan("eth0", "192.0.2.1/24", "2001:db8::1/64")],
    gateways: [{ address: ip("192.0.2.254"), device: "eth0" }],
    setting: (path) => settings[path],
    module: () => true,
    ruleset: { chains: [], rules: [], sets: [] },
    legacyTables: [],
    descriptorLimit: 1024,
    capabilities: (1n << 41n) - 1n,
    kept: undefined,
    owners: () => [],
    unseen: [],
    ...more,
  };
}
