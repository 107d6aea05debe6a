import { describe, expect, test } from "vitest";
import { farm, lines, router } from "./planning.ts";

const TCP = "TCP_CHECK {\n}";
const http = (code: string): string => `HTTP_GET {\nurl {\npath /health\nstatus_code ${code}\n}\n}`;

describe("instances", () => {
  const V1 = "vrrp_instance `V1` (`eth0`, VRID 51)";

  test("one that comes is said with its addresses, one that goes with what becomes of them", () => {
    expect(lines("", router("V1", 51))).toEqual([
      `added ${V1}: begins as at a start`,
      "    added virtual_ipaddress 192.0.2.100/32 dev eth0",
    ]);
    expect(lines(router("V1", 51), "")).toEqual([
      `removed ${V1}: a master resigns, and its addresses go that no other master here has`,
    ]);
  });

  test("another name is the same instance", () => {
    expect(lines(router("OLD", 51), router("V1", 51))).toEqual([
      `changed ${V1}`,
      "    name OLD → V1: the same virtual router goes on",
    ]);
  });

  test("another VRID or interface is another instance", () => {
    const begins =
      "another interface, VRID, family, group or source is another instance: this one begins as at a start, the old one ends";
    expect(lines(router("V1", 52), router("V1", 51))).toEqual([
      `replaced ${V1}: ${begins}`,
      "    virtual_router_id 52 → 51",
    ]);
    const moved = router("V1", 51).replace("eth0", "eth1");
    expect(lines(moved, router("V1", 51)).slice(0, 2)).toEqual([
      `replaced ${V1}: ${begins}`,
      "    interface eth1 → eth0",
    ]);
  });

  test("an address that comes or goes is the only one named", () => {
    expect(
      lines(router("V1", 51, "", ["192.0.2.1", "192.0.2.2/24"]), router("V1", 51, "", ["192.0.2.1", "192.0.2.3"])),
    ).toEqual([
      `changed ${V1}`,
      "    added virtual_ipaddress 192.0.2.3/32 dev eth0: a master sets and announces it",
      "    removed virtual_ipaddress 192.0.2.2/24 dev eth0: a master takes it down, unless another master here has it",
    ]);
  });

  test("another order of the addresses is said, since it is that of the advertisements", () => {
    const [one, two] = ["192.0.2.1", "192.0.2.2"];
    expect(lines(router("V1", 51, "", [one, two]), router("V1", 51, "", [two, one]))).toEqual([
      `changed ${V1}`,
      "    virtual_ipaddress in another order",
    ]);
  });

  test("an address that is listed once more is one more", () => {
    const [one] = ["192.0.2.1"];
    expect(lines(router("V1", 51, "", [one]), router("V1", 51, "", [one, one]))[1]).toMatch(
      /^ {4}added virtual_ipaddress/,
    );
  });

  test("values are said with their units, and what they mean", () => {
    const changes = ["priority 150", "advert_int 2", "state MASTER", "garp_master_delay 1", "preempt off"].join("\n");
    expect(lines(router("V1", 51), router("V1", 51, changes)).slice(1)).toEqual([
      "    priority 100 → 150: mastership may move",
      "    state backup → master: counts at the next start only",
      "    advert_int 1 s → 2 s: every director needs the same",
      "    garp_master_delay 5 s → 1 s",
    ]);
  });

  test("a password is never shown", () => {
    const password = (text: string): string =>
      router("V1", 51, `authentication {\nauth_type PASS\nauth_pass ${text}\n}`);
    expect(lines(password("one"), password("two"))).toEqual([
      `changed ${V1}`,
      "    changed authentication: every director needs the same",
    ]);
    expect(lines(router("V1", 51), password("two"))[1]).toBe(
      "    authentication none → pass: every director needs the same",
    );
  });

  test("a script with the same command line keeps its result, another command line forgets it", () => {
    const script = (command: string, interval: number): string =>
      `vrrp_script s {\nscript "${command}"\ninterval ${interval}\ntimeout 1\n}\n`;
    expect(lines(script("/bin/true", 1), script("/bin/true", 2))).toEqual([
      "changed vrrp_script `s`: its result stays",
      "    interval 1 s → 2 s",
    ]);
    expect(lines(script("/bin/true", 1), script("/bin/false", 1))).toEqual([
      "changed vrrp_script `s`: its result is unknown until it has run",
      "    script /bin/true → /bin/false",
    ]);
  });
});

describe("virtual servers", () => {
  const WEB = "virtual_server [192.0.2.100]:tcp:80";

  test("one that comes is said with its servers, one that goes loses its connections", () => {
    expect(lines("", farm(80, { 11: TCP }))).toEqual([
      `added ${WEB}: its servers are up until a check fails, with \`alpha\` down until all succeed`,
      "    added real_server [192.0.2.11]:80",
    ]);
    expect(lines(farm(80, { 11: TCP }), "")).toEqual([`removed ${WEB}: its connections end`]);
  });

  test("its own values", () => {
    const next = farm(80, { 11: "", 12: "" }, "persistence_timeout 50\nquorum 2\nsorry_server 192.0.2.99 80").replace(
      "wlc",
      "sh",
    );
    expect(lines(farm(80, { 11: "", 12: "" }), next)).toEqual([
      `changed ${WEB}`,
      "    lb_algo wlc → sh: connections stay",
      "    persistence_timeout 0 s → 50 s",
      "    quorum 1 → 2: counted anew at once",
      "    sorry_server none → [192.0.2.99]:80 nat: gets all clients while the quorum is lost",
    ]);
    expect(lines(next, next.replace(/sorry_server.*/, "")).at(-1)).toBe(
      "    sorry_server [192.0.2.99]:80 nat → none: servers that are alive get clients, with or without quorum",
    );
  });

  test("the password of a checker is not shown", () => {
    const mysql = (password: string): string => `MYSQL_CHECK {\nusername check\npassword ${password}\n}`;
    const [before, after] = [farm(80, { 11: mysql("hush") }), farm(80, { 11: mysql("hush2") })];
    expect(lines(before, after).slice(-1)).toEqual(["            changed password"]);
  });

  test("real servers that come, go and change", () => {
    const [old, next] = [
      farm(80, { 11: "weight 1", 12: "", 13: "" }),
      farm(80, { 11: "weight 3", 12: "weight 0", 14: "", 15: TCP, 16: "TCP_CHECK {\nalpha\n}" }),
    ];
    expect(lines(old, next)).toEqual([
      `changed ${WEB}`,
      "    changed real_server [192.0.2.11]:80",
      "        weight 1 → 3: connections stay",
      "    changed real_server [192.0.2.12]:80",
      "        weight 1 → 0: no new clients; connections there go on",
      "    added real_server [192.0.2.14]:80: up, since nothing checks it",
      "    added real_server [192.0.2.15]:80: up until a check fails",
      "        added checker TCP_CHECK [192.0.2.15]:80",
      "    added real_server [192.0.2.16]:80: down until its checks succeed",
      "        added checker TCP_CHECK [192.0.2.16]:80",
      "    removed real_server [192.0.2.13]:80: its connections end",
    ]);
  });

  test.each([
    [
      "with another pace keeps its verdict",
      TCP,
      "TCP_CHECK {\nretry 5\n}",
      ["changed checker TCP_CHECK [192.0.2.11]:80: begins anew, its verdict stays", "    retry 1 → 5"],
    ],
    [
      "that begins to recover fast keeps its verdict",
      http("200"),
      http("200").replace("{", "{\nfast_recovery"),
      ["changed checker HTTP_GET [192.0.2.11]:80: begins anew, its verdict stays", "    fast_recovery off → on"],
    ],
    [
      "that asks something else knows nothing",
      http("200"),
      http("204"),
      [
        "replaced checker HTTP_GET [192.0.2.11]:80: asks something else and knows nothing: it counts as a success until it fails",
        "    changed url /health",
        "        added status_code 204",
        "        removed status_code 200",
      ],
    ],
    [
      "that comes counts as a success",
      "",
      TCP,
      ["added checker TCP_CHECK [192.0.2.11]:80: it counts as a success until it fails"],
    ],
    [
      "that comes with `alpha` takes the server out",
      "",
      "TCP_CHECK {\nalpha\n}",
      ["added checker TCP_CHECK [192.0.2.11]:80: the server is down until it succeeds"],
    ],
    ["that goes counts no more", TCP, "", ["removed checker TCP_CHECK [192.0.2.11]:80: its verdict counts no more"]],
    [
      "of another kind is another checker",
      TCP,
      http("200"),
      [
        "added checker HTTP_GET [192.0.2.11]:80: it counts as a success until it fails",
        "    added url /health",
        "removed checker TCP_CHECK [192.0.2.11]:80: its verdict counts no more",
      ],
    ],
    [
      "of a file counts with another weight at once",
      "FILE_CHECK {\ntrack_file F\n}",
      "FILE_CHECK {\ntrack_file F\nweight 3 reverse\n}",
      [
        "changed checker FILE_CHECK `F`: the number in the file counts at once",
        "    weight 1 → 3",
        "    reverse off → on",
      ],
    ],
    [
      "of another file too",
      "FILE_CHECK {\ntrack_file F\n}",
      "FILE_CHECK {\ntrack_file G\n}",
      ["replaced checker FILE_CHECK `G`: the number in the file counts at once", "    track_file F → G"],
    ],
  ])("a checker %s", (_, old, next, expected) => {
    const files = "track_file F {\nfile /etc/hostname\n}\ntrack_file G {\nfile /etc/hosts\n}\n";
    const said = lines(files + farm(80, { 11: old }), files + farm(80, { 11: next }));
    expect(said.slice(2).map((line) => line.slice(8))).toEqual(expected);
  });
});

test("global settings, and those that count at a start", () => {
  const old = "global_defs {\nrouter_id a\nnotification_email {\none@example.com\n}\n}\n";
  const next = "global_defs {\nvrrp_startup_delay 2\nnotification_email {\ntwo@example.com\n}\n}\n";
  expect(lines(old, next)).toEqual([
    "global_defs router_id a → none",
    "global_defs vrrp_startup_delay 0 s → 2 s: counts at the next start only",
    "added global_defs notification_email two@example.com",
    "removed global_defs notification_email one@example.com",
  ]);
});

test("who is told is said with its keyword", () => {
  const from = farm(80, { 11: "" });
  const to = farm(80, { 11: "notify_down /bin/false\nsmtp_alert off" }, "omega\nquorum_up /bin/true\nsmtp_alert");
  expect(lines(from, to)).toEqual([
    "changed virtual_server [192.0.2.100]:tcp:80",
    ...["    omega off → on", "    smtp_alert off → on", "    quorum_up none → /bin/true"],
    "    changed real_server [192.0.2.11]:80",
    ...["        smtp_alert on → off", "        notify_down none → /bin/false"],
  ]);
});

describe("what becomes of checks", () => {
  const ping = (retry: number): string => `PING_CHECK {\nretry ${retry}\n}`;

  test("a checker", () => {
    const web = (check: string): string => farm(80, { 11: check });
    expect(lines(web(""), web(ping(1))).at(-1)).toBe(
      `        added checker PING_CHECK [192.0.2.11]:80: it counts as a success until it fails`,
    );
    expect(lines(web(ping(1)), web(ping(2))).slice(-2)).toEqual([
      `        changed checker PING_CHECK [192.0.2.11]:80: begins anew, its verdict stays`,
      "            retry 1 → 2",
    ]);
    expect(lines("", web(ping(1))).at(-1)).toBe("    added real_server [192.0.2.11]:80");
    expect(lines(farm(80, { 12: "" }), farm(80, { 11: ping(1), 12: "" }))[1]).toBe(
      "    added real_server [192.0.2.11]:80: up until a check fails",
    );
  });

  test("a GRPC_CHECK that asks for another service, or over TLS", () => {
    const web = (...lines: readonly string[]): string => farm(80, { 11: `GRPC_CHECK {\n${lines.join("\n")}\n}` });
    expect(lines(web("service a"), web("service b", "tls", "tls_verify", "sni_name rs.example")).slice(-3)).toEqual([
      "        replaced checker GRPC_CHECK [192.0.2.11]:80: asks something else and knows nothing: it counts as a success until it fails",
      "            service a → b",
      "            tls none → as rs.example, verified for rs.example",
    ]);
  });

  test("a value of a service or a server", () => {
    expect(lines(farm(80, { 11: "" }), farm(80, { 11: "snmp_name S" }, "ha_suspend"))).toEqual([
      "changed virtual_server [192.0.2.100]:tcp:80",
      "    ha_suspend off → on: checks rest while the address is elsewhere",
      "    changed real_server [192.0.2.11]:80",
      "        snmp_name none → S",
    ]);
  });
});

test("a service by mark or group, with its servers and members, as one by address", () => {
  const marked = farm(80, { 11: "" }).replace("192.0.2.100 80", "fwmark 7");
  expect(lines(marked, marked.replace("wlc", "rr").replace("192.0.2.11", "192.0.2.12"))).toEqual([
    "changed virtual_server fwmark FWM 7",
    "    lb_algo wlc → rr: connections stay",
    "    added real_server [192.0.2.12]:80: up, since nothing checks it",
    "    removed real_server [192.0.2.11]:80: its connections end",
  ]);
  const group = (port: number): string => `virtual_server_group G {\n192.0.2.1-5 ${port}\n}\n`;
  const grouped = farm(80, { 11: "" }).replace("192.0.2.100 80", "group G");
  expect(lines(group(80) + grouped, group(81) + grouped)).toEqual([
    "changed virtual_server_group `G`",
    "    added member [192.0.2.1]:81 to 192.0.2.5: gets the servers that are alive",
    "    removed member [192.0.2.1]:80 to 192.0.2.5: its connections end",
  ]);
  expect(lines(group(80), group(80) + grouped)[0]).toMatch(/^added virtual_server group \[G\]:0: its servers are up/);
});

test("ha_suspend says what becomes of the checks", () => {
  const plain = farm(80, { 11: "" });
  const resting = farm(80, { 11: "" }, "ha_suspend");
  const line = (change: string): string => `    ha_suspend ${change}`;
  expect(lines(plain, resting)[1]).toBe(line("off → on: checks rest while the address is elsewhere"));
  expect(lines(resting, plain)[1]).toBe(line("on → off: checks run wherever the address is"));
});

test("days of warning change no verdict, and no secret of a request is shown", () => {
  const check = (days: number, password: string): string =>
    `SSL_GET {\ntls_expiry_warning ${days}\nheader X-Token ${password}\nbasic_auth user ${password}\nurl {\npath /\n}\n}`;
  const from = farm(80, { 11: check(7, "first") });
  expect(lines(from, farm(80, { 11: check(9, "first") })).join("\n")).toMatch(
    /changed checker SSL_GET \[192\.0\.2\.11\]:80: begins anew, its verdict stays\n +tls_expiry_warning 7 days → 9 days$/,
  );
  const other = lines(from, farm(80, { 11: check(7, "second") })).join("\n");
  expect(other).toContain("changed method");
  expect(other).not.toMatch(/first|second/);
});
