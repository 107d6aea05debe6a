// node dist/lab/services.js OUT.json [PATTERN]: the good configurations of the corpus, in our hands and in keepalived's
// beside each other: servers die and return, weights change, files are edited and read again. Both kernels' tables of
// each moment are written down; what must be true of them say the tests. Needs root and IPVS; with SERVICES=stand-in or
// every-edit a library stands in for IPVS. `services.js serve PORTS FOLDER` is the real servers.
import { writeFileSync } from "node:fs";
import { EMULATED, EVERY_EDIT, STAND_IN } from "./services/pace.ts";
import type { FileLife } from "./services/record.ts";
import { playCorpus } from "./services/run.ts";
import { serve } from "./services/servers.ts";

async function main(): Promise<void> {
  const [first = "/dev/stdout", ...rest] = process.argv.slice(2);
  if (first === "serve") return serve(JSON.parse(rest[0] ?? "{}"), rest[1] ?? "");
  const [pattern = ""] = rest;
  const ways = { "stand-in": STAND_IN, "every-edit": EVERY_EDIT };
  const play = ways[process.env["SERVICES"] as keyof typeof ways] ?? EMULATED;
  const files: FileLife[] = [];
  await playCorpus({
    ...{ ...play, only: new RegExp(pattern) },
    tell: (life) => {
      const { name, moments, took, error } = life;
      files.push(life);
      writeFileSync(first, JSON.stringify({ files }, undefined, 1)); // what comes later may take too long
      const differ = moments.filter(({ ours, keepalived }) => ours.join("\n") !== keepalived.join("\n"));
      console.log(`${name} ${took.toFixed(1)} s`, differ.map((moment) => moment.name).join(", "), error ?? "");
    },
  });
  process.exit(0);
}

await main();
