import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seconds } from "../../src/base/time.ts";
import type { Lan } from "./lan.ts";
import { until } from "./run.ts";

/** A web server (nginx) on a node that answers every request with the node's name, and `/healthz` with `ok`. */
export class WebServer {
  readonly node: string;
  readonly #lan: Lan;
  readonly #folder: string;

  private constructor(lan: Lan, node: string) {
    this.#lan = lan;
    this.node = node;
    this.#folder = join(lan.folder, `${node}-web`);
  }

  /** Listens on the ports when the promise is kept. */
  static async start(lan: Lan, node: string, ports: readonly number[]): Promise<WebServer> {
    const server = new WebServer(lan, node);
    mkdirSync(server.#folder, { recursive: true });
    writeFileSync(join(server.#folder, "nginx.conf"), configuration(server.#folder, node, ports));
    await server.start();
    return server;
  }

  /** Starts again; nginx returns from its start once it listens. */
  async start(): Promise<void> {
    const file = join(this.#folder, "nginx.conf");
    await this.#lan.run(this.node, ["nginx", "-c", file, "-e", join(this.#folder, "error.log")]);
  }

  /** Connections are refused from here on. */
  async stop(): Promise<void> {
    const pid = Number(readFileSync(join(this.#folder, "pid"), "utf8"));
    process.kill(pid, "SIGTERM");
    await until(`end of nginx on ${this.node}`, async () => !existsSync(`/proc/${pid}`), seconds(30));
  }
}

function configuration(folder: string, name: string, ports: readonly number[]): string {
  const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (use) => `${use}_temp_path ${folder}/${use};`,
  );
  return `
user root;
worker_processes 1;
pid ${folder}/pid;
events { worker_connections 512; }
http {
  access_log off;
  keepalive_timeout 0;
  default_type text/plain;
  ${scratch.join("\n  ")}
  server {
    ${ports.map((port) => `listen ${port};`).join(" ")}
    location = /healthz { return 200 "ok\\n"; }
    location / { return 200 "${name}\\n"; }
  }
}
`;
}
