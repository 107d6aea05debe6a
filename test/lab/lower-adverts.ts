import { fileURLToPath } from "node:url";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { encodeIpv4 } from "../../src/wire/ipv4.ts";
import { encodeAdvertisement } from "../../src/wire/vrrp.ts";
import { type Stand, VIP } from "./stand.ts";

const SENDER = fileURLToPath(new URL("raw-sender.mjs", import.meta.url));

/** Sends advertisements of priority 50 for the usual router from lb2, `gap` milliseconds apart; 0: as fast as it goes. */
export async function sendLower(stand: Stand, gap: number, count: number): Promise<void> {
  const payload = encodeAdvertisement({
    version: 2,
    vrid: 51,
    priority: 50,
    interval: seconds(1),
    authentication: { type: "none" },
    addresses: [ip(VIP)],
  });
  const [from, to] = [ip("192.0.2.12"), ip("224.0.0.18")];
  const packet = Buffer.from(encodeIpv4({ from, to, protocol: 112, ttl: 255, tos: 0xc0, id: 1, payload }));
  const frame = `01005e000012${stand.lan.mac("lb2").replaceAll(":", "")}0800${packet.toString("hex")}`;
  await stand.lan.run("lb2", [process.execPath, SENDER, "eth0", String(gap), String(count), frame]);
}
