/**
 * Decodes UTF-8 without loss: a byte 0xHH that belongs to no character becomes the lone surrogate U+DCHH (as Python's
 * `surrogateescape`), so that the reader can say which byte stands where. A byte order mark stays. Linear.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length); // a character of n bytes has at most n
  let count = 0;
  for (let i = 0; i < bytes.length; ) {
    const length = characterLength(bytes, i);
    const code = length === 0 ? WRONG + at(bytes, i) : codePoint(bytes, i, length);
    if (code > 0xffff) units[count++] = 0xd7c0 + (code >> 10);
    units[count++] = code > 0xffff ? 0xdc00 + (code & 0x3ff) : code;
    i += Math.max(1, length);
  }
  const parts: string[] = [];
  for (let i = 0; i < count; i += PIECE)
    parts.push(String.fromCharCode(...units.subarray(i, Math.min(i + PIECE, count))));
  return parts.join("");
}

const PIECE = 4096; // arguments of one call

/** A lone surrogate in place of a byte. */
export const WRONG_BYTE = /(?<![\ud800-\udbff])[\udc80-\udcff]/;

/** The byte that stands behind such a surrogate. */
export function wrongByte(character: string): number {
  return character.charCodeAt(0) - WRONG;
}

const WRONG = 0xdc00;

/** The bytes of the character at `i`, 0 where there is none. RFC 3629 §4. */
function characterLength(bytes: Uint8Array, i: number): number {
  const first = at(bytes, i);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = at(bytes, i + 1);
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let k = 2; k < length; k++) if ((at(bytes, i + k) & 0xc0) !== 0x80) return 0;
  return length;
}

function codePoint(bytes: Uint8Array, i: number, length: number): number {
  let code = length === 1 ? at(bytes, i) : at(bytes, i) & (0x7f >> length);
  for (let k = 1; k < length; k++) code = (code << 6) | (at(bytes, i + k) & 0x3f);
  return code;
}

function at(bytes: Uint8Array, i: number): number {
  return bytes[i] ?? 0;
}
