import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { Trap, TrapService } from "../../src/base/trap.ts";
import { trapBindings } from "../../src/snmp/traps.ts";
import { reading } from "../config/reading.ts";

const WEB: TrapService = { address: ip("10.9.0.100"), port: 80, protocol: "tcp" };

/** The bindings of a trap, as snmptrapd shows them. */
function told(trap: Trap, words = "enable_snmp_checker"): readonly string[] {
  const { config } = reading(`global_defs {\n${words}\n}\n`);
  return trapBindings(trap, config, "R1").flatMap((bindings) =>
    bindings.map(({ oid, value }) => {
      const name = oid.join(".").replace("1.3.6.1.4.1.9586.100.5", "K").replace("1.3.6.1.6.3.1.1.4.1.0", "trap");
      if (!("value" in value)) return name;
      return `${name} = ${value.type === "octets" ? [...value.value].join(" ") : String(value.value)}`;
    }),
  );
}

const server = (service: TrapService): Trap => ({
  ...{ type: "server", server: { address: ip("10.9.0.11"), port: 80 }, up: true },
  pool: { service, alive: 1, total: 2 },
});

// Beside keepalived 2.2.7 and snmptrapd: test/lab/snmp-services.ts.
test("realServerStateChange names the server, its service and how many are up, in Keepalived's order", () => {
  expect(told(server(WEB))).toEqual([
    "trap = 1,3,6,1,4,1,9586,100,5,3,5,0,1",
    ...["K.3.4.1.3 = 1", "K.3.4.1.4 = 10 9 0 11", "K.3.4.1.5 = 80", "K.3.4.1.6 = 1"],
    ...["K.3.3.1.2 = 2", "K.3.3.1.5 = 1", "K.3.3.1.6 = 10 9 0 100", "K.3.3.1.7 = 80", "K.3.3.1.8 = 1"],
    ...["K.3.3.1.21 = 1", "K.3.3.1.20 = 2", "K.1.2.0 = 82 49"],
  ]);
});

test("virtualServerQuorumStateChange has the quorum and whether it is met", () => {
  const quorum = (status: "met" | "not-met" | "shutdown"): Trap => ({
    ...{ type: "quorum", quorum: 3, status },
    pool: { service: WEB, alive: 1, total: 2 },
  });
  expect(told(quorum("shutdown"))).toEqual([
    "trap = 1,3,6,1,4,1,9586,100,5,3,5,0,2",
    ...["K.3.3.1.2 = 2", "K.3.3.1.5 = 1", "K.3.3.1.6 = 10 9 0 100", "K.3.3.1.7 = 80", "K.3.3.1.8 = 1"],
    ...["K.3.3.1.23 = 3", "K.3.3.1.22 = 3", "K.3.3.1.21 = 1", "K.3.3.1.20 = 2", "K.1.2.0 = 82 49"],
  ]);
  expect([told(quorum("met")), told(quorum("not-met"))].map((rows) => rows[6])).toEqual([
    "K.3.3.1.23 = 1",
    "K.3.3.1.23 = 2",
  ]);
});

test("a service by mark or by group is named by that, and has the protocol that it has", () => {
  expect(told(server({ fwmark: 9 })).slice(5, 8)).toEqual(["K.3.3.1.2 = 1", "K.3.3.1.4 = 9", "K.3.3.1.8 = 4"]);
  expect(told(server({ group: "G", protocol: "sctp" })).slice(5, 8)).toEqual([
    "K.3.3.1.2 = 3",
    "K.3.3.1.3 = 71",
    "K.3.3.1.8 = 3",
  ]);
});

test("they go out where the checkers' part is served", () => {
  expect(told(server(WEB), "enable_snmp_vrrp")).toEqual([]);
});
