import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Director, type Implementation, startDirector } from "./daemon.ts";
import { standInForIpvs } from "./ipvs-stand-in.ts";
import type { Lan } from "./lan.ts";

/** Both implementations on a kernel without IPVS, which is stood in for. Everything else is real. */
export class ChecksBench {
  readonly #folder = mkdtempSync(join(tmpdir(), "keepalived-ts-checks-"));
  readonly #environment = standInForIpvs(this.#folder);

  /** Starts a daemon on a node. */
  start(lan: Lan, node: string, text: string, implementation: Implementation = "ours"): Director {
    const config = this.configure(lan, node, text);
    return startDirector(lan, { node, implementation, config, environment: this.#environment });
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
