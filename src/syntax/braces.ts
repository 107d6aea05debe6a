const MOST = 1000; // patterns
const LONGEST = 4096; // PATH_MAX of Linux: no file has a longer name

/**
 * Expands csh braces in a file pattern, as glob(3) with GLOB_BRACE: `a{b,c{d,e}}` is `ab`, `acd` and `ace`; `{}` and
 * braces without their counterpart stay. At most a thousand patterns.
 */
export function expandBraces(pattern: string): readonly string[] {
  if (pattern.length > LONGEST) return [pattern];
  const done: string[] = [];
  const open = [pattern];
  for (let steps = 0; steps < MOST; steps++) {
    const next = open.pop();
    if (next === undefined) break;
    const set = firstSet(next);
    if (set === undefined) done.push(next);
    else for (const choice of set.choices.reverse()) open.push(set.head + choice + set.tail);
  }
  return done;
}

interface BraceSet {
  readonly head: string;
  readonly choices: string[];
  readonly tail: string;
}

/** The first set with its choices, which may hold sets again. */
function firstSet(pattern: string): BraceSet | undefined {
  const from = pattern.search(/\{(?!\})/);
  if (from === -1) return undefined;
  const choices: string[] = [];
  let depth = 0;
  let start = from + 1;
  for (let i = from; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === "{") depth++;
    else if (character === "}") depth--;
    if (depth === 0 || (depth === 1 && character === ",")) {
      choices.push(pattern.slice(start, i));
      start = i + 1;
    }
    if (depth === 0) return { head: pattern.slice(0, from), choices, tail: pattern.slice(start) };
  }
  return undefined;
}
