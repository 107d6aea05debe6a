import { AGENTX_ERROR, type AgentxQuestion, type AgentxResponse } from "../wire/agentx.ts";
import type { VarBind } from "../wire/agentx-value.ts";
import type { Objects } from "./objects.ts";

/** More rows are not put into one answer, whatever a manager asks for: RFC 2741 §7.2.3.3 leaves it to us. */
const MOST_ROWS = 1000;

/**
 * What a master is answered; nothing where it waits for nothing. Every object is read-only, as in both RFCs' MIBs of
 * Keepalived. Keepalived differs: `vrrpInstanceBasePriority` and `vrrpInstancePreempt` can be set there.
 */
export function answer(
  objects: () => Objects,
  question: Exclude<AgentxQuestion, { type: "response" | "close" }>,
): AgentxResponse | undefined {
  switch (question.type) {
    case "cleanup-set":
      return undefined;
    case "test-set":
      return refusal(AGENTX_ERROR.notWritable);
    case "commit-set":
    case "undo-set":
      return refusal(AGENTX_ERROR.genErr); // after our answer to the test nobody asks for it
    case "get":
    case "get-next":
    case "get-bulk":
      return question.foreign ? refusal(AGENTX_ERROR.unsupportedContext) : response(found(objects(), question));
  }
}

type Search = Extract<AgentxQuestion, { readonly ranges: unknown }>;

function found(objects: Objects, search: Search): readonly VarBind[] {
  switch (search.type) {
    case "get":
      return search.ranges.map(({ start }) => ({ oid: start, value: objects.get(start) }));
    case "get-next":
      return search.ranges.map((range) => objects.next(range));
    case "get-bulk":
      return bulk(objects, search);
  }
}

/** One row for each of the first ranges; of the rest up to `maxRepetitions` each, taken in turn. RFC 2741 §7.2.3.3. */
function bulk(
  objects: Objects,
  { ranges, nonRepeaters, maxRepetitions }: Extract<Search, { type: "get-bulk" }>,
): VarBind[] {
  const result = ranges.slice(0, nonRepeaters).map((range) => objects.next(range));
  let repeating = ranges.slice(nonRepeaters);
  for (let i = 0; i < maxRepetitions && result.length < MOST_ROWS; i++) {
    const turn = repeating.map((range) => objects.next(range));
    if (turn.length === 0) break;
    result.push(...turn);
    if (turn.every(({ value }) => value.type === "end-of-view")) break;
    repeating = repeating.map(({ end }, at) => ({ start: turn[at]?.oid ?? [], include: false, end }));
  }
  return result;
}

function response(bindings: readonly VarBind[]): AgentxResponse {
  return { type: "response", upTime: 0, error: 0, index: 0, bindings };
}

function refusal(error: number): AgentxResponse {
  return { type: "response", upTime: 0, error, index: 1, bindings: [] };
}
