import { duplicateWords, restoredWords } from "./item-words.ts";
import { Keeper } from "./keeper.ts";
import type { Router } from "./router.ts";
import type { RouterHost } from "./router-host.ts";
import type { RouterJournal } from "./router-journal.ts";

/** A router, as far as its keeper is concerned. */
interface Owner {
  readonly router: Router;
  readonly journal: RouterJournal;
  /** Tells the neighbours whose the virtual addresses are. */
  announce(): void;
}

/** Keeps a router's addresses, routes and rules: says and counts what it does, and announces addresses that are back. */
export function routerKeeper(host: RouterHost, { router, journal, announce }: Owner): Keeper {
  const { network, routing, clock, log } = host;
  const iname = (): string => router.config.name;
  return new Keeper({
    ...{ network, routing, clock },
    others: () => host.heldByOthers(router),
    refused: (error) => log.error("({iname}) {error}", { iname: iname(), error }),
    restored: (outcome, words) => {
      for (const line of restoredWords(iname(), outcome, words)) log.warning(line, { iname: iname() });
      journal.restored(outcome.added);
      if (outcome.added.addresses > 0) announce();
      host.changed();
    },
    added: ({ added }) => {
      if (added.addresses > 0) announce();
    },
    duplicate: (title) => log.error(duplicateWords(iname(), title), { iname: iname() }),
    lostChanged: () => router.reconsider(),
    again: () => router.reconsider(),
  });
}
