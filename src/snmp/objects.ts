import type { SearchRange } from "../wire/agentx.ts";
import type { Oid, SnmpValue, VarBind } from "../wire/agentx-value.ts";
import { compareOids, get, next, sorted } from "./rows.ts";

/** Objects that are made when somebody asks for one of them: those of one view, made once. */
export interface Objects {
  get(oid: Oid): SnmpValue;
  next(range: SearchRange): VarBind;
}

/** Objects that are made together. They lie below `subtrees`, none of which lies within another, of any block. */
export interface Block {
  readonly subtrees: readonly Oid[];
  readonly rows: () => readonly VarBind[] | Objects;
}

/** All blocks as one: a walk goes from subtree to subtree, though those of one block may lie apart. */
export function objects(blocks: readonly Block[]): Objects {
  const segments = blocks
    .flatMap(({ subtrees, rows }) => {
      const made = once(() => asObjects(rows()));
      return subtrees.map((subtree) => ({ subtree, end: behind(subtree), rows: made }));
    })
    .sort((a, b) => compareOids(a.subtree, b.subtree));
  return {
    get(oid) {
      const segment = segments.find(({ subtree, end }) => compareOids(subtree, oid) <= 0 && compareOids(oid, end) < 0);
      return segment === undefined ? { type: "no-such-object" } : segment.rows().get(oid);
    },
    next(range) {
      const { start, end } = range;
      for (const segment of segments) {
        if (compareOids(segment.end, start) <= 0) continue;
        if (end.length > 0 && compareOids(segment.subtree, end) >= 0) break;
        const until = end.length > 0 && compareOids(end, segment.end) < 0 ? end : segment.end;
        const from = compareOids(start, segment.subtree) < 0 ? { start: segment.subtree, include: true } : range;
        const found = segment.rows().next({ ...from, end: until });
        if (found.value.type !== "end-of-view") return found;
      }
      return { oid: start, value: { type: "end-of-view" } };
    },
  };
}

/** The first name behind everything below this one. */
function behind(subtree: Oid): Oid {
  return subtree.with(-1, (subtree.at(-1) ?? 0) + 1);
}

function asObjects(made: readonly VarBind[] | Objects): Objects {
  if ("next" in made) return made;
  const rows = sorted(made);
  return { get: (oid) => get(rows, oid), next: (range) => next(rows, range) };
}

/** What is made the first time that it is asked for. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
