import { readFileSync } from "node:fs";
import { type Micros, seconds } from "../base/time.ts";
import { native } from "./native.ts";

/** How long an answer is good for; Keepalived's too. */
const AGE = seconds(5);

/** Whether interfaces forward IPv6 (`net.ipv6.conf.IF.forwarding`), read anew when the last answer is 5 s old. */
export class Ipv6Forwarding {
  readonly #known = new Map<string, { readonly on: boolean; readonly at: Micros }>();

  of(interfaceName: string): boolean {
    const now = native.now();
    const known = this.#known.get(interfaceName);
    if (known !== undefined && now - known.at < AGE) return known.on;
    const on = read(interfaceName);
    this.#known.set(interfaceName, { on, at: now });
    return on;
  }
}

/** False where there is no such interface, or no IPv6. */
function read(interfaceName: string): boolean {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${interfaceName}/forwarding`, "utf8").trim() !== "0";
  } catch {
    return false;
  }
}
