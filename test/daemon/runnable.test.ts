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

test("TCP_CHECK, HTTP_GET, SSL_GET and FILE_CHECK run, the other checkers do not check the server", () => {
  const url = "{\nurl {\npath /\n}\n}";
  const checks = ["PING_CHECK {\n}", "TCP_CHECK {\n}", `SSL_GET ${url}`, `HTTP_GET ${url}`, "UDP_CHECK {\n}"];
  const file = "track_file F {\nfile /etc/hostname\n}\n";
  const [service] = run(file + server(...checks, "FILE_CHECK {\ntrack_file F\n}"));
  expect(service?.realServers[0]?.checkers.map(({ type }) => type)).toEqual(["tcp", "ssl", "http", "file"]);
});

test("what the daemon does not know yet is not handed to it", () => {
  const names = (text: string): readonly string[] => Object.keys(run(text)[0] ?? {}).sort();
  expect(names(service("ha_suspend", "omega", "quorum_up /bin/true"))).toEqual(names(service()));
  expect(run(service("omega"))).toEqual(run(service()));
});
