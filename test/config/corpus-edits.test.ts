import { expect, test } from "vitest";
import { planReload } from "../../src/plan/plan.ts";
import { configOf, servicesFiles } from "../lab/services/corpus.ts";
import { EDITS } from "../lab/services/edits.ts";
import { EMULATED } from "../lab/services/pace.ts";

const SERVICES = ["virtualServers", "fwmarkServers", "groupServers"];
const FILES = servicesFiles(EMULATED.pace).map((file) => ({ ...file, config: configOf(file.text) }));

test.each(Object.entries(EDITS))(
  "the edit `%s` changes the services of many configurations that are played, and nothing else",
  (name, edit) => {
    const most = /removed/.test(name) ? 0.2 : 0.7; // few have two services; a lone server cannot have a quorum of 2
    let count = 0;
    for (const { text, name: file, config } of FILES) {
      const next = edit(text);
      if (next === undefined) continue;
      const { fields, groups, lists } = planReload(config, configOf(next)).difference;
      const changed = [fields.map(({ field }) => field), Object.keys(groups), Object.keys(lists)].flat();
      if (changed.length > 0) count++;
      expect([file, changed.filter((part) => !SERVICES.includes(part))]).toEqual([file, []]);
    }
    expect(count).toBeGreaterThan(most * FILES.length);
  },
);
