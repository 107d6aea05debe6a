import { expect, test } from "vitest";
import { carrierOf, isUp } from "../../src/daemon/carrier.ts";
import type { HostNetwork } from "../../src/io/host-network.ts";
import type { Link } from "../../src/netlink/link.ts";

const MARK = "keepalived-ts 12.34";

function network(base: Partial<Link>, made: Partial<Link>): HostNetwork {
  const links = [
    { ifindex: 2, name: "eth0", up: true, running: true, ...base },
    { ifindex: 3, name: "vrrp.51", up: true, running: true, base: 2, alias: MARK, ...made },
  ];
  const stub: Pick<HostNetwork, "link" | "linkAt"> = {
    link: (name) => links.find((one) => one.name === name) as Link | undefined,
    linkAt: (ifindex) => links.find((one) => one.ifindex === ifindex) as Link | undefined,
  };
  return stub as HostNetwork;
}

test("an interface that we made lies on another one; a macvlan of somebody else counts by itself", () => {
  expect(carrierOf(network({}, {}), "vrrp.51")).toBe("eth0");
  expect(carrierOf(network({}, { alias: undefined }), "vrrp.51")).toBeUndefined();
  expect(carrierOf(network({}, {}), "eth0")).toBeUndefined();
  expect(carrierOf(network({}, {}), "none")).toBeUndefined();
});

test.each([
  ["all is well", {}, {}, true],
  ["the one below has no carrier", { running: false }, {}, false],
  ["the one below is down", { up: false }, {}, false],
  ["it is down itself", {}, { up: false }, false],
  ["the kernel has not said yet that it has a carrier", {}, { running: false }, true],
  ["somebody else's has no carrier", {}, { alias: "x", running: false }, false],
])("whether it is up where %s", (_, base, made, up) => {
  expect(isUp(network(base, made), "vrrp.51")).toBe(up);
});

test("the one below counts as up as long as its delays say so", () => {
  expect(isUp(network({ running: false }, {}), "vrrp.51", (on) => on === "eth0")).toBe(true);
});
