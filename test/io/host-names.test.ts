import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { addressOf, namesOf, serviceNames } from "../../src/io/host-names.ts";

test("services(5): the first entry of a port and of a name counts, an alias is a name, too", () => {
  const folder = mkdtempSync(join(tmpdir(), "services-"));
  const file = join(folder, "services");
  writeFileSync(file, "# ports\nhttp 80/tcp www # WorldWideWeb\nother 80/tcp\nwww 81/tcp\ndomain\t53/udp\nbroken 7\n");
  const { ports, names } = serviceNames(file);
  rmSync(folder, { recursive: true });
  expect([...names]).toEqual([
    ["80/tcp", "http"],
    ["81/tcp", "www"],
    ["53/udp", "domain"],
  ]);
  expect([ports.get("http/tcp"), ports.get("www/tcp"), ports.get("http/udp")]).toEqual([80, 80, undefined]);
});

test("without the file nothing has a name", () => {
  expect(serviceNames("/nonexistent/services").names.size).toBe(0);
});

test("an address stands for itself, and one without a name has none", async () => {
  expect(await addressOf("192.0.2.7")).toBe("192.0.2.7");
  expect((await namesOf([ip("127.0.0.1")])).get(ip("192.0.2.7"))).toBeUndefined();
});
