import { expect, test } from "vitest";
import { markOf, marksOf } from "../../src/daemon/service-marks.ts";
import { reading } from "../config/reading.ts";

const GROUPS = `virtual_server_group G {
192.0.2.100 80
fwmark 1001
}
virtual_server_group M {
fwmark 7
}
`;

function service(group: string, protocol: string): string {
  return `virtual_server group ${group} {\nlb_algo rr\nlb_kind DR\nprotocol ${protocol}\nreal_server 192.0.2.11 80 {\n}\n}\n`;
}

const SERVICES = service("G", "TCP") + service("M", "TCP") + service("G", "UDP");

test("without nftables_ipvs nothing is marked", () => {
  expect(marksOf(reading(GROUPS + SERVICES).config, {})).toEqual({});
});

test("groups with addresses have a mark for each protocol, from nftables_ipvs_start_fwmark on, but none that a group names", () => {
  const { config } = reading(`global_defs {\nnftables_ipvs\n}\n${GROUPS}${SERVICES}`);
  const marks = marksOf(config, {});
  expect(marks).toEqual({ "G tcp": 1000, "G udp": 1002 });
  expect(config.groupServers.map((server) => markOf(marks, server))).toEqual([1000, undefined, 1002]);
  const other = `global_defs {\nnftables_ipvs t\nnftables_ipvs_start_fwmark 5\n}\n${GROUPS}${SERVICES}`;
  expect(marksOf(reading(other).config, { "G udp": 5 })).toEqual({ "G tcp": 6, "G udp": 5 });
});
