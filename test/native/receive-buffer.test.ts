import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AF_NETLINK, SOCK_RAW } from "../../src/io/constants.ts";
import { native } from "../../src/io/native.ts";
import { openSocket, receiveBuffer, sizeReceiveBuffer } from "../../src/io/socket.ts";

const MOST = Number(readFileSync("/proc/sys/net/core/rmem_max", "utf8"));

/** The size after one wish after the other. */
function sized(least: number, ...wishes: readonly { readonly bytes: number; readonly force: boolean }[]): number {
  const fd = openSocket([AF_NETLINK, SOCK_RAW, 0], "socket", () => {});
  try {
    for (const wish of wishes) sizeReceiveBuffer(fd, wish, least);
    return receiveBuffer(fd);
  } finally {
    native.close(fd);
  }
}

/** Whether we may go beyond rmem_max, which takes CAP_NET_ADMIN. */
const MAY = sized(2 * MOST, { bytes: 0, force: false }) === 2 * MOST;

test("without a wish a receive buffer is as large as we need it", () => {
  expect(sized(MOST / 2, { bytes: 0, force: false })).toBe(MOST / 2);
});

test("a wish makes it larger, up to rmem_max and beyond it where it is forced", () => {
  expect(sized(MOST / 4, { bytes: MOST / 2, force: false })).toBe(MOST / 2);
  expect(sized(MOST / 4, { bytes: 4 * MOST, force: false })).toBe(MOST);
  expect(sized(MOST / 4, { bytes: 4 * MOST, force: true })).toBe(MAY ? 4 * MOST : MOST);
});

test("a wish never makes it smaller than we need it, forced or not", () => {
  for (const force of [true, false]) expect(sized(MOST / 2, { bytes: 4096, force })).toBe(MOST / 2);
  if (MAY) expect(sized(2 * MOST, { bytes: 4 * MOST, force: false })).toBe(2 * MOST);
});

test("without the wish of before it is again as we need it", () => {
  expect(sized(MOST / 4, { bytes: MOST / 2, force: false }, { bytes: 0, force: false })).toBe(MOST / 4);
});
