import fc from "fast-check";
import { expect, test } from "vitest";
import { Deadlines } from "../../src/base/deadlines.ts";
import { ip } from "../../src/base/ip.ts";
import { type Micros, seconds } from "../../src/base/time.ts";
import { Keeper } from "../../src/daemon/keeper.ts";
import { NOWHERE, type Placement, placement } from "../../src/daemon/placement.ts";
import { KernelTable } from "../../src/io/kernel-table.ts";
import { decodeAddress } from "../../src/netlink/address.ts";
import { ADDRESSES } from "../../src/netlink/address-kind.ts";
import { RTM_NEWADDR, RTM_NEWROUTE } from "../../src/netlink/constants.ts";
import type { Answer, Request } from "../../src/netlink/conversation.ts";
import { decodeRoute } from "../../src/netlink/route.ts";
import { ROUTES } from "../../src/netlink/route-kind.ts";
import { RULES } from "../../src/netlink/rule-kind.ts";
import { PLACE } from "../daemon/golden-items.ts";

const [EEXIST, ESRCH, EADDRNOTAVAIL] = [17, 3, 99];
const COUNT = 6;

/** Item n: an address where n is even, a route where it is odd. */
function wanted(items: readonly number[]): Placement {
  const addresses = items.filter((n) => n % 2 === 0).map((n) => `192.0.2.${n}`);
  const routes = items.filter((n) => n % 2 === 1).map((n) => `10.${n}.0.0/16`);
  const none = { label: undefined, broadcast: undefined, peer: undefined, preferredLifetime: undefined, flags: [] };
  const usual = { prefixLength: 32, interface: "d0", scope: 0, tracked: true, ownVmac: false };
  return placement(
    {
      addresses: addresses.map((text) => ({ address: ip(text), ...none, ...usual })),
      routes: routes.map((destination) => ({
        ...{ destination, tracked: true, trackGroup: undefined },
        options: [["dev", "d0"]],
      })),
      rules: [],
    },
    PLACE,
  );
}

/** The kernel as a set of keys: `a …`, `r …`. It tells of what others do, or loses routes without a word. */
class World {
  now: Micros = 0;
  readonly kernel = new Set<string>();
  readonly wakes = new Deadlines<() => void>();
  readonly network = { table: new KernelTable(this, ADDRESSES) };
  readonly routing = { routes: new KernelTable(this, ROUTES), rules: new KernelTable(this, RULES) };
  want = NOWHERE;
  readonly keeper = new Keeper({
    network: this.network,
    routing: this.routing,
    clock: {
      now: () => this.now,
      wakeAt: (at, wake) => {
        const deadline = this.wakes.add(at, wake);
        return () => this.wakes.remove(deadline);
      },
    },
    others: () => new Set(),
    refused: (message) => {
      throw new Error(message);
    },
    restored: () => {},
    added: () => {},
    duplicate: () => {},
    lostChanged: () => {},
    again: () => this.look(),
  });

  look(): void {
    this.keeper.check(this.want);
  }

  transact(requests: readonly Request[]): readonly Answer[] {
    return requests.map((request) => this.#answer(request));
  }

  #answer({ type, body }: Request): Answer {
    const isAddress = type === RTM_NEWADDR || type === RTM_NEWADDR + 1;
    const key = isAddress ? keyOfAddress(body) : keyOfRoute(body);
    const adds = type === RTM_NEWADDR || type === RTM_NEWROUTE;
    if (adds === this.kernel.has(key))
      return { ok: false, errno: adds ? EEXIST : isAddress ? EADDRNOTAVAIL : ESRCH, text: undefined };
    if (adds) this.kernel.add(key);
    else this.kernel.delete(key);
    return { ok: true, messages: [] };
  }

  /** Somebody removes an item; a route can go without a word, and is in doubt then. */
  remove(n: number, silent: boolean): void {
    const all = wanted([n]);
    for (const { entry, key } of all.addresses) if (this.kernel.delete(`a ${key}`)) this.network.table.forget(entry);
    for (const { entry, key } of all.routes) {
      if (!this.kernel.delete(`r ${key}`)) continue;
      if (silent) this.routing.routes.doubt(() => true);
      else this.routing.routes.forget(entry);
    }
  }
}

function keyOfAddress(body: Uint8Array): string {
  const decoded = decodeAddress(body);
  return `a ${decoded.ok ? ADDRESSES.key(decoded.value) : ""}`;
}

function keyOfRoute(body: Uint8Array): string {
  const decoded = decodeRoute(body);
  return `r ${decoded.ok ? ROUTES.key(decoded.value) : ""}`;
}

const subset = fc.subarray(Array.from({ length: COUNT }, (_, n) => n));
const event = fc.oneof(
  fc.record({ type: fc.constant("want" as const), items: subset }),
  fc.record({ type: fc.constant("remove" as const), item: fc.nat(COUNT - 1), silent: fc.boolean() }),
  fc.record({ type: fc.constant("wait" as const), time: fc.nat(seconds(20)) }),
);

test("whatever others remove, and whatever was wanted in between: a minute later there is what is wanted, and no more", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 120 }), (events) => {
      const world = new World();
      for (const each of events) {
        if (each.type === "wait") world.now += each.time;
        else if (each.type === "remove") world.remove(each.item, each.silent);
        else {
          world.want = wanted(each.items);
          world.keeper.bring(world.want);
        }
        world.look();
      }
      for (let next = world.wakes.first; next !== undefined; next = world.wakes.first) {
        world.wakes.remove(next);
        expect(next.at).toBeLessThanOrEqual(world.now + seconds(60));
        world.now = Math.max(world.now, next.at);
        next.value();
      }
      const { addresses, routes } = world.want;
      const expected = [...addresses.map(({ key }) => `a ${key}`), ...routes.map(({ key }) => `r ${key}`)];
      expect([...world.kernel].sort()).toEqual(expected.sort());
    }),
    { numRuns: 200 },
  );
});
