import type { Report } from "./report.ts";
import type { Span } from "./span.ts";
import { nearest } from "./suggest.ts";

const MOST = 64; // names that are looked at; each is compared with all that are defined
const SHORTEST = 3; // characters of a `$NAME` that is compared: shorter ones are near to everything

/** A name without a value, as it is written. */
interface Undefined {
  readonly name: string;
  readonly text: string; // `${NAME}` or `$NAME`
  readonly before: string; // what stands before it in its text
}

/** What names are compared with, and said to. */
interface Naming {
  readonly definitions: ReadonlyMap<string, unknown>;
  readonly unknown: Set<string>; // looked at already, as they are written
  readonly report: Report;
}

/**
 * Says once that a name has no value: keepalived 2.2.7 leaves it as text, in silence, and takes the braces for those of a
 * block. A `$NAME` may be a part of a password, so it is said only where it is nearly the name of a definition; within
 * double quotes `${NAME}` may be for a shell.
 */
export function undefinedName({ name, text, before }: Undefined, span: Span, naming: Naming): void {
  const { definitions, unknown, report } = naming;
  if (unknown.size >= MOST || unknown.has(text)) return;
  unknown.add(text);
  const braced = text.startsWith("${");
  const near = braced || name.length >= SHORTEST ? nearest(name, ownNames(definitions)) : undefined;
  if (!braced && near === undefined) return;
  const quoted = before.split('"').length % 2 === 0;
  const finding = ["undefined-name", `\`${text}\` has no definition above it, and is read as text`] as const;
  if (near !== undefined) report.warning(finding, span, { help: `did you mean \`${text.replace(name, near)}\`?` });
  else if (quoted)
    report.hint(finding, span, { help: `only a shell can make something of it, or \`$${name}=VALUE\` above` });
  else report.warning(finding, span, { help: `write \`$${name}=VALUE\` above it` });
}

function* ownNames(definitions: ReadonlyMap<string, unknown>): Iterable<string> {
  for (const name of definitions.keys()) if (!name.startsWith("_")) yield name;
}
