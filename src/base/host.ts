import { family, fromBytes, type IpAddress, toBytes } from "./ip.ts";

/** What is known of the host that a configuration is for. Each part may be unknown; lints that need it are silent then. */
export interface HostFacts {
  readonly interfaces?: readonly HostInterface[]; // all of them
  readonly files?: ReadonlyMap<string, FileFact>; // by absolute path; a path that is not in it could not be looked at
}

/** A network interface with the addresses it has now. */
export interface HostInterface {
  readonly name: string;
  readonly addresses: readonly Network[];
}

/** An address with its network. */
export interface Network {
  readonly address: IpAddress;
  readonly prefixLength: number; // 0..32 (IPv4), 0..128 (IPv6)
}

/** A file or folder, symbolic links followed. */
export type FileFact =
  | {
      readonly type: "missing";
      readonly target?: string; // a symbolic link is there, to a path where nothing is
    }
  | {
      readonly type: "file" | "folder";
      readonly mode: number; // permission bits, sticky included: 0..0o7777
      readonly owner: number; // uid
      readonly group: number; // gid
      readonly target?: string; // its path without symbolic links, where there are some
    };

/** The name of a network, such as `192.0.2.0/24`: two addresses of one network have the same. */
export function networkName({ address, prefixLength }: Network): string {
  const bytes = toBytes(address).map((byte, i) => {
    const bits = Math.max(0, Math.min(8, prefixLength - 8 * i));
    return byte & (0xff << (8 - bits));
  });
  return `${fromBytes(bytes)}/${prefixLength}`;
}

/** Tells of an address whether one of these networks has it. */
export function within(networks: readonly Network[]): (address: IpAddress) => boolean {
  const names = new Set(networks.map(networkName));
  const lengths = { 4: new Set<number>(), 6: new Set<number>() };
  for (const { address, prefixLength } of networks) lengths[family(address)].add(prefixLength);
  return (address) =>
    [...lengths[family(address)]].some((prefixLength) => names.has(networkName({ address, prefixLength })));
}

/** The root folder, every folder down to a file, and the file; empty for a path that is not absolute. */
export function pathParts(path: string): readonly string[] {
  if (!path.startsWith("/") || path.length > LONGEST_PATH) return [];
  const names = path.split("/").filter((name) => name !== "");
  let at = "";
  return [
    "/",
    ...names.map((name) => {
      at += `/${name}`;
      return at;
    }),
  ];
}
const LONGEST_PATH = 4096; // PATH_MAX of linux/limits.h

/**
 * The first part of a file's path, links followed, that others can write, and so put another program in its place;
 * `others` than root, or else than its owner and group. Undefined where there is none, as far as `files` tells.
 */
export function openPart(path: string, files: ReadonlyMap<string, FileFact>, root: boolean): string | undefined {
  const target = files.get(path)?.target;
  const parts = [...pathParts(path), ...(target === undefined ? [] : pathParts(target))];
  return parts.find((part) => isOpen(files.get(part), root));
}

const STICKY = 0o1000;
const OTHERS_WRITE = 0o002;
const GROUP_WRITE = 0o020;

/** In a folder with the sticky bit nobody can replace what another owns. */
function isOpen(fact: FileFact | undefined, root: boolean): boolean {
  if (fact === undefined || fact.type === "missing") return false;
  if (fact.type === "folder" && (fact.mode & STICKY) !== 0) return false;
  if ((fact.mode & OTHERS_WRITE) !== 0) return true;
  return root && (fact.owner !== 0 || (fact.group !== 0 && (fact.mode & GROUP_WRITE) !== 0));
}
