/** The parts, one behind the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A DataView on exactly these bytes, also where they are a part of a larger buffer. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Writes 16 bits; a DataView for one number takes five times as long. */
export function putU16(bytes: Uint8Array, at: number, value: number, littleEndian: boolean): void {
  bytes[littleEndian ? at : at + 1] = value;
  bytes[littleEndian ? at + 1 : at] = value >> 8;
}

/** Writes 32 bits. */
export function putU32(bytes: Uint8Array, at: number, value: number, littleEndian: boolean): void {
  putU16(bytes, littleEndian ? at : at + 2, value, littleEndian);
  putU16(bytes, littleEndian ? at + 2 : at, value >>> 16, littleEndian);
}

/** Reads 16 bits; NaN behind the end. */
export function getU16(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const first = bytes[at] ?? Number.NaN;
  const second = bytes[at + 1] ?? Number.NaN;
  return littleEndian ? first + 256 * second : 256 * first + second;
}

/** Reads 32 bits; NaN behind the end. */
export function getU32(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const [first, second] = [getU16(bytes, at, littleEndian), getU16(bytes, at + 2, littleEndian)];
  return littleEndian ? first + 0x1_0000 * second : 0x1_0000 * first + second;
}

/** Whether both hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Two lower-case digits a byte, `separator` between the bytes. */
export function toHex(bytes: Uint8Array, separator = ""): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(separator);
}

/**
 * The bytes of a byte string: one character a byte. ASCII text is its own byte string. Characters above U+00FF are a bug
 * and throw RangeError.
 */
export function fromByteString(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0) as number;
    if (code > 0xff) throw new RangeError(`not a character of a byte string: ${character}`);
    return code;
  });
}

/** The byte string of bytes: one character a byte, so nothing is lost and it never fails. */
export function toByteString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
