import { table } from "./markdown.ts";

/** The matrix of two routers of different make: what is run, and what cannot be; `matrix.ts` has it. */
export interface Matrix {
  readonly CELLS: readonly MatrixCell[];
  readonly IMPOSSIBLE: readonly { readonly cells: Partial<Record<string, unknown>>; readonly reason: string }[];
}

interface MatrixCell {
  readonly protocol: string;
  readonly transport: string;
  readonly link: string;
  readonly peer: string;
  readonly first: string; // who has the higher priority
  readonly variant?: { readonly name: string };
}

/** Which pairs elect, fail over and give back; a column for each make of the other one. */
export function interoperationTable({ CELLS, IMPOSSIBLE }: Matrix): string {
  const peers = [...new Set(CELLS.map(({ peer }) => peer))];
  const kinds = [...new Set(CELLS.map(kindOf))];
  const rows = kinds.map((kind) => CELLS.filter((cell) => kindOf(cell) === kind));
  const impossible = IMPOSSIBLE.map(({ cells, reason }) => `- ${Object.values(cells).join(", ")}: ${reason}`);
  return `${table(
    ["version", "transport", "link", "option", ...peers],
    rows.map((cells) => [...describeKind(cells), ...peers.map((peer) => firstOf(cells, peer))]),
  )}

Who is master first stands in the last columns; "both" is one run each. Not run:

${[...new Set(impossible)].join("\n")}`;
}

function kindOf({ protocol, transport, link, variant }: MatrixCell): string {
  return [protocol, transport, link, variant?.name ?? ""].join("|");
}

function describeKind([cell]: readonly MatrixCell[]): string[] {
  return cell === undefined ? [] : [cell.protocol, cell.transport, cell.link, cell.variant?.name ?? ""];
}

function firstOf(cells: readonly MatrixCell[], peer: string): string {
  const firsts = new Set(cells.filter((cell) => cell.peer === peer).map(({ first }) => first));
  return firsts.size > 1 ? "both" : ([...firsts][0] ?? "–");
}
