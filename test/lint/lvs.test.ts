import { expect, test } from "vitest";
import { server, service } from "../config/reading.ts";
import { codes, found, SECURE } from "./linting.ts";

const CHECKED = server("TCP_CHECK {\n}");
const sorry = (endpoint: string): string => CHECKED.replace("lb_kind NAT", `lb_kind NAT\nsorry_server ${endpoint}`);

test("a sorry server that is a real server is a warning; on another port, or elsewhere, it is not", () => {
  expect(found("K022", sorry("192.0.2.11 80"))).toEqual([
    "warning 5:14 the sorry server `192.0.2.11 80` is a real server: it is down when it is needed",
  ]);
  expect(codes(sorry("192.0.2.11"))).toEqual(["K022"]);
  expect(codes(sorry("192.0.2.11 8080"))).toEqual([]);
  expect(codes(sorry("192.0.2.50 80"))).toEqual([]);
});

test("ports that cannot be rewritten, persistence beside rr and a quorum out of reach are found by the reader", () => {
  expect(codes(CHECKED.replace("11 80", "11 8080").replace("NAT", "DR"))).toEqual(["K001"]);
  expect(codes(CHECKED.replace("wlc", "rr\npersistence_timeout 50"))).toEqual(["K002"]);
  expect(codes(CHECKED.replace("lb_kind", "quorum 2\nlb_kind"))).toEqual(["K021"]);
  expect(codes(CHECKED)).toEqual([]);
});

test("a real server that no checker asks: a hint for the whole service, a warning beside checked ones", () => {
  expect(found("K020", service())).toEqual([
    "hint 1:16 no real server of this service is checked: a dead one goes on getting its share",
  ]);
  const mixed = server("TCP_CHECK {\n}\n}\nreal_server 192.0.2.12 80 {");
  expect(found("K020", mixed)).toEqual(["warning 9:13 `192.0.2.12` is not checked, others of its service are"]);
  expect(codes(CHECKED)).toEqual([]);
});

test("a server whose checker pings, or is left out, is not called unchecked", () => {
  expect(codes(server("PING_CHECK {\n}"))).toEqual([]);
  expect(codes(server("HTTP_GET {\n}"))).toEqual([]);
});

const checker = (...lines: readonly string[]): string => server(`TCP_CHECK {\n${lines.join("\n")}\n}`);

test("a checker of another port is a hint, unless another one asks the port of the service", () => {
  expect(found("K018", checker("connect_port 8081"))).toEqual([
    "hint 7:14 port 8081 is checked, and port 80 is used: when only the service dies, nobody notices",
  ]);
  expect(codes(checker("connect_port 80"))).toEqual([]);
  expect(codes(checker("connect_port 8081", "}", "TCP_CHECK {"))).toEqual([]);
  expect(codes(checker("connect_port 8081", "connect_ip 192.0.2.99"))).toEqual([]);
});

test("a port as written behind direct routing is what K001 is about", () => {
  expect(codes(checker().replace("11 80", "11 8080").replace("NAT", "DR"))).toEqual(["K001"]);
  expect(codes(checker().replace("11 80", "11"))).toEqual([]);
});

test("timeouts that outlast the delay are shown once for a service, at the delay that counts", () => {
  const slow = checker("connect_timeout 10", "retry 3", "delay_before_retry 3", "delay_loop 3");
  expect(found("K019", slow)).toEqual([
    "hint 10:12 a server that goes silent is out after up to 52 seconds, not 3: 4 attempts of 10 seconds come on top",
  ]);
  const outside = checker("connect_timeout 10", "retry 0").replace("lb_kind", "delay_loop 6\nlb_kind");
  expect(found("K019", outside)[0]).toMatch(/^hint 4:12 .* 16 seconds, not 6: one attempt of 10 seconds/);
});

test("timeouts that fit into the delay are not", () => {
  expect(codes(checker())).toEqual([]);
  expect(codes(checker("connect_timeout 3", "retry 1", "delay_loop 6"))).toEqual([]);
});

const https = (...lines: readonly string[]): string =>
  server(`SSL_GET {\nurl {\npath /\nstatus_code 200\n}\n${lines.join("\n")}\n}`);
const smtp = (...lines: readonly string[]): string => server(`SMTP_CHECK {\n${lines.join("\n")}\n}`);
const misc = (...lines: readonly string[]): string =>
  SECURE + server(`MISC_CHECK {\nmisc_path "/bin/check"\n${lines.join("\n")}\n}`);

test("the port is compared for SSL_GET and SMTP_CHECK too, at its place in a `host`; a script has none", () => {
  expect(found("K018", https("connect_port 8443"))[0]).toMatch(/^hint 11:14 port 8443 is checked, and port 80/);
  expect(found("K018", smtp("connect_port 25"))[0]).toMatch(/^hint 7:14 port 25 is checked/);
  expect(found("K018", smtp("host {\nconnect_port 25\n}"))[0]).toMatch(/^hint 8:14 port 25 is checked/);
  for (const text of [https(), smtp(), misc()]) expect(found("K018", text)).toEqual([]);
});

test("timeouts of SSL_GET, SMTP_CHECK and MISC_CHECK outlast the delay as those of TCP_CHECK do", () => {
  const slow = ["delay_loop 3", "retry 0"];
  for (const of of [https, smtp]) {
    expect(found("K019", of(...slow, "connect_timeout 20"))[0]).toMatch(/after up to 23 seconds, not 3: one attempt/);
    expect(found("K019", of(...slow, "connect_timeout 2"))).toEqual([]);
  }
  expect(found("K019", misc(...slow, "misc_timeout 20"))[0]).toMatch(/23 seconds, not 3: one attempt of 20 seconds/);
  expect(found("K019", misc(...slow, "misc_timeout 2"))).toEqual([]);
  expect(found("K019", misc(...slow, "misc_timeout 2", "retry 3"))[0]).toMatch(/14 seconds, not 3: 4 attempts of 2/);
});

test("a script that has no timeout has the delay of its service, which is no longer than that", () => {
  expect(found("K019", misc())).toEqual([]);
});

test("services by mark and by group are looked at like those by address, those that were left out not", () => {
  const group = "virtual_server_group G {\n192.0.2.254 80\n}\n";
  for (const [before, header] of [
    ["", "fwmark 7"],
    [group, "group G"],
  ] as const) {
    const as = (text: string): string => before + text.replace("192.0.2.254 80", header);
    expect(found("K020", as(service()))).toHaveLength(1);
    expect(found("K020", as(CHECKED))).toEqual([]);
    expect(found("K018", as(checker("connect_port 8081")))[0]).toContain("port 8081 is checked, and port 80 is used");
    expect(found("K018", as(checker()))).toEqual([]);
    expect(found("K022", as(sorry("192.0.2.11 80")))).toHaveLength(1);
    // Only the first of two of a name, or the one with a server, is there.
    const empty = `virtual_server ${header} {\n}\n`;
    expect(found("K020", empty + as(CHECKED))).toEqual([]);
    expect(found("K020", empty + as(service()))).toHaveLength(1);
  }
});

test("each real server is found in the text though others were left out", () => {
  const text = server("TCP_CHECK {\n}", "}", "real_server 192.0.2.11 80 {", "}", "real_server 192.0.2.12 80 {");
  expect(found("K020", text)).toEqual(["warning 11:13 `192.0.2.12` is not checked, others of its service are"]);
  const twice = server("}", "real_server 192.0.2.11 81 {", "TCP_CHECK {\n}");
  expect(found("K020", twice)).toEqual(["warning 5:13 `192.0.2.11` is not checked, others of its service are"]);
});

test("the first of two services of one name is the one that counts", () => {
  const empty = "virtual_server 192.0.2.254 80 {\nprotocol TCP\n}\n";
  expect(found("K020", empty + service())).toEqual([
    "hint 4:16 no real server of this service is checked: a dead one goes on getting its share",
  ]);
});
