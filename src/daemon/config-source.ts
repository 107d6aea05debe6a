import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import type { FileText, Source } from "../config/read.ts";

/** The files of this host, as Keepalived reads them: regular files without an execute bit. */
export function hostSource(configId: string | undefined): Source {
  return { read: readText, glob, hostName: hostname(), ...(configId === undefined ? {} : { configId }) };
}

function readText(path: string): FileText {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { ok: false, reason: "missing" };
    if (found.isDirectory()) return { ok: false, reason: "directory" };
    if (!found.isFile() || (found.mode & 0o111) !== 0) return { ok: false, reason: "executable" };
    return { ok: true, text: readFileSync(path, "utf8") };
  } catch (error) {
    const notThere = error instanceof Error && "code" in error && error.code === "ENOTDIR";
    return { ok: false, reason: notThere ? "missing" : "unreadable" };
  }
}

/** glob(7) without `~` and braces: `*` and `?` match no leading dot. */
function glob(pattern: string): readonly string[] {
  if (!WILD.test(pattern)) return existsSync(pattern) ? [pattern] : [];
  const segments = pattern.split("/");
  let found = [""];
  for (const [i, segment] of segments.entries()) {
    const slash = i === segments.length - 1 ? "" : "/";
    found = found.flatMap((folder) => matches(folder, segment).map((name) => folder + name + slash));
  }
  return found.filter((path) => existsSync(path)).sort();
}

const WILD = /[*?[]/;

function matches(folder: string, segment: string): string[] {
  if (!WILD.test(segment)) return [segment];
  const shown = segment.startsWith(".");
  try {
    const shape = new RegExp(`^${segment.replace(/\[!?[^\]]+\]|[^\w]/g, wildcard)}$`, "s"); // throws on `[z-a]`
    return readdirSync(folder === "" ? "." : folder).filter(
      (name) => shape.test(name) && (shown || !name.startsWith(".")),
    );
  } catch {
    return [];
  }
}

function wildcard(part: string): string {
  if (part === "*") return ".*";
  if (part === "?") return ".";
  if (part.length === 1) return `\\${part}`;
  return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
}
