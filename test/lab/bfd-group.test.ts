import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { BfdStand, said, session } from "./bfd-stand.ts";
import type { Implementation } from "./daemon.ts";
import { until } from "./run.ts";

/** The sessions, each between addresses of its own, and how the group tracks them. */
const TRACKED = { W: "weight -30", R: "weight 20 reverse", N: "weight 7 noreverse", F: "" };
const NAMES = Object.keys(TRACKED);
const OURS = 10;
const THEIRS = 20;
const address = (from: number, i: number): string => `192.0.2.${from + i}`;

const member = (n: number): string => `vrrp_instance V${n} {
    state BACKUP
    interface eth0
    virtual_router_id 5${n}
    priority 100
    virtual_ipaddress {
        192.0.2.10${n}
    }
}
`;

const GROUP = `vrrp_sync_group G {
    group {
        V1
        V2
    }
    track_bfd {
        ${Object.entries(TRACKED)
          .map((words) => words.join(" "))
          .join("\n        ")}
    }
}
`;

test.concurrent.each<Implementation>(["ours", "keepalived"])(
  "%s: what vrrp_sync_group tracks by BFD counts for each member: weight, reverse, noreverse, and a fault for all",
  async (implementation) => {
    await BfdStand.with(async (stand) => {
      const sessions = (source: number, neighbor: number, n: string): string =>
        NAMES.map((name, i) =>
          session({
            ...{ name, source: address(source, i), neighbor: address(neighbor, i) },
            more: name === "N" ? n : "",
          }),
        ).join("");
      for (const [i] of NAMES.entries())
        for (const [node, from] of [["left", OURS] as const, ["right", THEIRS] as const])
          await stand.lan.run(node, ["ip", "address", "add", `${address(from, i)}/24`, "dev", "eth0"]);
      const text = sessions(OURS, THEIRS, "weight 9 reverse") + GROUP + member(1) + member(2);
      const director = stand.start("left", text, implementation);
      const priorities = (): readonly (string | undefined)[] =>
        [1, 2].map((n) =>
          said(director, 0, new RegExp(`^\\(V${n}\\) Changing effective priority`))
            .at(-1)
            ?.replace(/.* to /, ""),
        );
      const come = async (priority: string): Promise<void> =>
        await until(
          `priority ${priority} instead of ${priorities()}`,
          async () => priorities().every((each) => each === priority),
          seconds(15),
        );
      await come("70");
      await director.waitForLog(/\(V2\) entering FAULT state/i);
      const neighbour = stand.start("right", sessions(THEIRS, OURS, ""));
      for (const name of NAMES)
        await director.waitForLog(new RegExp(`VRRP_Instance\\(V2\\) Tracked BFD instance ${name} is UP`));
      await come("87");
      for (const name of ["V1", "V2"]) await director.waitForLog(new RegExp(`\\(${name}\\) Entering BACKUP STATE`));
      const from = director.log.mark();
      await neighbour.killAll();
      await come("70");
      await director.waitForLog(/VRRP_Group\(G\) Syncing instances to FAULT state/, { from });
      expect(said(director, from, /\(V1\) Entering/)).toEqual(["(V1) Entering FAULT STATE"]);
    });
  },
);
