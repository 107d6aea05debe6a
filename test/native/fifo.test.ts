import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Fifo, MOST_WAITING } from "../../src/io/fifo.ts";
import { native } from "../../src/io/native.ts";
import { Poller } from "../../src/io/poller.ts";

let folder: string;
let poller: Poller;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fifo-"));
  poller = new Poller();
});
afterAll(() => {
  poller.close();
  rmSync(folder, { recursive: true });
});

const somewhere = (): string => join(folder, String(count++));
const open = (path: string, told: (lost: "first" | number) => void = () => {}): Fifo =>
  new Fifo(path, {}, poller, told);

/** All that is in a pipe, without waiting. */
function drain(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const [chunks, buffer] = [[] as string[], Buffer.alloc(65_536)];
  try {
    for (;;) {
      const length = readSync(fd, buffer);
      if (length === 0) break;
      chunks.push(buffer.toString("utf8", 0, length));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
  }
  closeSync(fd);
  return chunks.join("");
}

test("it is made with the owner's rights alone where the umask says so, and goes when it is closed", () => {
  const path = somewhere();
  const mask = process.umask(0o177);
  const fifo = new Fifo(path, { user: "1", group: "60" }, poller, () => {});
  process.umask(mask);
  const { mode, uid, gid } = statSync(path);
  expect([mode & 0o777, statSync(path).isFIFO()]).toEqual([0o600, true]);
  if (process.getuid?.() === 0) expect([uid, gid]).toEqual([1, 60]);
  fifo.close();
  fifo.close();
  expect(existsSync(path)).toBe(false);
});

test("one that is there is used as it is, and stays", () => {
  const path = somewhere();
  expect(native.mkfifo(path, 0o640)).toBe(0);
  const before = statSync(path).mode;
  const fifo = open(path);
  fifo.write("a line");
  expect(drain(path)).toBe("a line\n");
  fifo.close();
  expect(statSync(path).mode).toBe(before);
});

test("a file, a link and a path that leads nowhere are refused, and left alone", () => {
  const file = somewhere();
  writeFileSync(file, "kept");
  expect(() => open(file)).toThrow("is there, and is no FIFO");
  const link = somewhere();
  symlinkSync(file, link);
  expect(() => open(link)).toThrow("ELOOP");
  expect([statSync(file).size, existsSync(link)]).toEqual([4, true]);
  expect(() => open(join(folder, "none", "x"))).toThrow("ENOENT");
  expect(() => new Fifo(somewhere(), { user: "no-such-user" }, poller, () => {})).toThrow("no user no-such-user");
});

test("one that somebody put in its place is not removed", () => {
  const path = somewhere();
  const fifo = open(path);
  unlinkSync(path);
  writeFileSync(path, "another");
  fifo.close();
  expect(existsSync(path)).toBe(true);
});

test("without a reader nothing blocks: the pipe fills, the newest lines wait, the others are lost and counted", async () => {
  const path = somewhere();
  const told: ("first" | number)[] = [];
  const fifo = open(path, (lost) => told.push(lost));
  const lines = Array.from({ length: 5000 }, (_, i) => `INSTANCE "VI_1" MASTER ${String(i).padStart(4, "0")}`);
  for (const line of lines) fifo.write(line);
  expect([told, fifo.isBehind]).toEqual([["first"], true]);
  let text = "";
  while (fifo.isBehind) {
    text += drain(path);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  text += drain(path);
  const read = text.split("\n").slice(0, -1);
  const [, lost] = told;
  expect(told).toHaveLength(2);
  expect(read).toHaveLength(5000 - Number(lost));
  expect(read.slice(-MOST_WAITING)).toEqual(lines.slice(-MOST_WAITING));
  expect(read).toEqual([...read].sort()); // in order, each whole
  fifo.write("after");
  expect(drain(path)).toBe("after\n");
  fifo.close();
  fifo.write("nowhere");
});
