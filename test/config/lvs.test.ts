import { expect, test } from "vitest";
import type { RealServerConfig, VirtualServerConfig } from "../../src/config/model/lvs.ts";
import { startStatus, testStatus } from "../../src/syntax/diagnostic.ts";
import { reading, server, service } from "./reading.ts";

function vs(text: string): VirtualServerConfig | undefined {
  return reading(text).config.virtualServers[0];
}

function rs(...lines: readonly string[]): RealServerConfig | undefined {
  return vs(server(...lines))?.realServers[0];
}

const codes = (text: string): readonly string[] => reading(text).diagnostics.map(({ code }) => code);

test("a service that says only what it must has Keepalived's defaults", () => {
  const { config, diagnostics } = reading(service());
  expect(diagnostics).toEqual([]);
  expect(config.virtualServers).toEqual([
    {
      number: 1,
      address: "192.0.2.254",
      port: 80,
      protocol: "tcp",
      scheduler: "wlc",
      schedulerFlags: 0,
      persistenceTimeout: 0,
      persistenceNetmask: 32,
      persistenceEngine: undefined,
      quorum: 1,
      hysteresis: 0,
      haSuspend: false,
      omega: false,
      smtpAlert: false,
      snmpName: undefined,
      quorumUp: undefined,
      quorumDown: undefined,
      realServers: [
        {
          address: "192.0.2.11",
          port: 80,
          weight: 1,
          forwarding: "nat",
          tunnel: undefined,
          upperThreshold: 0,
          lowerThreshold: 0,
          inhibitOnFailure: false,
          smtpAlert: true,
          snmpName: undefined,
          notifyUp: undefined,
          notifyDown: undefined,
          checkers: [],
          standard: undefined,
        },
      ],
      sorryServer: undefined,
      standard: {
        ...{ weight: 1, inhibitOnFailure: false, forwarding: "nat", tunnel: undefined },
        ...{ alpha: false, retry: undefined, delayBeforeRetry: undefined, warmup: undefined },
        ...{ delayLoop: 60_000_000, connectTimeout: 5_000_000, virtualHost: undefined },
      },
    },
  ]);
});

// Each row was compared with `keepalived -t`, and with `ipvsadm -Sn` under keepalived 2.2.7 on a kernel with IPVS.
test.each<[string, readonly string[], Partial<VirtualServerConfig>, number]>([
  ["the last scheduler counts", ["lb_algo rr", "lvs_sched wrr"], { scheduler: "wrr" }, 0],
  ["an unknown scheduler is no scheduler", ["lvs_sched foo"], { scheduler: "wlc" }, 5],
  ["protocols are read in any case", ["protocol sctp"], { protocol: "sctp" }, 0],
  ["persistence without a time is 360 s", ["persistence_timeout"], { persistenceTimeout: 360 }, 0],
  ["persistence_timeout 0 is refused: off", ["persistence_timeout 0"], { persistenceTimeout: 0 }, 5],
  ["persistence_timeout 50x is refused: off", ["persistence_timeout 50x"], { persistenceTimeout: 0 }, 5],
  [
    "a granularity turns persistence on",
    ["persistence_granularity 255.255.255.0"],
    { persistenceTimeout: 360, persistenceNetmask: 24 },
    0,
  ],
  ["24 is no IPv4 netmask", ["persistence_granularity 24"], { persistenceTimeout: 0, persistenceNetmask: 32 }, 0],
  ["255.0.255.0 is no netmask", ["persistence_granularity 255.0.255.0"], { persistenceNetmask: 32 }, 5],
  ["sh-port and sh-fallback below lb_algo sh", ["lb_algo sh", "sh-port", "sh-fallback"], { schedulerFlags: 0x18 }, 0],
  ["sh-port above it has no effect", ["sh-port", "lb_algo sh"], { schedulerFlags: 0 }, 5],
  ["nor has sh-port below lb_algo mh", ["lb_algo mh", "sh-port"], { schedulerFlags: 0 }, 0],
  ["mh-port below lb_algo mh", ["lb_algo mh", "mh-port", "mh-fallback"], { schedulerFlags: 0x18 }, 0],
  ["flag-1, flag-2, flag-3", ["flag-1", "flag-2", "flag-3"], { schedulerFlags: 0x38 }, 0],
  ["ops with UDP", ["protocol UDP", "ops"], { schedulerFlags: 4 }, 0],
  ["ops without UDP has no effect", ["ops"], { schedulerFlags: 0 }, 5],
  ["hashed has no effect", ["hashed"], { schedulerFlags: 0 }, 5],
  ["a quorum above the weights is reduced to them", ["quorum 5"], { quorum: 1 }, 5],
  ["quorum 0 is refused", ["quorum 0"], { quorum: 1 }, 5],
  ["hysteresis is kept below the quorum", ["weight 9", "quorum 3", "hysteresis 3"], { quorum: 3, hysteresis: 2 }, 5],
  ["hysteresis below the quorum stays", ["weight 9", "quorum 3", "hysteresis 2"], { quorum: 3, hysteresis: 2 }, 0],
  ["ip_family of the other kind", ["ip_family inet6"], {}, 5],
  ["ip_family of its own kind", ["ip_family inet"], {}, 0],
  ["omega", ["omega"], {}, 0],
])("%s", (_, lines, expected, status) => {
  const { config, diagnostics } = reading(service(...lines));
  expect(config.virtualServers[0]).toMatchObject(expected);
  expect(testStatus(diagnostics)).toBe(status);
});

test("what is not said is the default, with a warning: UDP, wlc, NAT", () => {
  const text = service().replace(/protocol TCP\nlb_algo wlc\nlb_kind NAT\n/, "");
  expect(vs(text)).toMatchObject({ protocol: "udp", scheduler: "wlc", realServers: [{ forwarding: "nat" }] });
  expect(codes(text)).toEqual(["default-protocol", "default-scheduler", "default-forwarding"]);
});

test("a UDP service with TCP checks is probably not meant", () => {
  const text = server("TCP_CHECK {\n}").replace("protocol TCP\n", "");
  expect(reading(text).diagnostics[0]?.help).toBe("its servers are checked over TCP: `protocol TCP` is meant?");
});

test("a service without a port is persistent", () => {
  const text = service().replace("254 80", "254");
  expect(vs(text)).toMatchObject({ port: 0, persistenceTimeout: 360, realServers: [{ port: 80 }] });
  expect(codes(text)).toEqual(["default-persistence"]);
});

test("a service without a real server is left out", () => {
  const { config, diagnostics } = reading("virtual_server 192.0.2.254 80 {\nprotocol TCP\n}");
  expect(config.virtualServers).toEqual([]);
  expect(testStatus(diagnostics)).toBe(5);
});

test.each(["192.0.2.300 80", "192.0.2.254 abc", "192.0.2.254 70000", "fwmark", "fwmark 0", "fwmark abc", "group"])(
  "virtual_server %s is left out",
  (header) => {
    const { config, diagnostics } = reading(service().replace("192.0.2.254 80", header));
    expect(config.virtualServers).toEqual([]);
    expect(testStatus(diagnostics)).toBe(5);
  },
);

test("the second service of a name is left out", () => {
  expect(reading(service() + service()).config.virtualServers).toHaveLength(1);
  expect(codes(service() + service())).toEqual(["duplicate"]);
});

test("direct routing and tunnelling cannot rewrite ports; NAT can", () => {
  const text = server().replace("11 80", "11 8080");
  expect(vs(text)?.realServers[0]).toMatchObject({ port: 8080 });
  expect(vs(text.replace("NAT", "DR"))?.realServers[0]).toMatchObject({ port: 80, forwarding: "dr" });
  expect(reading(text.replace("NAT", "TUN")).diagnostics[0]).toMatchObject({
    severity: "warning",
    message: "tunnelling cannot rewrite ports: connections reach `192.0.2.11` on port 80, not 8080",
    help: "use `lb_kind NAT`, or let the server listen on port 80 and write `real_server 192.0.2.11 80`",
    keepalived:
      "WARNING - virtual server [192.0.2.254]:tcp:80 and real server [192.0.2.11]:tcp:8080 ports don't match - resetting",
  });
});

test("a checker asks the port as written, which a reset does not change", () => {
  const text = server("TCP_CHECK {\n}").replace("11 80", "11 8080").replace("NAT", "DR");
  expect(vs(text)?.realServers[0]?.checkers).toMatchObject([{ port: 8080 }]);
});

test("a real server without a port has the service's, and is checked there", () => {
  const text = server("TCP_CHECK {\n}").replace("11 80", "11");
  expect(vs(text)?.realServers[0]).toMatchObject({ port: 80, checkers: [{ port: 80 }] });
});

test("a real server of the other family needs a tunnel that is named above it", () => {
  const other = (kind: string): string => server().replace("192.0.2.11", "fd00::11").replace("lb_kind NAT", kind);
  expect(vs(other("lb_kind NAT"))).toBeUndefined();
  expect(vs(other("lb_kind TUN"))?.realServers).toHaveLength(1);
  expect(vs(server("lvs_method TUN").replace("192.0.2.11", "fd00::11"))?.realServers).toHaveLength(1);
});

test.each([
  ["80", "80", 5, "VS [192.0.2.254]:tcp:80: real server [192.0.2.11]:tcp:80 is duplicated - removing second rs"],
  ["80", "", 0, undefined], // the service gives it port 80: Keepalived does not see that
])("the second real server of a name is left out: %j and %j", (first, second, status, keepalived) => {
  const text = server(`}\nreal_server 192.0.2.11 ${second} {`).replace("11 80", `11 ${first}`);
  expect(vs(text)?.realServers).toHaveLength(1);
  const { diagnostics } = reading(text);
  expect(diagnostics).toMatchObject([{ code: "duplicate", status, related: [{ span: { line: 5 } }] }]);
  expect(diagnostics[0]?.keepalived).toBe(keepalived);
});

test("so is one whose line is the same, where only one of them keeps its port", () => {
  const text = server("lvs_method DR\n}\nreal_server 192.0.2.11 81 {").replace("11 80", "11 81");
  expect(vs(text)?.realServers).toMatchObject([{ port: 80, forwarding: "dr" }]);
  expect(reading(text).diagnostics.map(({ keepalived }) => keepalived)).toContain(
    "VS [192.0.2.254]:tcp:80: real server [192.0.2.11]:tcp:81 is duplicated - removing second rs",
  );
});

test.each<[string, Partial<RealServerConfig>, number]>([
  ["weight 0", { weight: 0 }, 5], // the quorum of 1 cannot be reached
  ["weight -1", { weight: 1 }, 5],
  ["uthreshold 9\nlthreshold 5", { upperThreshold: 9, lowerThreshold: 5 }, 0],
  ["uthreshold 5\nlthreshold 9", { upperThreshold: 5, lowerThreshold: 0 }, 0],
  ["inhibit_on_failure", { inhibitOnFailure: true }, 0],
  ["inhibit_on_failure off", { inhibitOnFailure: false }, 0],
  ["lvs_method DR", { forwarding: "dr" }, 0],
  ["lvs_method TUN type ipip", { forwarding: "tun" }, 0],
  ["lb_kind DR", { forwarding: "nat" }, 5],
  ["retry 0", {}, 5],
])("real_server { %s }", (line, expected, status) => {
  expect(rs(line)).toMatchObject(expected);
  expect(testStatus(reading(server(line)).diagnostics)).toBe(status);
});

test("persistence beside round robin is a hint", () => {
  const { diagnostics } = reading(service("lb_algo rr", "persistence_timeout 50"));
  expect(diagnostics).toMatchObject([{ severity: "hint", code: "persistence-hides-scheduler" }]);
  expect(codes(service("persistence_timeout 50"))).toEqual([]);
});

test("all weights 0: the quorum is never gained, and nothing overflows", () => {
  const text = server("weight 0").replace("lb_kind", "hysteresis 3\nlb_kind");
  expect(vs(text)).toMatchObject({ quorum: 1, hysteresis: 0 });
  expect(startStatus(reading(text).diagnostics)).toBeUndefined();
});
