import { expect, test } from "vitest";
import { type Asker, KernelTable, type Keyed, keyed } from "../../src/io/kernel-table.ts";
import type { Answer, Request } from "../../src/netlink/conversation.ts";
import type { TableKind } from "../../src/netlink/table-kind.ts";

/** An entry of a made-up table: its place, and what is there. A place of "full" takes nothing. */
interface Entry {
  readonly place: string;
  readonly value: number;
}
const [ADD, REMOVE, EEXIST, ENOENT, ENOSPC] = [1, 2, 17, 2, 28];

const KIND: TableKind<Entry> = {
  what: "entry",
  key: ({ place }) => place,
  same: (have, want) => have.value === want.value,
  add: (entry) => ({ type: ADD, flags: 0, body: new TextEncoder().encode(JSON.stringify(entry)) }),
  remove: (entry) => ({ type: REMOVE, flags: 0, body: new TextEncoder().encode(JSON.stringify(entry)) }),
  title: ({ place, value }) => `${place}=${value}`,
  there: [EEXIST],
  gone: [ENOENT],
};

/** A kernel with such a table, and what it was asked. */
class Kernel implements Asker {
  readonly table = new Map<string, number>();
  readonly asked: string[] = [];

  transact(requests: readonly Request[]): readonly Answer[] {
    return requests.map((request) => this.#answer(request));
  }

  #answer({ type, body }: Request): Answer {
    const { place, value } = JSON.parse(new TextDecoder().decode(body)) as Entry;
    this.asked.push(`${type === ADD ? "+" : "-"}${place}=${value}`);
    const refuse = (errno: number): Answer => ({ ok: false, errno, text: "no room" });
    if (type === REMOVE) return this.table.delete(place) ? { ok: true, messages: [] } : refuse(ENOENT);
    if (place === "full") return refuse(ENOSPC);
    if (this.table.has(place)) return refuse(EEXIST);
    this.table.set(place, value);
    return { ok: true, messages: [] };
  }
}

function item(place: string, value = 1): Keyed<Entry> {
  return keyed(KIND, { place, value });
}

function setUp(...there: readonly Keyed<Entry>[]) {
  const kernel = new Kernel();
  const table = new KernelTable<Entry>(kernel, KIND, { mirrors: ({ place }) => place !== "unseen" });
  for (const { entry } of there) {
    kernel.table.set(entry.place, entry.value);
    table.remember(entry);
  }
  return { kernel, table };
}

test("what is there and wanted is not touched, what is owned and not wanted goes, what is another's stays", () => {
  const { kernel, table } = setUp(item("a"), item("b"), item("c"));
  const { added } = table.apply([item("a"), item("b")], [item("b"), item("d")]);
  expect(kernel.asked).toEqual(["-a=1", "+d=1"]);
  expect([...kernel.table.keys()]).toEqual(["b", "c", "d"]);
  expect(added.map(({ key }) => key)).toEqual(["d"]);
});

test("what is otherwise than wanted is taken away first", () => {
  const { kernel, table } = setUp(item("a", 1));
  expect(table.holds(item("a", 2))).toBe(false);
  table.apply([], [item("a", 2)]);
  expect(kernel.asked).toEqual(["-a=1", "+a=2"]);
  expect(table.holds(item("a", 2))).toBe(true);
});

test("one that is wanted twice is asked for once", () => {
  const { kernel, table } = setUp();
  table.apply([], [item("a", 1), item("a", 2)]);
  expect(kernel.asked).toEqual(["+a=1"]);
});

test("what was there already, or gone already, is as good; but it was not added", () => {
  const { kernel, table } = setUp(item("a"));
  kernel.table.clear();
  kernel.table.set("b", 1);
  const { added, refused } = table.apply([item("a")], [item("b")]);
  expect([added, refused]).toEqual([[], []]);
  expect([table.holds(item("a")), table.holds(item("b"))]).toEqual([false, true]);
});

test("a refusal is said with the kernel's words, and the rest is done", () => {
  const { table } = setUp();
  const { added, refused } = table.apply([], [item("full"), item("b")]);
  expect(added.map(({ key }) => key)).toEqual(["b"]);
  expect(refused.map(({ key, error }) => [key, error.message])).toEqual([
    ["full", "cannot add entry full=1: ENOSPC (No space left on device): no room"],
  ]);
  expect(table.holds(item("full"))).toBe(false);
});

test("what is in doubt is asked for again, with no harm where it is still there", () => {
  const { kernel, table } = setUp(item("a"), item("b"));
  expect(table.doubt(({ place }) => place === "a")).toBe(true);
  expect(table.doubt(({ place }) => place === "z")).toBe(false);
  expect(table.apply([], [item("a"), item("b")]).added).toEqual([]);
  expect(kernel.asked).toEqual(["+a=1"]);
});

test("of what nobody tells us the owner's word counts", () => {
  const { kernel, table } = setUp();
  kernel.table.set("unseen", 1);
  table.apply([item("unseen"), item("seen")], []);
  expect(kernel.asked).toEqual(["-unseen=1"]);
});
