import { expect, test } from "vitest";
import { reading, server, service } from "../config/reading.ts";

/** What keepalived 2.2.7 logs for a value that it does not take: each line was measured. */
test.each([
  [service("delay_before_retry -1"), "virtual server delay before retry '-1' invalid - ignoring"],
  [service("warmup -1"), "virtual server warmup '-1' invalid - ignoring"],
  [service("hysteresis -1"), "Hysteresis -1 must be in [0, 4294967295] - ignoring"],
  [service("ip_family ipv4"), "unknown address family ipv4"],
  [server("delay_before_retry -0.5"), "real server delay_before_retry '-0.5' invalid - ignoring"],
  [server("warmup -1"), "real server warmup '-1' invalid - ignoring"],
  [server("connect_timeout 0"), "real server connect_timeout 0 invalid - ignoring"],
  [server("delay_loop 0"), "real server delay_loop '0' invalid - ignoring"],
  [server("TCP_CHECK {", "delay_before_retry -1", "}"), "Invalid delay_before_retry connection value '-1'"],
  [server("DNS_CHECK {", "warmup -1", "}"), "Invalid warmup connection value '-1'"],
  [server("HTTP_GET {", "fast_recovery maybe", "}"), "Invalid fast_recovery parameter maybe"],
  [server("SSL_GET {", "enable_sni www", "}"), "Invalid enable_sni parameter www"],
])("%j: %s", (text, line) => {
  const logged = reading(text).diagnostics.flatMap(({ keepalived }) => keepalived?.split("\n") ?? []);
  expect(logged.map((each) => each.replace(/^\(.*?\) /, ""))).toContain(line);
});
