import { fileURLToPath } from "node:url";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { encodeIpv4 } from "../../src/wire/ipv4.ts";
import { type AdvertisementV2, encodeAdvertisement } from "../../src/wire/vrrp.ts";
import { type Stand, VIP } from "./stand.ts";

const SENDER = fileURLToPath(new URL("raw-sender.mjs", import.meta.url));

/** Sends frames from lb2's interface, `gap` milliseconds apart, again and again until `count` are out. */
export async function sendFrames(stand: Stand, frames: readonly string[], gap: number, count: number): Promise<void> {
  await stand.lan.run("lb2", [process.execPath, SENDER, "eth0", String(gap), String(count), ...frames]);
}

/** An advertisement of lb2 for the usual virtual router, priority 50, as a frame in hexadecimal. */
export function advertisementFrame(stand: Stand, other: Partial<AdvertisementV2> = {}, ttl = 255): string {
  const addresses = { from: ip("192.0.2.12"), to: ip("224.0.0.18") };
  const usual = { version: 2, vrid: 51, priority: 50, interval: seconds(1), addresses: [ip(VIP)] } as const;
  const payload = encodeAdvertisement({ ...usual, authentication: { type: "none" }, ...other }, addresses);
  const packet = encodeIpv4({ ...addresses, protocol: 112, ttl, tos: 0xc0, id: 1, payload });
  return `01005e000012${stand.lan.mac("lb2").replaceAll(":", "")}0800${Buffer.from(packet).toString("hex")}`;
}

/** Sends advertisements of priority 50 for the usual router from lb2, `gap` milliseconds apart; 0: as fast as it goes. */
export async function sendLower(stand: Stand, gap: number, count: number): Promise<void> {
  await sendFrames(stand, [advertisementFrame(stand)], gap, count);
}

/** lb2 says by ARP, as a request or a reply, that the VIP is there. */
export function arpClaim(stand: Stand, operation: number): string {
  const mac = stand.lan.mac("lb2").replaceAll(":", "");
  const vip = Buffer.from(VIP.split(".").map(Number)).toString("hex");
  return `ffffffffffff${mac}0806000108000604000${operation}${mac}${vip}${mac}${vip}`;
}
