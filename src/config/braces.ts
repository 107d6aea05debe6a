const MOST = 1000;

/** Expands csh braces in a file pattern: `a{b,c}d` is `abd` and `acd`. At most a thousand patterns. */
export function expandBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0 && done.length + open.length < MOST) {
    const next = open.shift() ?? "";
    const set = /\{([^{}]*)\}/.exec(next);
    if (set === null) {
      done.push(next);
      continue;
    }
    const [all, inner = ""] = set;
    const head = next.slice(0, set.index);
    const tail = next.slice(set.index + all.length);
    open.unshift(...inner.split(",").map((choice) => head + choice + tail));
  }
  return done;
}
