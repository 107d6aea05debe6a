import type { SourceLine } from "../syntax/report.ts";
import type { Source } from "../syntax/source.ts";

/** A source that knows the lines of what was read through it. */
export function remembering(host: Source): { readonly source: Source; readonly sourceLine: SourceLine } {
  const texts = new Map<string, string>();
  const lines = new Map<string, readonly string[]>();
  const source: Source = {
    ...host,
    read(path) {
      const file = host.read(path);
      if (file.ok) texts.set(path, file.text);
      return file;
    },
    glob: (pattern) => host.glob(pattern),
  };
  return { source, sourceLine };

  function sourceLine(file: string, line: number): string | undefined {
    const known = lines.get(file) ?? texts.get(file)?.split("\n") ?? [];
    lines.set(file, known);
    return known[line - 1]?.replace(/\r$/, "");
  }
}
