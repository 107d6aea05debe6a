import fc from "fast-check";
import { expect, test } from "vitest";
import { vridFilter } from "../../src/io/vrid-filter.ts";

const vrids = fc.uniqueArray(fc.nat(255), { maxLength: 256 });

test("what is for a VRID of the set passes, and nothing else, whatever options the IP header has", () => {
  fc.assert(
    fc.property(
      vrids,
      fc.nat(255),
      fc.integer({ min: 5, max: 15 }),
      fc.constantFrom(0, 24),
      (set, vrid, words, before) => {
        const packet = new Uint8Array(4 * words + before + 8);
        packet[0] = 0x40 | words;
        packet[4 * words + before + 1] = vrid;
        expect(run(vridFilter(4, set, before), packet)).toBe(set.includes(vrid));
      },
    ),
  );
});

test("over IPv6 the message comes first", () => {
  fc.assert(
    fc.property(vrids, fc.nat(255), (set, vrid) => {
      expect(run(vridFilter(6, set), Uint8Array.of(0x31, vrid, 100, 0, 0, 0, 0, 0))).toBe(set.includes(vrid));
    }),
  );
});

test("a packet that ends before its VRID does not pass", () => {
  expect(run(vridFilter(6, [51]), Uint8Array.of(0x31))).toBe(false);
  expect(run(vridFilter(4, [51]), new Uint8Array(20).fill(0x45, 0, 1))).toBe(false);
});

/** The kernel's machine, as bpf(4) describes it, for the operations of the program. */
function run(program: Uint8Array, packet: Uint8Array): boolean {
  const view = new DataView(program.buffer);
  let [a, x, memory] = [0, 0, 0];
  for (let at = 0; at < program.length; at += 8) {
    const [code, operand] = [view.getUint16(at, true), view.getUint32(at + 4, true)];
    const jump = (taken: boolean): number => 8 * view.getUint8(at + (taken ? 2 : 3));
    const byte = (offset: number): number => packet[offset] ?? -1;
    if ((code === 0x50 && byte(x + operand) < 0) || (code === 0x30 && byte(operand) < 0)) return false;
    if (code === 0xb1) x = 4 * (byte(operand) & 15);
    else if (code === 0x50) a = byte(x + operand);
    else if (code === 0x30) a = byte(operand);
    else if (code === 0x00) a = operand;
    else if (code === 0x60) a = memory;
    else if (code === 0x02) memory = a;
    else if (code === 0x07) x = a;
    else if (code === 0x54) a &= operand;
    else if (code === 0x74) a >>>= operand;
    else if (code === 0x7c) a >>>= x;
    else if (code === 0x15) at += jump(a === operand);
    else if (code === 0x45) at += jump((a & operand) !== 0);
    else if (code === 0x05) at += 8 * operand;
    else if (code === 0x06) return operand > 0;
    else throw new Error(`no operation ${code}`);
  }
  throw new Error("the program does not end");
}
