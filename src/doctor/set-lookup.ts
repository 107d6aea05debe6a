import type { NftData, NftElements } from "../netlink/nft-ruleset.ts";
import { type Cell, compareCells } from "./registers.ts";

/** The data of the element that has the key, itself undefined in a set; none; undefined where the key is not known. */
export function findElement(
  { elements, intervals, parts }: NftElements,
  load: (length: number) => readonly Cell[],
): readonly (NftData | undefined)[] | undefined {
  const length = elements.find(({ key }) => key.length > 0)?.key.length ?? 0;
  const key = load(length);
  if (key.includes(undefined)) return undefined;
  const known = Uint8Array.from(key, (byte) => byte ?? 0);
  let best: (typeof elements)[number] | undefined;
  for (const element of elements) {
    if (element.key.length === 0) continue;
    if (element.to !== undefined) {
      if (inRange(known, element.key, element.to, parts)) return [element.data];
    } else if (!intervals) {
      if (compareCells(key, element.key) === 0) return [element.data];
    } else if ((compareCells(key, element.key) ?? -1) >= 0) {
      const order = best === undefined ? 1 : (compareCells([...element.key], best.key) ?? 0);
      if (order > 0 || (order === 0 && best?.end === true)) best = element;
    }
  }
  if (best !== undefined && !best.end) return [best.data];
  const rest = elements.find((element) => element.key.length === 0);
  return rest === undefined ? [] : [rest.data];
}

/** Whether each part of a concatenated key lies in its range; the parts begin at words. */
function inRange(key: Uint8Array, from: Uint8Array, to: Uint8Array, parts: readonly number[]): boolean {
  let at = 0;
  for (const size of parts.length === 0 ? [key.length] : parts) {
    const [value, low, high] = [key, from, to].map((bytes) => bytes.subarray(at, at + size));
    if (value === undefined || low === undefined || high === undefined) return false;
    if ((compareCells([...value], low) ?? 0) < 0 || (compareCells([...value], high) ?? 0) > 0) return false;
    at += (size + 3) & ~3;
  }
  return true;
}
