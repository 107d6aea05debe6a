/**
 * The Internet checksum of the parts as if they lay one behind the other; RFC 1071. Over a message whose checksum field is
 * zero it is the value to send; over a received message it is 0 exactly when the checksum is right.
 */
export function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  let odd = false;
  for (const part of parts) {
    for (const byte of part) {
      sum += odd ? byte : byte << 8;
      odd = !odd;
    }
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
