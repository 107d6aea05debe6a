import * as nft from "../netlink/nft-constants.ts";

/** A byte of a register; undefined: not known. */
export type Cell = number | undefined;

/** Bytes of all registers: 16 words; NFT_REG_1 to 4 are four words each. linux/netfilter/nf_tables.h. */
export const CELLS = 64;

/** What expressions of a rule hand each other. */
export class Registers {
  readonly #cells = new Array<Cell>(CELLS).fill(undefined);

  load(register: number | undefined, length: number): readonly Cell[] {
    const at = offsetOf(register);
    return this.#cells.slice(at, at + length);
  }

  store(register: number | undefined, bytes: readonly Cell[], length: number): void {
    if (register === undefined || register === nft.NFT_REG_VERDICT) return;
    const at = offsetOf(register);
    const size = Math.max(length, bytes.length);
    for (let i = 0; i < size && at + i < CELLS; i++) this.#cells[at + i] = bytes[i];
    for (let i = size; i % 4 !== 0 && at + i < CELLS; i++) this.#cells[at + i] = 0; // the kernel fills words
  }
}

/** As memcmp(3); undefined where a byte that decides is not known. */
export function compareCells(bytes: readonly Cell[], value: Uint8Array): number | undefined {
  for (let i = 0; i < value.length; i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    const difference = byte - (value[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function offsetOf(register = 0): number {
  return register < nft.NFT_REG32_00 ? (register - nft.NFT_REG_1) * 16 : (register - nft.NFT_REG32_00) * 4;
}
