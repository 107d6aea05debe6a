import { expect, test } from "vitest";
import { Deadlines } from "../../src/base/deadlines.ts";
import { ip } from "../../src/base/ip.ts";
import { type Micros, milliseconds, seconds } from "../../src/base/time.ts";
import type { VirtualAddress } from "../../src/config/model/model.ts";
import type { RouteConfig } from "../../src/config/model/network.ts";
import { Keeper } from "../../src/daemon/keeper.ts";
import { NOWHERE, type Placement, placement } from "../../src/daemon/placement.ts";
import { KernelTable } from "../../src/io/kernel-table.ts";
import { decodeAddress, type InterfaceAddress } from "../../src/netlink/address.ts";
import { ADDRESSES } from "../../src/netlink/address-kind.ts";
import { IFA_F_DADFAILED, RTM_NEWADDR, RTM_NEWROUTE } from "../../src/netlink/constants.ts";
import type { Answer, Request } from "../../src/netlink/conversation.ts";
import { ROUTES } from "../../src/netlink/route-kind.ts";
import { RULES } from "../../src/netlink/rule-kind.ts";
import { PLACE } from "./golden-items.ts";

const ENETUNREACH = 101;
const ENETDOWN = 100;

/** A keeper on a kernel that takes everything but what it is told to refuse, and on a clock that stands until moved. */
class Stage {
  now: Micros = seconds(1000);
  readonly said: string[] = [];
  requests: Request[] = [];
  refuse: (request: Request) => number | undefined = () => undefined;
  others: ReadonlySet<string> = new Set();
  readonly #wakes = new Deadlines<() => void>();
  readonly network = { table: new KernelTable(this, ADDRESSES) };
  readonly routing = { routes: new KernelTable(this, ROUTES), rules: new KernelTable(this, RULES) };
  readonly keeper: Keeper;

  constructor(again: (stage: Stage) => void = () => {}) {
    const say = (what: string): void => void this.said.push(what);
    this.keeper = new Keeper({
      network: this.network,
      routing: this.routing,
      clock: {
        now: () => this.now,
        wakeAt: (at, wake) => {
          const deadline = this.#wakes.add(at, wake);
          return () => this.#wakes.remove(deadline);
        },
      },
      others: () => this.others,
      refused: (message) => say(`refused: ${message}`),
      restored: ({ titles }, words) => say(`${words}: ${titles.join(", ")}`),
      added: ({ titles }) => say(`added: ${titles.join(", ")}`),
      duplicate: (title) => say(`duplicate: ${title}`),
      lostChanged: () => say(`lost: ${this.keeper.lost.join(", ") || "nothing"}`),
      again: () => again(this),
    });
  }

  transact(requests: readonly Request[]): readonly Answer[] {
    this.requests.push(...requests);
    return requests.map((request) => {
      const errno = this.refuse(request);
      return errno === undefined ? { ok: true, messages: [] } : { ok: false, errno, text: undefined };
    });
  }

  /** Goes to the next time at which the keeper wants to be called. */
  wake(): Micros {
    const next = this.#wakes.first;
    if (next === undefined) throw new Error("nothing waits");
    const waited = next.at - this.now;
    this.#wakes.remove(next);
    this.now = next.at;
    next.value();
    return waited;
  }

  get waits(): boolean {
    return this.#wakes.first !== undefined;
  }

  /** Somebody removes it all. */
  flush(want: Placement): void {
    for (const { entry } of want.addresses) this.network.table.forget(entry);
    for (const { entry } of want.routes) this.routing.routes.forget(entry);
  }

  /** What was said since the last call. */
  takeSaid(): readonly string[] {
    return this.said.splice(0);
  }
}

function address(text: string, more: Partial<VirtualAddress> = {}): VirtualAddress {
  const none = { label: undefined, broadcast: undefined, peer: undefined, preferredLifetime: undefined };
  const usual = { prefixLength: text.includes(":") ? 64 : 32, interface: "d0", scope: 0, flags: [], tracked: true };
  return { address: ip(text), ...none, ...usual, ownVmac: false, ...more };
}

function route(destination: string, more: Partial<RouteConfig> = {}): RouteConfig {
  return { destination, tracked: true, trackGroup: undefined, options: [["dev", "d0"]], ...more };
}

function placed(addresses: readonly VirtualAddress[], routes: readonly RouteConfig[] = []): Placement {
  return placement({ addresses, routes, rules: [] }, PLACE);
}

const VIP = placed([address("192.0.2.1")]);
const TITLE = "address 192.0.2.1/32 on interface 3";

test("what somebody removes is put back at once; what is there is not asked for", () => {
  const stage = new Stage();
  stage.keeper.bring(VIP);
  stage.keeper.check(VIP);
  expect([stage.requests.length, stage.takeSaid()]).toEqual([1, []]);
  stage.flush(VIP);
  stage.keeper.check(VIP);
  expect([stage.requests.length, stage.takeSaid()]).toEqual([2, [`restored: ${TITLE}`]]);
});

test("addresses come first and go last", () => {
  const stage = new Stage();
  stage.keeper.bring(placed([address("192.0.2.1")], [route("10.0.0.0/8")]));
  stage.keeper.bring(NOWHERE);
  expect(stage.requests.map(({ type }) => type)).toEqual([20, 24, 25, 21]);
});

test("what is not tracked is not put back, but is at the next claim", () => {
  const stage = new Stage();
  const want = placed([address("192.0.2.1", { tracked: false })]);
  stage.keeper.bring(want);
  stage.flush(want);
  stage.keeper.check(want);
  expect(stage.requests).toHaveLength(1);
  stage.keeper.bring(want);
  expect(stage.requests).toHaveLength(2);
});

test("what another owner has too is not taken away", () => {
  const stage = new Stage();
  const both = placed([address("192.0.2.1"), address("192.0.2.2")]);
  stage.keeper.bring(both);
  stage.others = new Set(["addresses 3 192.0.2.1/32"]);
  stage.requests = [];
  stage.keeper.bring(NOWHERE);
  expect(stage.requests.map(({ body }) => decodeAddress(body))).toMatchObject([{ value: { address: "192.0.2.2" } }]);
});

test("in a fight each round waits longer; it is said when that begins, and no more", () => {
  const stage = new Stage(({ keeper }) => keeper.check(VIP));
  stage.keeper.bring(VIP);
  for (let i = 0; i < 20; i++) {
    stage.flush(VIP);
    stage.keeper.check(VIP);
  }
  expect(stage.takeSaid().map((line) => line.split(":")[0])).toEqual([...new Array(19).fill("restored"), "fight"]);
  const waited: Micros[] = [];
  for (let i = 0; i < 3; i++) {
    stage.flush(VIP);
    stage.keeper.check(VIP);
    waited.push(stage.wake());
  }
  expect(waited).toEqual([100, 200, 400].map(milliseconds));
  expect(new Set(stage.takeSaid().map((line) => line.split(":")[0]))).toEqual(new Set(["nothing"]));
});

test("what was there and is refused is lost, until it can be put there again; it is tried each ten seconds", () => {
  const want = placed([address("192.0.2.1")], [route("10.0.0.0/8")]);
  const stage = new Stage(({ keeper }) => keeper.probe(want));
  stage.keeper.bring(want);
  stage.routing.routes.clear();
  stage.refuse = ({ type }) => (type === RTM_NEWROUTE ? ENETUNREACH : undefined);
  stage.keeper.check(want);
  expect(stage.takeSaid()).toEqual([
    "refused: cannot add route 10.0.0.0/8: ENETUNREACH (Network is unreachable)",
    "lost: route 10.0.0.0/8",
  ]);
  stage.keeper.bring(NOWHERE); // a fault
  stage.keeper.probe(want);
  expect(stage.wake()).toBe(seconds(10));
  expect(stage.takeSaid()).toEqual([]);
  stage.refuse = () => undefined;
  stage.requests = [];
  stage.wake();
  expect(stage.takeSaid()).toEqual(["lost: nothing"]);
  expect(stage.requests.map(({ type }) => type)).toEqual([24, 25]); // it was tried, and taken away again
  expect(stage.waits).toBe(false);
});

test("what is refused because an interface is down is not lost: interfaces are tracked as such", () => {
  const want = placed([], [route("10.0.0.0/8")]);
  const stage = new Stage(({ keeper }) => keeper.check(want));
  stage.keeper.bring(want);
  stage.flush(want);
  stage.refuse = () => ENETDOWN;
  stage.keeper.check(want);
  expect([stage.keeper.lost, stage.waits]).toEqual([[], true]);
});

test("what is refused at first is said once, and tried again; it is no fault", () => {
  const want = placed([address("192.0.2.1")]);
  const stage = new Stage(({ keeper }) => keeper.check(want));
  stage.refuse = ({ type }) => (type === RTM_NEWADDR ? ENETUNREACH : undefined);
  stage.keeper.bring(want);
  stage.keeper.check(want);
  stage.wake();
  expect(stage.keeper.lost).toEqual([]);
  expect(stage.takeSaid()).toEqual([`refused: cannot add ${TITLE}: ENETUNREACH (Network is unreachable)`]);
  stage.refuse = () => undefined;
  stage.wake();
  expect(stage.takeSaid()).toEqual([`added: ${TITLE}`]);
});

test("an address that another host has is said once, and tried again at the pace of a fight", () => {
  const want = placed([address("2001:db8::1", { flags: ["-nodad"] })]);
  const stage = new Stage(({ keeper }) => keeper.check(want));
  const { table } = stage.network;
  const fail = (entry: InterfaceAddress): void => table.remember({ ...entry, flags: entry.flags | IFA_F_DADFAILED });
  stage.keeper.bring(want);
  for (let i = 0; i < 25; i++) {
    for (const { entry } of want.addresses) fail(entry);
    stage.keeper.check(want);
  }
  expect(stage.takeSaid()).toEqual(["duplicate: 2001:db8::1/64 on interface 3"]);
  expect(stage.requests).toHaveLength(1 + 2 * 20);
  expect(stage.wake()).toBe(milliseconds(100));
});

test("what has no place on this host is said, and who depends on it can ask", () => {
  const stage = new Stage();
  stage.refuse = () => ENETUNREACH;
  stage.keeper.bring(placed([address("192.0.2.1", { interface: "d9" })], [route("10.0.0.0/8", { trackGroup: "G" })]));
  expect(stage.takeSaid()).toEqual([
    "refused: cannot add address 192.0.2.1/32: there is no interface d9",
    "refused: cannot add route 10.0.0.0/8: ENETUNREACH (Network is unreachable)",
  ]);
  expect(stage.keeper.unable(new Set(["G"]))).toEqual(["route 10.0.0.0/8"]);
  expect(stage.keeper.unable(new Set(["H"]))).toEqual([]);
});
