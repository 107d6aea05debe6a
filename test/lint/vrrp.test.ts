import { expect, test } from "vitest";
import { instance } from "../config/reading.ts";
import { codes, found, host, SECURE, script, track } from "./linting.ts";

const WEIGHED = SECURE + script("/bin/check", "weight -60");

test("nopreempt is told that weights do not move the master; without weight, or with preempt, nothing is", () => {
  const text = WEIGHED + instance("nopreempt", track("S"));
  expect(found("K008", text)).toEqual([
    "warning 15:1 `nopreempt` leaves a master in place whose priority `S` has lowered",
  ]);
  expect(codes(WEIGHED + instance("nopreempt", track("S weight 0")))).toEqual([]);
  expect(codes(WEIGHED + instance(track("S")))).toEqual([]);
  expect(codes(WEIGHED + instance("nopreempt"))).toEqual([]);
});

test.each([
  ["track_interface {\neth1 weight -60\n}", "eth1"],
  ["track_file {\nF weight 2\n}", "F"],
  ["track_process {\nP weight -60\n}", "P"],
  ["track_bfd {\nB weight -60\n}", "B"],
])("nopreempt is told of the weight in `%s`, and not of a fault", (block, name) => {
  const sources =
    'track_file F {\nfile "/run/f"\n}\nvrrp_track_process P {\nprocess p\n}\nbfd_instance B {\nneighbor_ip 192.0.2.9\n}\n';
  const text = (tracked: string): string => sources + instance("nopreempt", tracked);
  expect(found("K008", text(block))[0]).toMatch(new RegExp(`whose priority \`${name}\` has lowered`));
  expect(found("K008", text(block.replace(/weight \S+/, "weight 0")))).toEqual([]);
  expect(found("K008", text(block).replace("nopreempt", ""))).toEqual([]);
});

test("the password of examples is shown at its place; another, or none that is sent, is not", () => {
  const pass = (word: string, type = "PASS"): string =>
    instance(`authentication {\nauth_type ${type}\nauth_pass ${word}\n}`);
  expect(found("K012", pass("1111"))).toHaveLength(1);
  expect(codes(pass("11111"))).toEqual([]);
  expect(codes(`${pass("1111").replace("interface", "strict_mode\ninterface")}`)).not.toContain("K012");
});

test("one number on two interfaces is a clash only where both have addresses of one network", () => {
  const text = instance() + instance().replace("vrrp_instance V", "vrrp_instance W").replace("eth0", "eth1");
  const beside = host({ eth0: ["192.0.2.2/24"], eth1: ["192.0.2.3/24", "fe80::1/64"] });
  const apart = host({ eth0: ["192.0.2.2/24", "fe80::2/64"], eth1: ["198.51.100.3/24", "fe80::1/64"] });
  expect(found("K013", text, beside)).toEqual([
    "warning 10:19 `virtual_router_id 51` is used on `eth0` too, which has addresses of the same network as `eth1`",
  ]);
  expect(codes(text, apart)).toEqual([]);
  expect(codes(text)).toEqual([]);
});

test("VRRPv3 has room for 40.95 seconds, VRRPv2 for whole ones", () => {
  const long = (text: string): number => found("K028", text).filter((line) => line.includes("VRRPv3")).length;
  expect(long(instance("version 3", "advert_int 41"))).toBe(1);
  expect(long(`global_defs {\nvrrp_version 3\n}\n${instance("advert_int 41")}`)).toBe(1);
  expect(long(instance("version 3", "advert_int 40.95"))).toBe(0);
  expect(long(instance("advert_int 41"))).toBe(0);
  expect(codes(instance("advert_int 41"))).toEqual([]);
});

test("the reader's `conflict` over other things is not the lint about preemption", () => {
  expect(codes(instance("state BACKUP", "nopreempt", "preempt_delay 5"))).toEqual(["K007"]);
  expect(codes(instance("state BACKUP", "nopreempt"))).toEqual([]);
});
