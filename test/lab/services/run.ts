import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { standInForIpvs } from "../ipvs-stand-in.ts";
import { configOf, ports, servicesFiles } from "./corpus.ts";
import { EDITS } from "./edits.ts";
import { Life } from "./life.ts";
import type { Play } from "./pace.ts";
import type { FileLife, ServicesRecord } from "./record.ts";
import { type Equipment, Side } from "./side.ts";

/** Plays every file on both sides. */
export async function playCorpus(play: Play): Promise<ServicesRecord> {
  const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-services-"));
  try {
    certificate(folder);
    const all = servicesFiles(play.pace);
    const equipment: Equipment = {
      ports: ports(all.map(({ text }) => configOf(text))),
      folder,
      standIn: play.standIn ? standInForIpvs(folder).LD_PRELOAD : undefined,
    };
    const waiting = all.map((file, i) => ({ file, i })).filter(({ file }) => play.only?.test(file.name) ?? true);
    const files: FileLife[] = [];
    const stages = Array.from({ length: Math.min(play.stages, waiting.length) }, async () => {
      const sides = [await Side.open("ours", equipment), await Side.open("keepalived", equipment)] as const;
      try {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const life = await new Life(sides, next.file, play).live(editsOf(next.i, play.edits));
          files.push(life);
          play.tell?.(life);
        }
      } finally {
        for (const side of sides) side.close();
      }
    });
    const ended = await Promise.allSettled(stages);
    for (const end of ended) if (end.status === "rejected") throw end.reason;
    return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The edits of the n-th file: each kind has its turn. */
function editsOf(n: number, count: number): readonly string[] {
  const kinds = Object.keys(EDITS);
  return kinds.filter((_, i) => (i - n * count + kinds.length * n) % kinds.length < count);
}

function certificate(folder: string): void {
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const files = ["-keyout", join(folder, "client.key"), "-out", join(folder, "client.pem")];
  execFileSync("openssl", [...request, "-subj", "/CN=www.example.com", ...files], { stdio: "ignore" });
}
