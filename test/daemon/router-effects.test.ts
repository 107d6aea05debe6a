import { expect, test } from "vitest";
import { RouterEffects } from "../../src/daemon/router-effects.ts";

type Parts = ConstructorParameters<typeof RouterEffects>[1];
type Host = ConstructorParameters<typeof RouterEffects>[0];

/** Parts that write down what is asked of them. */
function stage(): { readonly effects: RouterEffects; readonly done: string[] } {
  const done: string[] = [];
  const say = (what: string) => (): void => void done.push(what);
  const host = { guard: say("guard"), places: { of: () => ({}) } };
  const parts = {
    router: { config: {}, parameters: {}, catchUp: say("catch up") },
    journal: { items: say("say which items") },
    announcements: { feed: ({ type }: { readonly type: string }) => say(`announce: ${type}`)() },
    advertiser: {},
    keeper: {
      bring: () => {
        done.push("bring");
        return { added: { addresses: 1 } };
      },
    },
  };
  return { effects: new RouterEffects(host as unknown as Host, parts as unknown as Parts), done };
}

test("a new master guards, brings and announces its addresses, and between that has its turn to advertise", () => {
  const { effects, done } = stage();
  effects.perform({ type: "claim-addresses" });
  expect(done).toEqual(["say which items", "guard", "bring", "catch up", "announce: claimed"]);
});

test("one that leaves drops what it had to announce before it removes anything", () => {
  const { effects, done } = stage();
  effects.perform({ type: "release-addresses" });
  expect(done).toEqual(["announce: released", "say which items", "bring", "guard"]);
});
