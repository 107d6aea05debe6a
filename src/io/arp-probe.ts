import { ip } from "../base/ip.ts";
import { BROADCAST_MAC, type MacAddress, mac } from "../base/mac.ts";
import { milliseconds } from "../base/time.ts";
import type { Probe } from "../doctor/facts.ts";
import type { Link } from "../netlink/link.ts";
import { decodeArp, ETH_P_ARP, encodeArp } from "../wire/arp.ts";
import { AF_PACKET, SOCK_RAW } from "./constants.ts";
import { check, KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";
import { PacketSocket } from "./packet-socket.ts";
import { sockaddrLl } from "./sockaddr.ts";
import { openSocket } from "./socket.ts";

const [ROUNDS, PATIENCE, PAUSE] = [2, milliseconds(300), 10] as const;
const NOBODY = ip("0.0.0.0");
const UNKNOWN = mac("00:00:00:00:00:00");

/** The hardware addresses that answer for each address (`ADDRESS DEVICE`), ours left out. */
export type Owners = ReadonlyMap<string, ReadonlySet<MacAddress>>;

/**
 * Asks who has these addresses, as a host does that is about to take one (RFC 5227 §2.1.1): nobody's table changes by it.
 * Takes 0.6 s, and blocks: for commands. An interface that is down has no answers. Throws KernelError without CAP_NET_RAW.
 */
export function probeOwners(probes: readonly Probe[], links: readonly Link[]): Owners {
  const ours = new Set(links.map((link) => link.mac));
  const found = new Map<string, Set<MacAddress>>();
  const devices = links.filter(({ name, up, mac: own }) => up && own && probes.some(({ device }) => device === name));
  if (devices.length === 0) return found;
  const sender = new PacketSocket();
  const ears: { readonly name: string; readonly fd: number }[] = [];
  try {
    for (const { name, ifindex } of devices) ears.push({ name, fd: listen(name, ifindex) });
    for (let round = 0; round < ROUNDS; round++) {
      for (const { ifindex, name, mac: own } of devices) {
        const asked = probes.filter(({ device }) => device === name);
        if (own !== undefined)
          sender.send(
            ifindex,
            asked.map(({ address }) => question(own, address)),
          );
      }
      for (const end = native.now() + PATIENCE; native.now() < end; pause())
        for (const { name, fd } of ears)
          hear(fd, (owner, address) => {
            if (ours.has(owner) || !probes.some((one) => one.address === address && one.device === name)) return;
            const key = `${address} ${name}`;
            found.set(key, (found.get(key) ?? new Set()).add(owner));
          });
    }
  } catch (error) {
    if (!(error instanceof KernelError) || error.code === "EPERM") throw error; // ENETDOWN: it went down just now
  } finally {
    for (const { fd } of ears) native.close(fd);
    sender.close();
  }
  return found;
}

function listen(name: string, ifindex: number): number {
  const what = `cannot listen to ARP on ${name}`;
  return openSocket([AF_PACKET, SOCK_RAW, 0], what, (fd) => {
    check(native.bind(fd, sockaddrLl(ifindex, ETH_P_ARP)), what);
  });
}

function question(own: MacAddress, address: Probe["address"]): Uint8Array {
  const ends = { destination: BROADCAST_MAC, source: own, senderMac: own, senderIp: NOBODY, targetMac: UNKNOWN };
  return encodeArp({ ...ends, operation: "request", targetIp: address });
}

function hear(fd: number, answered: (owner: MacAddress, address: Probe["address"]) => void): void {
  const frame = new Uint8Array(64);
  for (let length = native.read(fd, frame); length > 0; length = native.read(fd, frame)) {
    const arp = decodeArp(frame.subarray(0, length));
    if (arp.ok && arp.value.operation === "reply") answered(arp.value.senderMac, arp.value.senderIp);
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
}
