/** Whether a path or one of its segments holds `*`, `?` or `[`. */
export function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * Whether a file name matches one segment of a pattern, glob(7): `*`, `?`, `[a-z]`, `[!a-z]` and backslash; none of them
 * matches a leading dot. In the time of both lengths multiplied, whatever the pattern.
 */
export function matches(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  let p = 0;
  let n = 0;
  let star: { readonly p: number; n: number } | undefined; // where the last `*` may take one more character
  while (n < name.length || p < pattern.length) {
    if (pattern[p] === "*") {
      star = { p: p + 1, n };
      p++;
      continue;
    }
    const length = n < name.length ? one(pattern, p, name[n] ?? "") : 0;
    if (length > 0) {
      p += length;
      n++;
    } else if (star !== undefined && star.n < name.length) {
      n = ++star.n;
      p = star.p;
    } else return false;
  }
  return true;
}

/** How much of the pattern stands for this one character; 0: none does. */
function one(pattern: string, p: number, character: string): number {
  const first = pattern[p];
  if (first === "?") return 1;
  if (first === "\\") return pattern[p + 1] === character ? 2 : 0;
  const end = first === "[" ? pattern.indexOf("]", p + (pattern[p + 1] === "!" ? 3 : 2)) : -1;
  if (end === -1) return first === character ? 1 : 0;
  const except = pattern[p + 1] === "!";
  return inClass(pattern.slice(p + (except ? 2 : 1), end), character) === except ? 0 : end + 1 - p;
}

function inClass(members: string, character: string): boolean {
  for (let i = 0; i < members.length; i++) {
    const from = members[i] ?? "";
    const isRange = members[i + 1] === "-" && i + 2 < members.length;
    if (character >= from && character <= (isRange ? (members[i + 2] ?? "") : from)) return true;
    if (isRange) i += 2;
  }
  return false;
}
