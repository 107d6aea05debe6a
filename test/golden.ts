import { readFileSync } from "node:fs";

/** The bytes of `test/golden/NAME.hex`: pairs of hexadecimal digits, `#` begins a comment. */
export function golden(name: string): Uint8Array {
  const text = readFileSync(new URL(`golden/${name}.hex`, import.meta.url), "utf8");
  return fromHex(text.replace(/#.*/g, ""));
}

/** Bytes written as pairs of hexadecimal digits; blanks do not count. */
export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.replace(/\s/g, "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
