import { expect, test } from "vitest";
import { ipvsArguments } from "../../src/daemon/ipvs-arguments.ts";

test.each([
  [
    ["keepalived-ts", "ipvs", "-L", "-n"],
    ["-L", "-n"],
  ],
  [["keepalived-ts", "ipvs"], []],
  [["/usr/sbin/ipvsadm", "-Ln"], ["-Ln"]],
  [["ipvsadm"], []],
  [
    ["/usr/sbin/ipvsadm-save", "-n"],
    ["-S", "-n"],
  ],
  [["ipvsadm-restore"], ["-R"]],
  [["/opt/main.js", "check", "ipvs"], undefined],
  [["keepalived-ts"], undefined],
  [["/etc/ipvsadm/keepalived-ts", "-t"], undefined],
])("%j asks ipvs for %j", ([program, ...args], expected) => {
  expect(ipvsArguments(["node", program ?? "", ...args])).toEqual(expected);
});
