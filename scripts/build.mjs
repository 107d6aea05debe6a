// Builds what runs: the addon with one call of cc, the four programs and the laboratory's with esbuild.
// `node scripts/build.mjs native` builds the addon alone, `node scripts/build.mjs lab` the laboratory alone.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const root = dirname(dirname(new URL(import.meta.url).pathname));
const require = createRequire(import.meta.url);

export function buildNative() {
  const into = join(root, "prebuilds", `${process.platform}-${process.arch}`);
  mkdirSync(into, { recursive: true });
  const include = require("node-api-headers").include_dir;
  const sources = readdirSync(join(root, "native"))
    .filter((file) => file.endsWith(".c"))
    .map((file) => join(root, "native", file));
  const flags = ["-shared", "-fPIC", "-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"];
  execFileSync(process.env.CC ?? "cc", [...flags, `-I${include}`, "-o", join(into, "keepalived.node"), ...sources], {
    stdio: "inherit",
  });
}

export async function buildPrograms() {
  mkdirSync(join(root, "dist"), { recursive: true });
  for (const file of readdirSync(join(root, "dist")).filter((name) => /\.js(\.map)?$/.test(name)))
    rmSync(join(root, "dist", file)); // chunks of earlier builds
  const programs = {
    main: "src/daemon/main.ts",
    vrrp: "src/daemon/vrrp-process.ts",
    checkers: "src/daemon/checkers-process.ts",
    bfd: "src/daemon/bfd-process.ts",
    "js-check": "src/daemon/js-check-thread.ts",
  };
  await Promise.all(Object.entries(programs).map(([name, file]) => buildProgram(name, file)));
}

/** What a program loads at its start is one file or a few: with chunks for all in common each opened thirty. */
async function buildProgram(name, file) {
  await build({
    absWorkingDir: root,
    entryPoints: { [name]: file },
    chunkNames: `${name}-[name]-[hash]`,
    outdir: "dist",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    legalComments: "none",
    logLevel: "warning",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
}

/** One file each and nothing else to load: inside the emulated kernel every file that Node opens is felt. */
export async function buildLab() {
  const programs = [
    "clusters",
    "client-agent",
    "resilience",
    "ipvs",
    "ipvsadm",
    "snmp-services",
    "links",
    "checks",
    "services",
    "traffic",
    "demo",
    "bench/failover",
    "bench/lb",
  ].filter((name) => existsSync(join(root, `test/lab/${name}.ts`)));
  await build({
    absWorkingDir: root,
    entryPoints: programs.map((name) => ({ in: `test/lab/${name}.ts`, out: name.replace("/", "-") })),
    outdir: "dist/lab",
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    legalComments: "none",
    logLevel: "warning",
  });
  const program = join(root, "dist/lab/connections");
  execFileSync(process.env.CC ?? "cc", [
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-o",
    program,
    `${root}/test/lab/connections.c`,
  ]);
}

const [only] = process.argv.slice(2);
if (only !== "lab") buildNative();
if (only === undefined) await buildPrograms();
if (only !== "native") await buildLab();
