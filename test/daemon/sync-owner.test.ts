import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { Config } from "../../src/config/model/model.ts";
import { readConfig } from "../../src/config/read.ts";
import { followed, following, unfollowed, unfollowing } from "../../src/daemon/sync-owner.ts";
import { planSyncDaemons } from "../../src/lvs/sync-daemon.ts";
import { sourceOf } from "../config/reading.ts";

const SERVICE = "virtual_server 10.0.0.1 80 {\n protocol TCP\n real_server 10.0.0.2 80 {\n }\n}\n";

function config(line: string, inside = "", more = ""): Config {
  const instance = `vrrp_instance V {\n interface eth0\n virtual_router_id 51\n ${inside}\n virtual_ipaddress {\n  10.0.0.9\n }\n}\n`;
  return readConfig("k", sourceOf({ k: `global_defs {\n ${line}\n}\n${instance}${more}` })).config;
}

test("with an instance the vrrp process has one daemon, of the state and the VRID of that instance", () => {
  const sync = followed(config("lvs_sync_daemon eth1 V"));
  if (sync === undefined) throw new Error("nobody is followed");
  expect(sync.instance).toBe("V");
  expect(following(sync, { vrid: 51, state: "master" })).toMatchObject([
    { state: "master", interface: "eth1", id: 51 },
  ]);
  for (const state of ["init", "backup", "fault"] as const)
    expect(following(sync, { vrid: 51, state })).toMatchObject([{ state: "backup" }]);
  expect(following(sync, undefined)).toEqual([]);
});

test("what the kernel says of the daemon that a configuration asked for is as wanted: a respawn leaves it alone", () => {
  const sync = followed(config("lvs_sync_daemon eth1 inst V id 9 maxlen 1400 port 9000 ttl 3 group 224.0.0.99"));
  if (sync === undefined) throw new Error("nobody is followed");
  const group = ip("224.0.0.99");
  const have = { state: "master", interface: "eth1", id: 9, maxLength: 1400, port: 9000, ttl: 3, group } as const;
  expect(planSyncDaemons([have], following(sync, { vrid: 51, state: "master" }))).toEqual([]);
});

test("the old keyword of an instance means the same; a global one comes before it", () => {
  const old = "lvs_sync_daemon_interface eth7";
  expect(followed(config("", old))).toMatchObject({ instance: "V", parameters: { interface: "eth7", port: 8848 } });
  expect(followed(config("lvs_sync_daemon eth1 inst V id 3", old))?.parameters).toMatchObject({
    interface: "eth1",
    id: 3,
  });
  expect(followed(config("lvs_sync_daemon eth1 id 3", old))).toBeUndefined();
});

test("without an instance the checkers process has one of each state, with id 0", () => {
  expect(unfollowing(config("lvs_sync_daemon eth1"))).toMatchObject([
    { state: "master", id: 0 },
    { state: "backup", id: 0 },
  ]);
  expect(unfollowing(config("lvs_sync_daemon eth1 V"))).toEqual([]);
  expect(unfollowing(config(""))).toEqual([]);
});

test("the vrrp process leaves to the checkers process what that takes over, and ends the rest", () => {
  expect(unfollowed(config("lvs_sync_daemon eth1", "", SERVICE))).toBeUndefined();
  expect(unfollowed(config("lvs_sync_daemon eth1"))).toEqual([]);
  expect(unfollowed(config("", "", SERVICE))).toEqual([]);
});
