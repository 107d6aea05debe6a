import { readFileSync } from "node:fs";

/** A test by its file and the beginning of its name; with `%s` and the like as it stands there. */
export interface NamedTest {
  readonly file: string;
  readonly name: string;
}

/** Those that are not there: in their file no text begins so; of a story (.txt), its first line does not. */
export function missingTests(tests: readonly NamedTest[]): string[] {
  return tests.filter((test) => !isThere(test)).map(({ file, name }) => `${file}: ${name}`);
}

function isThere({ file, name }: NamedTest): boolean {
  const text = read(file).replaceAll('\\"', '"');
  if (file.endsWith(".txt")) return text.startsWith(`# ${name}`);
  return text.includes(`"${name}`) || text.includes(`\`${name}`);
}

/** Empty where there is none. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
