import { lstatSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { type FileFact, type HostFacts, type HostInterface, type Network, pathParts } from "../base/host.ts";
import { decodeAddress, dumpAddresses } from "../netlink/address.ts";
import { NETLINK_ROUTE } from "../netlink/constants.ts";
import type { Request } from "../netlink/conversation.ts";
import { decodeLink, dumpLinks } from "../netlink/link.ts";
import { KernelError } from "./kernel-error.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

/** What this host is like: its interfaces, and the files at `paths`. What cannot be found out is left out. */
export function hostFacts(paths: Iterable<string>): HostFacts {
  const files = fileFacts(paths);
  try {
    return { interfaces: hostInterfaces(), files };
  } catch (error) {
    if (error instanceof KernelError) return { files };
    throw error;
  }
}

/** Every interface of this network namespace, also one that is down or has no address. Throws KernelError. */
function hostInterfaces(): readonly HostInterface[] {
  const netlink = new NetlinkSocket(NETLINK_ROUTE);
  try {
    const addresses = new Map<number, Network[]>();
    for (const body of dump(netlink, dumpAddresses())) {
      const read = decodeAddress(body);
      if (!read.ok) continue;
      const { ifindex, address, prefixLength } = read.value;
      const known = addresses.get(ifindex);
      if (known === undefined) addresses.set(ifindex, [{ address, prefixLength }]);
      else known.push({ address, prefixLength });
    }
    return dump(netlink, dumpLinks()).flatMap((body) => {
      const read = decodeLink(body);
      return read.ok ? [{ name: read.value.name, addresses: addresses.get(read.value.ifindex) ?? [] }] : [];
    });
  } finally {
    netlink.close();
  }
}

function dump(netlink: NetlinkSocket, request: Request): readonly Uint8Array[] {
  const [answer] = netlink.transact([request]);
  if (answer?.ok) return answer.messages.map(({ body }) => body);
  throw new KernelError("cannot read the interfaces", answer?.errno ?? 0, answer?.text);
}

/**
 * The files and folders at absolute paths, symbolic links followed; of what a link leads to, every folder above it, too.
 * A path that this account may not look at is left out.
 */
export function fileFacts(paths: Iterable<string>): ReadonlyMap<string, FileFact> {
  const facts = new Map<string, FileFact>();
  const left = [...paths];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (facts.has(path)) continue;
    const fact = fileFact(path);
    if (fact === undefined) continue;
    facts.set(path, fact);
    if (fact.type === "file" && fact.target !== undefined) left.push(...pathParts(fact.target));
  }
  return facts;
}

function fileFact(path: string): FileFact | undefined {
  try {
    const { mode, uid: owner, gid: group } = statSync(path);
    const target = realpathSync.native(path);
    const type = (mode & FORMAT) === FOLDER ? "folder" : "file";
    return { type, mode: mode & PERMISSIONS, owner, group, ...(target === path ? {} : { target }) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "ENOENT" || code === "ENOTDIR" ? missing(path) : undefined;
  }
}

/** Nothing is there, or a link that leads to nothing. */
function missing(path: string): FileFact {
  try {
    if (lstatSync(path).isSymbolicLink()) return { type: "missing", target: readlinkSync(path) };
  } catch {
    // Not even a link.
  }
  return { type: "missing" };
}

const FORMAT = 0o170000; // S_IFMT, inode(7)
const FOLDER = 0o040000;
const PERMISSIONS = 0o7777;
