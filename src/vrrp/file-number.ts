const LONGEST = 127; // bytes that are read of a file
const MOST = 2 ** 31 - 1;

/** How much of a tracked file counts. */
export const FILE_NUMBER_BYTES = LONGEST;

/**
 * The number at the beginning of a tracked file, as strtol(3) with base 0 reads it: blanks, a sign, decimal digits,
 * octal ones behind `0`, hexadecimal ones behind `0x`. What is no number is 0, as is no file; undefined where it does
 * not fit into 32 bits (measured with keepalived 2.2.7: what stands behind the digits does not matter).
 */
export function fileNumber(text: string): number | undefined {
  const found = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(text.slice(0, LONGEST));
  if (found === null) return 0;
  const [, sign = "", digits = "0"] = found;
  const size = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  const value = sign === "-" ? 0 - size : size;
  return value < -MOST - 1 || value > MOST ? undefined : value;
}
