import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { family } from "../base/ip.ts";
import { virtualAddress } from "../netlink/address.ts";
import { ADDRESSES } from "../netlink/address-kind.ts";
import { NETLINK_ROUTE, RT_SCOPE_UNIVERSE } from "../netlink/constants.ts";
import type { Request } from "../netlink/conversation.ts";
import { bringUp, takeDown } from "../netlink/virtual-link.ts";
import type { ServerHost } from "../real-server/host.ts";
import { readKept, writeKept } from "../real-server/kept.ts";
import { NOTHING_KEPT, type Place, type Step, TUNNELS } from "../real-server/preparation.ts";
import { UNIT } from "../real-server/unit.ts";
import { ENODEV } from "./constants.ts";
import { readInterfaces } from "./interfaces.ts";
import { KernelError } from "./kernel-error.ts";
import { loadKernelModule } from "./kernel-module.ts";
import { native } from "./native.ts";
import { NetlinkSocket } from "./netlink-socket.ts";
import { readSysctl, writeSysctl } from "./sysctl.ts";

const FOLDER = "/run/keepalived-ts";
const UNITS = "/etc/systemd/system";
const ENABLED = join(UNITS, "multi-user.target.wants", UNIT);
const MODULES: ReadonlyMap<string, string> = new Map([
  [TUNNELS[4], "ipip"],
  [TUNNELS[6], "ip6_tunnel"],
]);

/** This host as a real server. `program`: the words that start us. */
export function realServerHost(program: readonly string[]): ServerHost {
  return {
    facts: () => ({
      interfaces: readInterfaces().map(({ link: { name, up }, addresses }) => ({ name, up, addresses })),
      setting: readSysctl,
    }),
    makeTunnel(device) {
      const module = MODULES.get(device);
      if (module !== undefined) loadKernelModule(module);
    },
    carryOut,
    kept() {
      const text = readText(keptFile());
      return text === undefined ? NOTHING_KEPT : readKept(text);
    },
    keep: (kept) => attempt(() => put(keptFile(), writeKept(kept), 0o600)),
    unit: () => readText(join(UNITS, UNIT)),
    setUnit: (text) => attempt(() => setUnit(text)),
    program,
  };
}

/** Each network namespace is a host of its own. */
function keptFile(): string {
  return join(FOLDER, `real-server-${statSync("/proc/thread-self/ns/net").ino}.json`);
}

function carryOut(step: Step): string | undefined {
  if (step.type === "set")
    return writeSysctl(step.path, step.value) ? undefined : `cannot write ${step.value} to /proc/sys/${step.path}`;
  if (step.type === "add" || step.type === "remove") return changeAddress(step.type, step.place);
  const request = step.type === "raise" ? bringUp(step.device) : takeDown(step.device);
  return ask(request, `cannot bring ${step.device} ${step.type === "raise" ? "up" : "down"}`, []);
}

/** IPv6: without duplicate address detection, as all real servers have the address, and never chosen as a source. */
function changeAddress(change: "add" | "remove", { address, device }: Place): string | undefined {
  const ifindex = native.ifNametoindex(device);
  if (ifindex <= 0) return new KernelError(`cannot find ${device}`, ENODEV).message;
  const prefixLength = family(address) === 4 ? 32 : 128;
  const place = { ifindex, prefixLength, scope: RT_SCOPE_UNIVERSE, label: undefined, broadcast: undefined };
  const entry = virtualAddress(address, place);
  return change === "add"
    ? ask(ADDRESSES.add(entry), `cannot add ${address} to ${device}`, ADDRESSES.there)
    : ask(ADDRESSES.remove(entry), `cannot remove ${address} from ${device}`, ADDRESSES.gone);
}

function ask(request: Request, what: string, tolerated: readonly number[]): string | undefined {
  const netlink = new NetlinkSocket(NETLINK_ROUTE);
  try {
    const [answer] = netlink.transact([request]);
    if (answer === undefined || answer.ok || tolerated.includes(answer.errno)) return undefined;
    return new KernelError(what, answer.errno, answer.text).message;
  } finally {
    netlink.close();
  }
}

/** Does by hand what `systemctl enable` does, so that an image can be prepared in which no systemd runs. */
function setUnit(text: string | undefined): void {
  if (text === undefined) {
    rmSync(ENABLED, { force: true });
    rmSync(join(UNITS, UNIT), { force: true });
  } else {
    put(join(UNITS, UNIT), text, 0o644);
    mkdirSync(dirname(ENABLED), { recursive: true });
    rmSync(ENABLED, { force: true });
    symlinkSync(join(UNITS, UNIT), ENABLED);
  }
  if (existsSync("/run/systemd/system"))
    spawnSync("systemctl", ["daemon-reload"], { stdio: "ignore", timeout: 30_000 });
}

/** Whoever opens the file sees the old text or the new one. */
function put(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const beside = join(dirname(path), `.${process.pid}.new`);
  try {
    writeFileSync(beside, text, { flag: "wx", mode });
    chmodSync(beside, mode); // whatever the umask says
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function attempt(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
