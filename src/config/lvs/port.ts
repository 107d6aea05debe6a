import type { Forwarding } from "../../base/ipvs.ts";
import type { Endpoint } from "../../keywords/read-server.ts";
import type { Report } from "../../syntax/report.ts";
import type { Setting } from "../../syntax/table.ts";
import type { Group } from "./group.ts";
import type { Service } from "./server.ts";

/** A server as it is written, and how connections reach it. */
interface Placed extends Endpoint {
  readonly forwarding: Forwarding;
  readonly what: "real" | "sorry";
  readonly place: Pick<Setting<unknown>, "span">;
}

/** The port connections arrive at: only NAT can change it. 0: the one they came to. */
export function placedPort(placed: Placed, service: Service, report: Report): number {
  const { port, forwarding } = placed;
  const { reached } = service;
  // Keepalived differs: with NAT a sorry server without a port keeps port 0.
  if (reached.type === "address" && (port === 0 || port === reached.port)) return reached.port;
  if (port === 0 || forwarding === "nat") return port;
  switch (reached.type) {
    case "address":
      reset(placed, reached.port, service, report);
      return reached.port;
    case "fwmark":
      ignored(placed, service, report);
      return 0;
    case "group":
      if (reached.group.marked || placed.what === "sorry") ignored(placed, service, report);
      else differing(placed, reached.group, service, report);
      return 0;
  }
}

/** The server as Keepalived names it. */
function serverName({ address, port, what }: Placed, { protocol }: Service): string {
  return what === "sorry" ? "sorry server" : `real server [${address}]:${protocol ?? "none"}:${port}`;
}

function wayOf({ forwarding }: Placed): string {
  return forwarding === "dr" ? "direct routing" : "tunnelling";
}

function reset(placed: Placed, port: number, service: Service, report: Report): void {
  const { address, what, place } = placed;
  const finding = `${wayOf(placed)} cannot rewrite ports: connections reach \`${address}\` on port ${port}, not ${placed.port}`;
  report.warning(["port-reset", finding], place.span, {
    status: 5,
    help: `use \`lb_kind NAT\`, or let the server listen on port ${port} and write \`${what}_server ${address} ${port}\``,
    keepalived: `WARNING - virtual server ${service.name} and ${serverName(placed, service)} ports don't match - resetting`,
  });
}

/** A port beside a firewall mark, or of the sorry server of a group. */
function ignored(placed: Placed, service: Service, report: Report): void {
  const { address, what, place } = placed;
  const marks = service.reached.type === "fwmark";
  const done = marks ? "clearing" : "port will be ignored";
  const owner = what === "sorry" ? `virtual server ${service.name}` : `fwmark virtual server ${service.name}`;
  const finding = `${wayOf(placed)} cannot rewrite ports: connections reach \`${address}\` on the port they came to, not on ${placed.port}`;
  report.warning(["port-reset", finding], place.span, {
    status: 5,
    help: `use \`lb_kind NAT\`, or write \`${what}_server ${address}\``,
    keepalived: `WARNING - ${owner}, ${serverName(placed, service)} has port specified - ${done}`,
  });
}

/** A port that is not that of every member. */
function differing(placed: Placed, { ranges }: Group, service: Service, report: Report): void {
  const others = ranges.filter(({ port }) => port !== placed.port);
  if (others.length === 0) return;
  const { address, place } = placed;
  const lines = others.map(({ from, to, port }) => {
    const member = from === to ? from : `${from}-${to}`;
    return `virtual server ${service.name}:[${member},${port}] and ${serverName(placed, service)} ports don't match`;
  });
  const ports = [...new Set(others.map(({ port }) => port))].join(", ");
  const finding = `${wayOf(placed)} cannot rewrite ports: connections to port ${ports} of the group do not reach \`${address}\` on ${placed.port}`;
  report.warning(["port-reset", finding], place.span, {
    status: 5,
    help: "use `lb_kind NAT`, or a group for each port",
    keepalived: lines.join("\n"),
  });
}
