import { expect, test } from "vitest";
import { instance } from "../config/reading.ts";
import { codes, found, host, SECURE, script, track } from "./linting.ts";

const TWO = SECURE + script("/bin/check") + script("/bin/other").replace("vrrp_script S", "vrrp_script T");

/** An instance of that priority that tracks `S`, and maybe `T`. */
const tracking = (priority: number, ...items: readonly string[]): string =>
  TWO + instance(`priority ${priority}`, track(...items));

test("a weight that never moves the priority is said so: 255, or pushing against the bound it stands at", () => {
  expect(found("K009", tracking(255, "S weight -60"))[0]).toMatch(/whatever `S` says$/);
  expect(found("K009", tracking(254, "S weight 60"))[0]).toMatch(/never moves the priority: it is 254, the highest/);
  expect(found("K009", tracking(1, "S weight -60"))[0]).toMatch(/never moves the priority: it is 1, the lowest/);
  expect(found("K009", tracking(1, "S weight 60 reverse"))[0]).toMatch(/it is 1, the lowest/);
});

test("a weight that another script can make count is not idle", () => {
  expect(found("K009", tracking(254, "S weight 60", "T weight -60"))).toEqual([]);
  expect(found("K009", tracking(1, "S weight -60", "T weight 60"))).toEqual([]);
  expect(found("K009", tracking(254, "S weight -60"))).toEqual([]);
  expect(found("K009", tracking(255, "S weight 0"))).toEqual([]);
  const other = tracking(254, "S weight 60").replace("priority", "track_interface {\neth1 weight -60\n}\npriority");
  expect(found("K009", other)).toEqual([]);
});

test("a small weight is the reader's hint, and is said once", () => {
  expect(found("K009", tracking(100, "S weight 2"))).toHaveLength(1);
  expect(found("K009", tracking(254, "S weight 2"))).toHaveLength(1);
  expect(found("K009", tracking(100, "S weight 10"))).toEqual([]);
});

test("sums beyond the bounds are cut: a warning above, a hint below", () => {
  expect(found("K010", tracking(240, "S weight 10", "T weight 10"))[0]).toMatch(
    /^warning .* to 260, which is cut to 254/,
  );
  expect(found("K010", tracking(100, "S weight -60", "T weight -60"))[0]).toMatch(/^hint .* to -20, which is cut to 1/);
  expect(found("K010", tracking(50, "S weight 60 reverse"))[0]).toMatch(/^hint .* to -10/);
});

test("sums within the bounds are not", () => {
  expect(codes(tracking(234, "S weight 10", "T weight 10"))).toEqual([]);
  expect(codes(tracking(121, "S weight -60", "T weight -60"))).toEqual([]);
  expect(codes(tracking(200, "S weight 60 reverse"))).toEqual([]);
});

const asking = (command: string, ...items: readonly string[]): string =>
  SECURE + script(command) + instance("mcast_src_ip 192.0.2.2", track(...(items.length === 0 ? ["S"] : items)));

test.each([
  ["ping -c1 192.0.2.1", "192.0.2.1"],
  ["/bin/ping6 2001:db8::1", "2001:db8::1"],
  ["/usr/bin/curl -fs https://web.example:8443/health", "web.example"],
  ["curl http://[2001:db8::1]/", "2001:db8::1"],
  ["nc -z 192.0.2.1 80", "192.0.2.1"],
])("`%s` without weight puts every director in fault", (command, other) => {
  expect(found("K031", asking(command))[0]).toContain(`when \`${other}\` does not answer`);
});

test.each([
  "ping -c1 127.0.0.1",
  "curl http://localhost/health",
  "curl http://127.0.0.1:80/",
  "ping 192.0.2.2", // its own source address
  "/usr/local/bin/check-web 192.0.2.1",
  "killall -0 haproxy",
])("`%s` asks this host, or nothing that is known", (command) => {
  expect(codes(asking(command))).toEqual([]);
});

test("with a weight, or reversed, a shared failure leaves a master", () => {
  expect(codes(asking("ping 192.0.2.1", "S weight -60"))).toEqual([]);
  expect(found("K031", SECURE + script("ping 192.0.2.1", "weight 0 reverse") + instance(track("S")))).toEqual([]);
  expect(found("K031", asking("ping 192.0.2.9"), host({ eth0: ["192.0.2.9/24"] }))).toEqual([]);
});
