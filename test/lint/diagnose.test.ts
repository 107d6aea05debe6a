import fc from "fast-check";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { diagnose, lint } from "../../src/lint/diagnose.ts";
import { instance, reading, service, sourceOf } from "../config/reading.ts";
import { codes, host } from "./linting.ts";

const ON = { off: new Set<string>() };
const PASS = "authentication {\nauth_type PASS\nauth_pass 1111\n}";

test("a lint is switched off by its code or its name, and no other with it", () => {
  const text = instance(PASS, "advert_int 0.5");
  expect(codes(text)).toEqual(["K012", "K028"]);
  expect(codes(text, { off: new Set(["K012"]) })).toEqual(["K028"]);
  expect(codes(text, { off: new Set(["advert-interval"]) })).toEqual(["K012"]);
  expect(codes(text, { off: new Set(["K099"]) })).toEqual(["K012", "K028"]);
});

test("what the reader found for a lint is said once, with the lint's code and all that the reader says", () => {
  const result = reading(instance("advert_int 0.5"));
  const [read] = result.diagnostics;
  expect(diagnose(result, ON)).toEqual([{ ...read, code: "K028" }]);
  expect(diagnose(result, { off: new Set(["K028"]) })).toEqual([]);
});

test("what keeps the daemon from starting cannot be switched off", () => {
  const text = instance() + instance().replace("vrrp_instance V", "vrrp_instance W");
  expect(codes(text, { off: new Set(["K013"]) })).toEqual(["K013"]);
});

test("everything stands in the order of its lines, whoever found it", () => {
  const text = instance(PASS, "foo 1", "advert_int 0.5") + service();
  const places = diagnose(reading(text), ON).map(({ span }) => span.line);
  expect(places.length).toBeGreaterThan(3);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test("a lint never counts for `-t`", () => {
  const text = instance();
  const found = lint(reading(text), { ...ON, ...host({}) });
  expect(found.map(({ code, severity, status }) => [code, severity, status])).toContainEqual([
    "K027",
    "error",
    undefined,
  ]);
});

test("a lint says the same thing twenty times at most, and then how often more", () => {
  const one = (i: number): string => service().replace("192.0.2.254 80", `192.0.2.254 ${i + 1}`);
  const found = lint(reading(Array.from({ length: 50 }, (_, i) => one(i)).join("")), ON);
  const bare = found.filter(({ code }) => code === "K020");
  expect(bare).toHaveLength(20);
  expect(bare.at(-1)?.message).toMatch(/ \(and 30 more like this\)$/);
});

test("a finding shows the line it is about, where somebody has it", () => {
  const text = service();
  const sourceLine = (_: string, line: number): string | undefined => text.split("\n")[line - 1];
  expect(lint(reading(text), { ...ON, sourceLine })[0]?.source).toBe("virtual_server 192.0.2.254 80 {");
});

const LINES = [
  ...[
    "vrrp_instance V {",
    "vrrp_script S {",
    "virtual_server 192.0.2.254 80 {",
    "real_server 192.0.2.11 80 {",
    "}",
    "}",
  ],
  ...["interface eth0", "virtual_router_id 51", "priority 255", "nopreempt", "state MASTER", "track_script {", "S"],
  ...[
    "script /bin/x",
    "script",
    "weight 0",
    "weight -3",
    "TCP_CHECK {",
    "connect_port 9",
    "delay_loop 1",
    "lb_kind DR",
  ],
  ...[
    "sorry_server 192.0.2.11 80",
    "global_defs {",
    "notification_email {",
    "a@b",
    "smtp_alert",
    "vrrp_garp_interval 9",
  ],
];

test("no file makes a lint throw, whatever blocks are left open or lack their keywords", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...LINES), { maxLength: 40 }), (lines) => {
      const text = lines.join("\n");
      const result = readConfig("k.conf", sourceOf({ "k.conf": text }));
      diagnose(result, { ...ON, ...host({ eth0: ["192.0.2.2/24"] }), peerVersion: "2.2.7" });
    }),
  );
});
