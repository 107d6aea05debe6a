import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { NETLINK_GENERIC } from "../netlink/constants.ts";
import { getFamily } from "../netlink/genetlink.ts";
import { IPVS_FAMILY } from "../netlink/ipvs.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

/** Tells whether the kernel has a module: loaded, built in or for loading. Undefined where that cannot be found out. */
export function kernelModules(): (name: string) => boolean | undefined {
  const folder = `/lib/modules/${release()}`;
  const lists = ["modules.builtin", "modules.dep"].map((file) => names(`${folder}/${file}`));
  return (name) => {
    if (existsSync(`/sys/module/${name}`) || lists.some((list) => list?.has(name))) return true;
    if (lists.every((list) => list !== undefined)) return false;
    return name === "ip_vs" ? answersIpvs() : undefined;
  };
}

/** `kernel/net/netfilter/ipvs/ip_vs_rr.ko.xz: …` is ip_vs_rr. */
function names(path: string): ReadonlySet<string> | undefined {
  try {
    const found = readFileSync(path, "latin1").matchAll(/([^/\n]+)\.ko(?:\.\w+)?(?=:|$)/gm);
    return new Set([...found].map(([, name = ""]) => name.replaceAll("-", "_")));
  } catch {
    return undefined;
  }
}

/** Where there are no lists of modules, as in containers: the kernel itself is asked. */
function answersIpvs(): boolean {
  const netlink = new NetlinkSocket(NETLINK_GENERIC);
  try {
    return netlink.transact([getFamily(IPVS_FAMILY)])[0]?.ok === true;
  } finally {
    netlink.close();
  }
}
