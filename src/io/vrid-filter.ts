import type { Family } from "../base/ip.ts";
import { LITTLE_ENDIAN } from "../netlink/message.ts";

/** `struct sock_filter`: code, jump if true, jump if false, operand. */
const SIZE = 8;

/** Operations of the classic packet filter, linux/bpf_common.h, by what they do to A, X and the memory M. */
const X_IS_HEADER_LENGTH = 0xb1; // BPF_LDX | BPF_B | BPF_MSH: 4 * (byte at operand & 15)
const A_IS_BYTE_BEHIND_X = 0x50; // BPF_LD | BPF_B | BPF_IND
const A_IS_BYTE = 0x30; //          BPF_LD | BPF_B | BPF_ABS
const A_IS = 0x00; //               BPF_LD | BPF_IMM
const A_IS_MEMORY = 0x60; //        BPF_LD | BPF_MEM
const MEMORY_IS_A = 0x02; //        BPF_ST
const X_IS_A = 0x07; //             BPF_MISC | BPF_TAX
const AND = 0x54; //                BPF_ALU | BPF_AND | BPF_K
const SHIFT_RIGHT = 0x74; //        BPF_ALU | BPF_RSH | BPF_K
const SHIFT_RIGHT_BY_X = 0x7c; //   BPF_ALU | BPF_RSH | BPF_X
const IF_EQUAL = 0x15; //           BPF_JMP | BPF_JEQ | BPF_K
const IF_ANY_BIT = 0x45; //         BPF_JMP | BPF_JSET | BPF_K
const JUMP = 0x05; //               BPF_JMP | BPF_JA
const PASS = 0x06; //               BPF_RET | BPF_K: so many bytes of the packet

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, operand: number];

/**
 * A program for `SO_ATTACH_FILTER` that lets pass what is for one of these VRIDs, whatever else is wrong with it. A raw
 * socket of IPv4 shows the program the IP header, one of IPv6 does not. `before`: bytes between that and the VRRP message.
 * The same cost for one VRID and for all.
 */
export function vridFilter(family: Family, vrids: Iterable<number>, before = 0): Uint8Array {
  const words = new Uint32Array(8);
  for (const vrid of vrids) words[vrid >> 5] = (words[vrid >> 5] ?? 0) | (1 << (vrid & 31));
  const find: readonly Instruction[] =
    family === 4
      ? [
          [X_IS_HEADER_LENGTH, 0, 0, 0],
          [A_IS_BYTE_BEHIND_X, 0, 0, before + 1],
        ]
      : [[A_IS_BYTE, 0, 0, before + 1]];
  const choose = [...words].flatMap((word, i): readonly Instruction[] => [
    [IF_EQUAL, 0, 2, i],
    [A_IS, 0, 0, word],
    [JUMP, 0, 0, 3 * (words.length - 1 - i)],
  ]);
  return encode([
    ...find,
    [MEMORY_IS_A, 0, 0, 0],
    [AND, 0, 0, 31],
    [X_IS_A, 0, 0, 0],
    [A_IS_MEMORY, 0, 0, 0],
    [SHIFT_RIGHT, 0, 0, 5],
    ...choose,
    [SHIFT_RIGHT_BY_X, 0, 0, 0],
    [IF_ANY_BIT, 0, 1, 1],
    [PASS, 0, 0, 0xffff_ffff],
    [PASS, 0, 0, 0],
  ]);
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(SIZE * program.length);
  const view = new DataView(bytes.buffer);
  for (const [i, [code, jumpTrue, jumpFalse, operand]] of program.entries()) {
    view.setUint16(SIZE * i, code, LITTLE_ENDIAN);
    view.setUint8(SIZE * i + 2, jumpTrue);
    view.setUint8(SIZE * i + 3, jumpFalse);
    view.setUint32(SIZE * i + 4, operand, LITTLE_ENDIAN);
  }
  return bytes;
}
