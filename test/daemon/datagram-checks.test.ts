import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CheckersDaemon } from "../../src/daemon/checkers-daemon.ts";
import { PingPermission } from "../../src/daemon/ping-permission.ts";
import { createLog } from "../../src/observe/log.ts";
import type { CheckersReport } from "../../src/observe/report.ts";
import { reading, server } from "../config/reading.ts";
import { written } from "./fake-ipvs-table.ts";

vi.mock("../../src/daemon/ipvs-table.ts", () => import("./fake-ipvs-table.ts"));

let daemon: CheckersDaemon;
const said: string[] = [];

function start(text: string, adopted?: CheckersReport): void {
  daemon = new CheckersDaemon({
    config: JSON.parse(JSON.stringify(reading(text).config)),
    options: {
      ...{ suffix: "", detail: false, console: false, json: false, syslog: false, umask: undefined },
      ...{ releaseVips: true, releaseIpvs: true },
    },
    adopted,
    bfd: [],
    tellBfd: () => {},
    log: createLog([({ text: line }) => said.push(line)], true),
    late: () => {},
    changed: () => {},
    counted: () => {},
    notify: () => {},
  });
}

beforeEach(() => {
  said.length = 0;
});
afterEach(() => vi.restoreAllMocks());

test("DNS_CHECK and UDP_CHECK take a server out of the table, and say why", async () => {
  const dns = createSocket("udp4");
  dns.on("message", (query, { port, address }) => dns.send(query.fill(0x81, 2, 3).fill(5, 3, 4), port, address));
  dns.bind(0, "127.0.0.1");
  await once(dns, "listening");
  const { port } = dns.address();
  const place = `connect_ip 127.0.0.1\nconnect_port ${port}\nwarmup 0`;
  start(server(`UDP_CHECK {\n${place}\nrequire_reply\n}`, `DNS_CHECK {\n${place}\n}`));
  expect(written.at(-1)?.[0]?.destinations).toHaveLength(1);
  await vi.waitFor(() => expect(written.at(-1)?.[0]?.destinations).toEqual([]), { timeout: 10_000, interval: 20 });
  expect(said).toContain("DNS_CHECK ([192.0.2.11]:tcp:80) read error occurred. (rcode = 5)");
  await vi.waitFor(() => expect(said).toContain("UDP connection to [192.0.2.11]:tcp:80 success."), {
    timeout: 10_000,
    interval: 20,
  });
  daemon.stop();
  dns.close();
});

test("who may ping follows start, reload and end, and what was changed is handed to the next process", async () => {
  const configure = vi.spyOn(PingPermission.prototype, "configure").mockImplementation(() => {});
  const restore = vi.spyOn(PingPermission.prototype, "restore").mockImplementation(() => {});
  const sysctls = [{ path: "net/ipv4/ping_group_range", before: "1\t0", after: "0\t0" }];
  start(server("PING_CHECK {\n}"), { at: 0, services: [], sysctls });
  expect(daemon.report().sysctls).toEqual(sysctls);
  daemon.reload(JSON.parse(JSON.stringify(reading("").config)));
  expect(configure.mock.calls.map(([services]) => services.length)).toEqual([1, 0]);
  expect(restore).not.toHaveBeenCalled();
  await daemon.stop();
  expect(restore).toHaveBeenCalledTimes(1);
});
