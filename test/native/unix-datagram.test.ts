import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { native } from "../../src/io/native.ts";
import { sockaddrUn } from "../../src/io/sockaddr.ts";
import { openSocket } from "../../src/io/socket.ts";
import { UnixDatagram } from "../../src/io/unix-datagram.ts";

const listen = (path: string): number =>
  openSocket([1, 2, 0], "unix", (fd) => expect(native.bind(fd, sockaddrUn(path))).toBe(0));

function receive(fd: number): string {
  const buffer = new Uint8Array(100);
  const length = native.read(fd, buffer);
  return length < 0 ? `${length}` : new TextDecoder().decode(buffer.subarray(0, length));
}

test("a message arrives, by path and by abstract name", () => {
  const directory = mkdtempSync(join(tmpdir(), "unix-"));
  for (const path of [join(directory, "socket"), `@keepalived-test-${process.pid}`]) {
    const listener = listen(path);
    const sender = new UnixDatagram(path);
    expect(sender.send("READY=1\n")).toBe(true);
    expect(sender.send(Uint8Array.of(0x41))).toBe(true);
    expect([receive(listener), receive(listener), receive(listener)]).toEqual(["READY=1\n", "A", "-11"]);
    sender.close();
    native.close(listener);
  }
  rmSync(directory, { recursive: true });
});

test("a peer that is missing loses messages; when it comes, it gets the next", () => {
  const path = `@keepalived-test-late-${process.pid}`;
  const sender = new UnixDatagram(path);
  expect(sender.send("lost")).toBe(false);
  const listener = listen(path);
  expect(sender.send("kept")).toBe(true);
  expect(receive(listener)).toBe("kept");
  native.close(listener);
  sender.close();
});

test("a peer that does not read never blocks us", () => {
  const path = `@keepalived-test-full-${process.pid}`;
  const listener = listen(path);
  const sender = new UnixDatagram(path);
  const sent = Array.from({ length: 5000 }, () => sender.send("x".repeat(1000)));
  expect(sent.at(0)).toBe(true);
  expect(sent.at(-1)).toBe(false);
  native.close(listener);
  sender.close();
});

test("a path that does not fit into a socket address is refused", () => {
  expect(() => new UnixDatagram("/".repeat(108))).toThrow(RangeError);
});
