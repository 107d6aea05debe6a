import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import type { FileText, Source } from "../syntax/source.ts";
import { decodeUtf8 } from "../syntax/utf8.ts";
import { isPattern, matches } from "../syntax/wildcard.ts";

const MOST_PATHS = 100_000; // looked at for one pattern

/** The files and the environment of this host. Of files Keepalived reads regular ones without an execute bit. */
export function hostSource(configId: string | undefined): Source {
  return {
    read: readText,
    glob,
    random: Math.random,
    environment: (name) => process.env[name],
    hostName: hostname(),
    ...(configId === undefined ? {} : { configId }),
  };
}

/** A source that knows what stood in the files that were read through it, since `forget`. */
export function recordingSource(host: Source): {
  readonly source: Source;
  readonly text: () => string;
  readonly forget: () => void;
} {
  const texts: [path: string, text: string][] = [];
  const read: Source["read"] = (path) => {
    const file = host.read(path);
    if (file.ok) texts.push([path, file.text]);
    return file;
  };
  return {
    source: { ...host, read },
    text: () => texts.map(([path, text]) => `# ${path}\n${text}`).join("\n"),
    forget: () => texts.splice(0),
  };
}

/** The same source; `hear` is called with each text that is read from it. */
export function overheard(source: Source, hear: (text: string) => void): Source {
  return {
    ...source,
    read: (path) => {
      const file = source.read(path);
      if (file.ok) hear(file.text);
      return file;
    },
  };
}

function readText(path: string): FileText {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { ok: false, reason: "missing" };
    if (found.isDirectory()) return { ok: false, reason: "directory" };
    if (!found.isFile() || (found.mode & 0o111) !== 0) return { ok: false, reason: "executable" };
    const bytes = readFileSync(path);
    return { ok: true, text: isUtf8(bytes) ? bytes.toString("utf8") : decodeUtf8(bytes) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOTDIR") return { ok: false, reason: "missing" };
    return { ok: false, reason: code === "ELOOP" ? "executable" : "unreadable" };
  }
}

/** glob(7) without `~` and braces. At most so many paths that a pattern across the whole disk ends soon. */
function glob(pattern: string): readonly string[] {
  if (!isPattern(pattern)) return existsSync(pattern) ? [pattern] : [];
  const segments = pattern.split("/");
  let found = [""];
  for (const [i, segment] of segments.entries()) {
    const slash = i === segments.length - 1 ? "" : "/";
    const next: string[] = [];
    for (const folder of found) {
      if (next.length > MOST_PATHS) break;
      for (const name of names(folder, segment)) next.push(folder + name + slash);
    }
    found = next;
  }
  return found.filter((path) => existsSync(path)).sort();
}

function names(folder: string, segment: string): readonly string[] {
  if (!isPattern(segment)) return [segment];
  try {
    return readdirSync(folder === "" ? "." : folder).filter((name) => matches(segment, name));
  } catch {
    return []; // no folder, or not ours to read
  }
}
