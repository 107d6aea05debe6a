import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { MetricsPage } from "../observe/metrics.ts";
import type { Endpoint } from "./options.ts";

/** Serves GET /metrics and GET /healthz. Rejects where it cannot listen; the daemon lives without it. */
export async function serveMetrics({ host, port }: Endpoint, page: MetricsPage): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, page).then(
      ({ status, type, body }) => send(response, status, type, body),
      (error) => send(response, 500, TEXT, `${error}\n`),
    );
  });
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 65_000; // longer than a scrape interval
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, resolve);
  });
  server.on("error", () => {}); // descriptors ran out: the next scrape may find one
  server.unref();
  return server;
}

const TEXT = "text/plain; charset=utf-8";

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function answer({ method, url = "" }: IncomingMessage, page: MetricsPage): Promise<Reply> {
  const [path] = url.split("?");
  if (path !== "/metrics" && path !== "/healthz") return { status: 404, type: TEXT, body: "see /metrics\n" };
  if (method !== "GET" && method !== "HEAD") return { status: 405, type: TEXT, body: "GET only\n" };
  if (path === "/healthz") return { status: 200, type: TEXT, body: "ok\n" };
  return { status: 200, type: page.contentType, body: await page.render() };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, ...(status === 405 ? { allow: "GET, HEAD" } : {}) });
  response.end(body);
}
