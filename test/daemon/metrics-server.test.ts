import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { serveMetrics } from "../../src/daemon/metrics-server.ts";

const page = { contentType: "text/plain; version=0.0.4", render: async () => "keepalived_up 1\n" };

test("GET /metrics and /healthz are answered, nothing else is", async () => {
  const server = await serveMetrics({ host: "127.0.0.1", port: 0 }, page);
  const { port } = server.address() as AddressInfo;
  const get = async (path: string, method = "GET"): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return `${response.status} ${response.headers.get("content-type")} ${await response.text()}`;
  };
  expect(await get("/metrics?x=1")).toBe("200 text/plain; version=0.0.4 keepalived_up 1\n");
  expect(await get("/healthz")).toContain("200 ");
  expect(await get("/")).toContain("404 ");
  expect(await get("/metrics", "POST")).toContain("405 ");
  server.closeAllConnections();
  server.close();
});

test("a port in use is the caller's to report", async () => {
  const server = await serveMetrics({ host: "127.0.0.1", port: 0 }, page);
  const { port } = server.address() as AddressInfo;
  await expect(serveMetrics({ host: "127.0.0.1", port }, page)).rejects.toThrow("EADDRINUSE");
  server.close();
});
