import { lstatSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { type FileFact, type HostFacts, type HostInterface, pathParts } from "../base/host.ts";
import { readInterfaces } from "./interfaces.ts";
import { KernelError } from "./kernel-error.ts";

/** What this host is like: its interfaces, and the files at `paths`. What cannot be found out is left out. */
export function hostFacts(paths: Iterable<string>): HostFacts {
  const files = fileFacts(paths);
  try {
    return { interfaces: interfaces(), files };
  } catch (error) {
    if (error instanceof KernelError) return { files };
    throw error;
  }
}

function interfaces(): readonly HostInterface[] {
  return readInterfaces().map(({ link: { name }, addresses }) => ({ name, addresses }));
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
