import { expect, test, vi } from "vitest";
import type { IpvsEntry } from "../../src/base/ipvs.ts";
import { serviceName } from "../../src/base/ipvs.ts";
import { CheckersDaemon } from "../../src/daemon/checkers-daemon.ts";
import { PoolRunner } from "../../src/daemon/pool-runner.ts";
import { createLog } from "../../src/observe/log.ts";
import { reading } from "../config/reading.ts";
import { farm } from "../plan/planning.ts";
import { written } from "./fake-ipvs-table.ts";

vi.mock("../../src/daemon/ipvs-table.ts", () => import("./fake-ipvs-table.ts"));

const shown = ({ service, destinations }: IpvsEntry): string =>
  `${serviceName(service)} ${service.scheduler} ${destinations.length}`;

const config = (text: string) => JSON.parse(JSON.stringify(reading(text).config));

function start(text: string, said: string[] = []): CheckersDaemon {
  return new CheckersDaemon({
    config: config(text),
    options: {
      ...{ suffix: "", detail: false, console: false, json: false, syslog: false, umask: undefined },
      ...{ releaseVips: true, releaseIpvs: true },
    },
    adopted: undefined,
    bfd: [],
    tellBfd: () => {},
    log: createLog([({ text }) => said.push(text)], true),
    late: () => {},
    changed: () => {},
    counted: () => {},
    notify: () => {},
  });
}

test("a reload starts, changes and ends services as planned, and leaves the others alone", () => {
  const said: string[] = [];
  const same = farm(80, { 11: "TCP_CHECK {\n}" });
  const daemon = start(same + farm(81, { 11: "TCP_CHECK {\n}" }) + farm(82, { 11: "" }), said);
  said.length = 0;
  const stopped = vi.spyOn(PoolRunner.prototype, "stop");
  daemon.reload(config(farm(83, { 11: "" }) + farm(81, { 11: "TCP_CHECK {\n}", 12: "" }).replace("wlc", "rr") + same));
  expect(stopped).toHaveBeenCalledTimes(1);
  expect(written.at(-1)?.map(shown).sort()).toEqual([
    "[192.0.2.100]:tcp:80 wlc 1",
    "[192.0.2.100]:tcp:81 rr 2",
    "[192.0.2.100]:tcp:83 wlc 1",
  ]);
  expect(said).toEqual([
    "Removing service [192.0.2.11]:tcp:82 from VS [192.0.2.100]:tcp:82",
    "Removing Virtual Server [192.0.2.100]:tcp:82",
    expect.stringMatching(/^Gained quorum .* for VS \[192.0.2.100\]:tcp:83$/),
  ]);
  said.length = 0;
  daemon.reload(config(farm(83, { 11: "" }) + farm(81, { 11: "TCP_CHECK {\nretry 5\n}", 12: "" }) + same));
  expect(said).toEqual(["Activating healthchecker for service [192.0.2.11]:tcp:81 for VS [192.0.2.100]:tcp:81"]);
  daemon.stop();
});

test("equal checks of several services are one, from a reload on and until another one, as `check_once` says", () => {
  const check = "TCP_CHECK {\nconnect_ip 192.0.2.9\nconnect_port 9\n}";
  const services = farm(80, { 11: check, 12: check }) + farm(81, { 11: check });
  const each = `global_defs {\ncheck_once off\n}\n${services}`;
  const daemon = start(services);
  const counts = () => daemon.report().checks;
  expect(counts()).toEqual({ configured: 3, running: 1, saved: 2 });
  daemon.reload(config(each));
  expect(counts()).toEqual({ configured: 3, running: 3, saved: 0 });
  daemon.reload(config(each + farm(82, { 11: check })));
  expect(counts()).toEqual({ configured: 4, running: 4, saved: 0 });
  daemon.reload(config(services));
  expect(counts()).toEqual({ configured: 3, running: 1, saved: 2 });
  daemon.reload(config(farm(83, { 13: check })));
  expect(counts()).toEqual({ configured: 1, running: 1, saved: 0 });
  daemon.stop();
  expect(counts()?.running).toBe(0);
});
