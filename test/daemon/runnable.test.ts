import { expect, test } from "vitest";
import { runnable } from "../../src/daemon/runnable.ts";
import { reading, server, service } from "../config/reading.ts";

const run = (text: string) => runnable(reading(text).config);

test("services by address run, those by mark and group do not", () => {
  const group = "virtual_server_group G {\n192.0.2.1 80\n}\n";
  const others = service().replace("192.0.2.254 80", "fwmark 5") + service().replace("192.0.2.254 80", "group G");
  expect(run(group + others)).toEqual([]);
  expect(run(group + service() + others)).toMatchObject([{ address: "192.0.2.254", port: 80 }]);
});

test("checkers run in the order of reading", () => {
  const url = "{\nurl {\npath /\n}\n}";
  const asking = ["TCP", "DNS", "UDP", "PING"].map((kind) => `${kind}_CHECK {\n}`);
  const checks = [...asking, `HTTP_GET ${url}`, "FILE_CHECK {\ntrack_file F\n}"];
  const followed = "track_file F {\nfile /etc/hostname\n}\n";
  const [service] = run(followed + server(...checks));
  const types = service?.realServers[0]?.checkers.map(({ type }) => type);
  expect(types).toEqual(["tcp", "dns", "udp", "ping", "http", "file"]);
});

test("what the daemon does not know yet is not handed to it", () => {
  const names = (text: string): readonly string[] => Object.keys(run(text)[0] ?? {}).sort();
  expect(names(service("ha_suspend", "snmp_name S"))).toEqual(names(service()));
  expect(run(service("ha_suspend"))).toEqual(run(service()));
});

test("who is told of a service and its servers is handed on", () => {
  const told = server("notify_up /bin/up", "notify_down /bin/down root", "smtp_alert off");
  const quorum = ["quorum_up /bin/gained", "quorum_down /bin/lost", "smtp_alert", "omega", "}"].join("\n");
  const [found] = run(told.replace(/}\s*$/, quorum));
  expect(found).toMatchObject({
    ...{ quorumUp: { argv: ["/bin/gained"] }, quorumDown: { argv: ["/bin/lost"] }, smtpAlert: true, omega: true },
    realServers: [
      { notifyUp: { argv: ["/bin/up"] }, notifyDown: { argv: ["/bin/down"], user: "root" }, smtpAlert: false },
    ],
  });
});
