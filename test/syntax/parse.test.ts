import { expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { startStatus, testStatus } from "../../src/syntax/diagnostic.ts";
import { findings, instance, reading, server, service, sourceOf } from "../config/reading.ts";

test("an empty file is a configuration of nothing", () => {
  const { config, diagnostics, files } = reading("");
  expect(diagnostics).toEqual([]);
  expect(files).toEqual(["k.conf"]);
  const { global, ...lists } = config;
  expect(
    Object.values<unknown>(lists)
      .flat()
      .filter((one) => one !== undefined && one !== false),
  ).toEqual([]);
  expect(global).toMatchInlineSnapshot(`
    {
      "daemon": {
        "bfd": {
          "cpus": [],
          "locked": false,
          "name": "keepalived",
          "netlinkCommandBuffer": {
            "bytes": 0,
            "force": false,
          },
          "netlinkMonitorBuffer": {
            "bytes": 0,
            "force": false,
          },
          "nice": 0,
          "realtimeLimit": 10000,
          "realtimePriority": 0,
        },
        "checkers": {
          "cpus": [],
          "locked": false,
          "name": "keepalived",
          "netlinkCommandBuffer": {
            "bytes": 0,
            "force": false,
          },
          "netlinkMonitorBuffer": {
            "bytes": 0,
            "force": false,
          },
          "nice": 0,
          "realtimeLimit": 10000,
          "realtimePriority": 0,
        },
        "childWait": 5000000,
        "configSaveDirectory": undefined,
        "dumpByInstance": false,
        "instance": undefined,
        "ipvsNamespace": undefined,
        "jsonDump": undefined,
        "jsonVersion": 1,
        "maxAutoPriority": 0,
        "minAutoPriorityDelay": 1000000,
        "name": "keepalived",
        "namespace": undefined,
        "pidDirectory": false,
        "processMonitorBuffer": {
          "bytes": 0,
          "force": false,
        },
        "randomSeed": undefined,
        "stateDump": undefined,
        "statsDump": undefined,
        "temporaryConfigDirectory": undefined,
        "umask": 127,
        "vrrp": {
          "cpus": [],
          "locked": false,
          "name": "keepalived",
          "netlinkCommandBuffer": {
            "bytes": 0,
            "force": false,
          },
          "netlinkMonitorBuffer": {
            "bytes": 0,
            "force": false,
          },
          "nice": 0,
          "realtimeLimit": 10000,
          "realtimePriority": 0,
        },
      },
      "dbus": undefined,
      "delayAfterBoot": 0,
      "dynamicInterfaces": "refused",
      "emailFaults": true,
      "enableScriptSecurity": false,
      "fifos": {
        "all": undefined,
        "checkers": undefined,
        "vrrp": undefined,
      },
      "firewall": {
        "byIndex": false,
        "counters": false,
        "ipsets": undefined,
        "iptables": undefined,
        "priority": -1,
        "table": "keepalived",
      },
      "garpInterval": 0,
      "gnaInterval": 0,
      "iprouteDirectories": {
        "distribution": undefined,
        "local": undefined,
      },
      "ipvs": {
        "checkOnce": true,
        "checkerEmails": true,
        "comparison": {
          "interval": 60000000,
          "mode": "report",
        },
        "firstMark": 1000,
        "flushAtStart": false,
        "flushAtStop": "no",
        "initialNotifies": false,
        "syncDaemon": undefined,
        "table": undefined,
        "tablePriority": -1,
        "timeouts": {
          "tcp": 0,
          "tcpFin": 0,
          "udp": 0,
        },
      },
      "localIgmp": true,
      "logUnknownVrids": false,
      "notificationEmail": [],
      "notificationEmailFrom": undefined,
      "receiveBuffers": {
        "multiplier": 3,
        "policy": "system",
      },
      "reload": {
        "check": false,
        "checkLog": undefined,
        "markerFile": false,
        "repeat": false,
        "timeFile": undefined,
      },
      "resolveSymlinks": true,
      "routerId": undefined,
      "scriptUser": undefined,
      "shutdownScript": undefined,
      "smtpAuthorities": undefined,
      "smtpConnectTimeout": 30000000,
      "smtpHeloName": undefined,
      "smtpLogin": undefined,
      "smtpServer": undefined,
      "smtpTls": false,
      "snmp": {
        "checkers": false,
        "realServerAge": 0,
        "rfc2787": false,
        "rfc6527": false,
        "smtpAlerts": undefined,
        "socket": "unix:/var/agentx/master",
        "traps": false,
        "virtualServerAge": 5000000,
        "vrrp": false,
      },
      "startupDelay": 0,
      "startupScript": undefined,
      "statesOnReload": false,
      "supplementaryGroups": false,
      "vmacAddressPrefix": "vrrp",
      "vmacPrefix": "vrrp",
    }
  `);
});

test.each([
  ["missing", 0],
  ["directory", 0],
  ["executable", 0],
  ["unreadable", 4],
])("a file that is %s: -t ends with %i, the daemon with 6", (why, status) => {
  const { diagnostics, files } = readConfig("k.conf", sourceOf({ "k.conf": why }));
  expect(diagnostics).toHaveLength(1);
  expect([testStatus(diagnostics), startStatus(diagnostics), files]).toEqual([status, 6, []]);
});

test("files are named in the order they were opened, also in diagnostics", () => {
  const files = { "k.conf": "include b.conf\nfoo", "b.conf": "bar" };
  const result = readConfig("k.conf", sourceOf(files));
  expect(result.files).toEqual(["k.conf", "b.conf"]);
  expect(result.diagnostics.map(({ span, source }) => `${span.file}:${span.line} ${source}`)).toEqual([
    "k.conf:2 foo",
    "b.conf:1 bar",
  ]);
});

test("an unknown keyword is skipped with its block, and only there", () => {
  const { config, diagnostics } = reading(instance("foo {", "bar 1", "}", "priority 50"));
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "unknown keyword `foo` in `vrrp_instance V`; its block is skipped",
  ]);
  expect(config.vrrpInstances[0]?.priority).toBe(50);
});

test.each([
  ["vrrp_instance V {\npiroirty 5\n}", "did you mean `priority`?"],
  ["weight 5", "`weight` belongs in `vrrp_script`: is a `}` too many above it?"],
  ["real_server 192.0.2.11 80", "`real_server` belongs in `virtual_server`: is a `}` too many above it?"],
  [server("real_server 192.0.2.12 80 {", "}"), "`real_server` belongs in `virtual_server`: is a `}` missing above it?"],
  [
    service("virtual_server 192.0.2.1 81 {", "}"),
    "`virtual_server` belongs at the top level: is a `}` missing above it?",
  ],
  [
    server("HTTP_GET {", "url {", "path /", "connect_port 80", "}", "}"),
    "`connect_port` belongs in `HTTP_GET`: is a `}` missing above it?",
  ],
  [server("TCP_CHECK {", "weight 1", "}"), "`weight` belongs in `real_server`: is a `}` missing above it?"],
  [server("HTTP_GET {", "path /", "}"), "`path` belongs in `url`"],
  [server("TCP_CHECK {", "helo_name a", "}"), "`helo_name` belongs in `SMTP_CHECK`"],
  [service("TCP_CHECK {", "}"), "`TCP_CHECK` belongs in `real_server`"],
  [server("HTTP_CHECK {", "}"), "the checker of web pages is `HTTP_GET`, over TLS `SSL_GET`"],
  [server("SSL_CHECK {", "}"), "the checker of web pages over TLS is `SSL_GET`"],
  [server("nat_mask 1"), "`nat_mask` no longer exists: NAT needs no mask; delete the line"],
  ["xyzzy_plugh 1", undefined],
])("%j: help is %s", (text, help) => {
  expect(reading(text).diagnostics.find(({ code }) => code === "unknown-keyword")?.help).toBe(help);
});

test("words named like properties of objects are words", () => {
  const { diagnostics } = reading("__proto__ x\nconstructor\nvrrp_instance toString {\nhasOwnProperty 1\n}");
  expect(diagnostics.filter(({ code }) => code === "unknown-keyword")).toHaveLength(3);
});

test("a missing argument ends the reading in Keepalived: status 2", () => {
  const { diagnostics } = reading(instance("advert_int"));
  expect([testStatus(diagnostics), startStatus(diagnostics)]).toEqual([2, 2]);
  expect(diagnostics[0]?.keepalived).toBe(
    "(k.conf: Line 7) *** Configuration line starting `advert_int` is missing a parameter after keyword `advert_int` at word position 2",
  );
});

test("what is missing is shown as documentation writes it", () => {
  const helps = reading(service("quorum").replace("192.0.2.254 80", "")).diagnostics.map(({ help }) => help);
  expect(helps).toEqual(["write `virtual_server <IPADDR> [<PORT>]`", "write `quorum <integer 1..4294967295>`"]);
});

test("a missing argument that Keepalived passes over in silence does not count in -t", () => {
  const text = "vrrp_script S {\nscript /bin/true\nscript\n}\n";
  const missing = reading(text).diagnostics.find(({ code }) => code === "missing-argument");
  expect([missing?.severity, missing?.status, missing?.keepalived]).toEqual(["error", 0, undefined]);
});

test("a block that is not closed is shown where it begins", () => {
  const { diagnostics } = reading("\nvrrp_instance V {\nauthentication {\nauth_type PASS\nauth_pass x\n}\n");
  const unclosed = diagnostics.find(({ code }) => code === "missing-brace");
  expect(unclosed?.related).toEqual([
    {
      span: { file: "k.conf", line: 2, column: 1, length: 13 },
      source: "vrrp_instance V {",
      message: "it begins here",
    },
  ]);
});

test("keywords that look for themselves only say that the argument is missing", () => {
  const text = `global_defs {\nrouter_id\n}\n${instance().replace("vrrp_instance V", "vrrp_instance")}`;
  const { config, diagnostics } = reading(text);
  expect([testStatus(diagnostics), startStatus(diagnostics)]).toEqual([5, undefined]);
  expect(config.vrrpInstances).toEqual([]);
});

test.each([
  ["}", ["error 1:1 `}` closes nothing"]],
  ["{\nfoo\n}\n", ["error 1:1 `{` opens nothing; what it holds is skipped"]],
  [
    "global_defs {\nscript_user a\n",
    ["error 2:1 `global_defs` is not closed: a `}` is missing at the end, or above it"],
  ],
  ["global_defs\nscript_user a\n}", ["error 1:1 `global_defs` needs a `{`"]],
  ["global_defs {\nscript_user a {\nb\n}\n}", ["error 2:15 `script_user` takes no block"]],
  [
    "global_defs {\nnotification_email x y {\na@b c@d\n}\n}",
    ["error 2:20 words before the `{` of `notification_email` mean nothing"],
  ],
  [
    "global_defs {\nnotification_email {\na@b",
    [
      "error 3:1 `notification_email` is not closed: a `}` is missing at the end, or above it",
      "error 3:1 `global_defs` is not closed: a `}` is missing at the end, or above it",
    ],
  ],
])("%j", (text, expected) => {
  expect(findings(reading(text))).toEqual(expected);
});

test("global_defs: everything, and a second block adds to the first", () => {
  const lines = [
    "notification_email {\na@b c@d\ne@f\n}",
    "notification_email_from g@h",
    "smtp_server 192.0.2.1 25",
    "smtp_connect_timeout 7",
    "vrrp_garp_interval 0.5",
    "vrrp_gna_interval 0.25",
    "vrrp_startup_delay 1.5",
    "script_user joe",
    "enable_script_security",
  ];
  const { config, diagnostics } = reading(
    `global_defs {\nrouter_id a\n}\nglobal_defs {\nrouter_id "b c"\n${lines.join("\n")}\n}`,
  );
  expect(diagnostics).toEqual([]);
  expect(config.global).toEqual({
    ...reading("").config.global,
    routerId: "b c",
    notificationEmail: ["a@b", "c@d", "e@f"],
    notificationEmailFrom: "g@h",
    smtpServer: "192.0.2.1 25",
    smtpConnectTimeout: 7_000_000,
    garpInterval: 500_000,
    gnaInterval: 250_000,
    startupDelay: 1_500_000,
    scriptUser: "joe",
    enableScriptSecurity: true,
  });
});

test("smtp_connect_timeout 0 counts as 1, with an error", () => {
  const { config, diagnostics } = reading("global_defs {\nsmtp_connect_timeout 0\n}");
  expect(config.global.smtpConnectTimeout).toBe(1_000_000);
  expect(testStatus(diagnostics)).toBe(5);
});
