import { expect, test } from "vitest";
import type { RealServerConfig } from "../../src/config/model/lvs.ts";
import { runnable } from "../../src/daemon/runnable.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { reading, server, service } from "./reading.ts";

function tunnel(words: string): RealServerConfig["tunnel"] {
  return reading(server(`lvs_method ${words}`)).config.virtualServers[0]?.realServers[0]?.tunnel;
}

const PLAIN = { type: "ipip", port: 0, checksum: "none" } as const;

// Each row was compared with `keepalived -t` 2.2.7.
test.each<[string, ReturnType<typeof tunnel>]>([
  ["NAT", undefined],
  ["DR", undefined],
  ["TUN", PLAIN],
  ["TUN type ipip", PLAIN],
  ["TUN type ipip nocsum", PLAIN],
  ["TUN type gue port 5555", { type: "gue", port: 5555, checksum: "none" }],
  ["TUN port 5555 type gue", { type: "gue", port: 5555, checksum: "none" }],
  ["TUN type gue csum port 5", { type: "gue", port: 5, checksum: "full" }],
  ["TUN remcsum type gue port 4", { type: "gue", port: 4, checksum: "remote" }],
  ["TUN type gre", { type: "gre", port: 0, checksum: "none" }],
  ["TUN type gre csum", { type: "gre", port: 0, checksum: "full" }],
  ["TUN type gue type gre", { type: "gre", port: 0, checksum: "none" }],
])("lvs_method %s", (words, expected) => {
  expect(tunnel(words)).toEqual(expected);
  expect(testStatus(reading(server(`lvs_method ${words}`)).diagnostics)).toBe(0);
});

test.each([
  ["TUN type gue", "gue tunnels require port, otherwise cannot have port.", "a `gue` tunnel needs a `port`"],
  ["TUN type gre port 5", "gue tunnels require port, otherwise cannot have port.", "of type `gre` has no `port`"],
  ["TUN port 5", "gue tunnels require port, otherwise cannot have port.", "of type `ipip` has no `port`"],
  ["TUN csum", "ipip tunnels do not support checksum option.", "an `ipip` tunnel has no checksum"],
  ["TUN type gre remcsum", "gre tunnels do not support remote checksum option.", "a `gre` tunnel has no `remcsum`"],
  ["TUN type", "Missing tunnel type for real server.", "`type` needs a value"],
  ["TUN type foo", "Unknown tunnel type foo for real server.", "unknown tunnel option `foo`"],
  ["TUN foo", "Invalid tunnel option foo for real server.", "unknown tunnel option `foo`"],
  ["TUN type gue port", "Missing port for real server gue tunnel.", "`port` needs a value"],
  ["TUN type gue port 0", "Invalid gue tunnel port 0 for real server.", "`0` is not in the range 1 to 65535"],
])("lvs_method %s makes no tunnel but a plain one", (words, logged, message) => {
  expect(tunnel(words)).toEqual(PLAIN);
  const { diagnostics } = reading(server(`lvs_method ${words}`));
  expect(diagnostics.map((each) => each.message).join("\n")).toContain(message);
  expect(diagnostics.map((each) => each.keepalived).join("\n")).toContain(`(k.conf: Line 6) ${logged}`);
  expect(testStatus(diagnostics)).toBe(5);
});

test("Keepalived says whose method it is", () => {
  const of = (text: string): string =>
    reading(text)
      .diagnostics.map(({ keepalived }) => keepalived)
      .join("\n");
  expect(of(service("lb_kind TUN foo"))).toContain("Invalid tunnel option foo for virtual server.");
  expect(of(service("sorry_server 192.0.2.50 80", "sorry_server_lvs_method TUN foo"))).toContain(
    "Invalid tunnel option foo for sorry server.",
  );
});

test("tunnel options of another method have no effect", () => {
  expect(tunnel("DR type gue port 5")).toBeUndefined();
  expect(reading(server("lvs_method DR type gre")).diagnostics[0]).toMatchObject({
    severity: "warning",
    code: "no-effect",
  });
});

test("a tunnel other than IPIP runs", () => {
  const { config, diagnostics } = reading(server("lvs_method TUN type gue port 5"));
  expect(diagnostics).toEqual([]);
  expect(runnable(config)[0]?.realServers[0]?.tunnel).toEqual({ type: "gue", port: 5, checksum: "none" });
});
