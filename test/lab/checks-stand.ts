import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { Director, type Implementation } from "./daemon.ts";
import type { Lan } from "./lan.ts";
import { PROJECT } from "./run.ts";

/**
 * Both implementations on a kernel without IPVS: ours with a table that is said in the log, keepalived with a libnl that
 * takes every request. Everything else is real.
 */
export class ChecksBuild {
  readonly #folder = mkdtempSync(join(tmpdir(), "keepalived-ts-checks-"));

  async build(): Promise<void> {
    mkdirSync(join(this.#folder, "dist"));
    writeFileSync(join(this.#folder, "package.json"), '{ "type": "module" }');
    symlinkSync(join(PROJECT, "prebuilds"), join(this.#folder, "prebuilds"));
    const source = join(PROJECT, "test/lab/ipvs-stub.c");
    execFileSync("cc", ["-shared", "-fPIC", "-Wall", "-Werror", "-o", this.#stub, source]);
    const program = (name: string): string => join(PROJECT, `src/daemon/${name}.ts`);
    await build({
      entryPoints: {
        main: program("main"),
        vrrp: program("vrrp-process"),
        checkers: program("checkers-process"),
        bfd: program("bfd-process"),
      },
      outdir: join(this.#folder, "dist"),
      ...{ bundle: true, platform: "node", format: "esm", target: "node20", splitting: true, logLevel: "warning" },
      banner: {
        js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
      },
      plugins: [
        {
          name: "table",
          setup: ({ onResolve }) =>
            onResolve({ filter: /\/ipvs-table\.ts$/ }, () => ({ path: join(PROJECT, "test/lab/table-in-log.ts") })),
        },
      ],
    });
  }

  /** Starts a daemon on a node. */
  start(lan: Lan, node: string, text: string, implementation: Implementation = "ours"): Director {
    const director = new Director(lan, {
      ...{ node, implementation, config: this.configure(lan, node, text) },
      program: join(this.#folder, "dist/main.js"),
      environment: implementation === "ours" ? {} : { LD_PRELOAD: this.#stub },
    });
    director.start();
    return director;
  }

  configure(lan: Lan, node: string, text: string): string {
    const config = join(lan.folder, `${node}.conf`);
    writeFileSync(config, text);
    return config;
  }

  /** Puts another configuration in force. */
  async reload(lan: Lan, director: Director, text: string): Promise<void> {
    const from = director.log.mark();
    this.configure(lan, director.node, text);
    director.reload();
    await director.waitForLog(/Reload complete/, { from });
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  get #stub(): string {
    return join(this.#folder, "ipvs-stub.so");
  }
}

/** A `virtual_server 192.0.2.100 80` of these servers, by host: each with weight 7 and these checks. */
export function farm(servers: Readonly<Record<number, string>>, more = "delay_loop 1"): string {
  const blocks = Object.entries(servers).map(
    ([host, checks]) => `    real_server 192.0.2.${host} 80 {\n        weight 7\n${checks}\n    }`,
  );
  return `virtual_server 192.0.2.100 80 {
    lb_algo rr
    lb_kind DR
    protocol TCP
    ${more}
${blocks.join("\n")}
}
`;
}

/** What a daemon has said since `from` of these things, without its time. */
export function said(director: Director, from: number, pattern: RegExp): readonly string[] {
  return director.log.entries
    .slice(from)
    .map(({ text }) => text.replace(/^.*? \d{4}( \d+)?: /, ""))
    .filter((text) => pattern.test(text));
}
