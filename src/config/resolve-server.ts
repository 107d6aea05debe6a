import { family } from "../base/ip.ts";
import type { Forwarding, Protocol } from "../base/ipvs.ts";
import type { VIRTUAL_SERVER } from "../keywords/lvs.ts";
import type { Endpoint } from "../keywords/read-server.ts";
import type { REAL_SERVER } from "../keywords/real-server.ts";
import type { Report } from "../syntax/report.ts";
import { type Body, last, type Setting, type Settings } from "../syntax/table.ts";
import type { RealServerConfig, SorryServerConfig } from "./model.ts";
import { resolveCheckers } from "./resolve-check.ts";

/** The service whose servers are resolved. */
export interface Service extends Endpoint {
  readonly protocol: Protocol;
  readonly name: string; // `[10.9.0.100]:tcp:80`
  readonly forwarding: Forwarding;
  readonly given: Settings<typeof VIRTUAL_SERVER>;
}

/** A real server with everything it inherits: from its virtual server, and its checkers from it. */
export function resolveRealServer(
  { value: { header, settings: own }, span }: Setting<Body<Endpoint, typeof REAL_SERVER>>,
  service: Service,
  report: Report,
): RealServerConfig {
  const { given } = service;
  const forwarding = last(own.lvs_method)?.value ?? service.forwarding;
  const weight = last(own.weight)?.value ?? last(given.weight)?.value ?? 1;
  const checkers = resolveCheckers(
    { tcp: own.TCP_CHECK, http: own.HTTP_GET },
    {
      address: header.address,
      // Keepalived differs: it checks port 0 where the real server's line has no port.
      port: header.port === 0 ? service.port : header.port,
      alpha: last(own.alpha)?.value ?? given.alpha.length > 0,
      retry: last(own.retry)?.value ?? last(given.retry)?.value,
      delayBeforeRetry: last(own.delay_before_retry)?.value ?? last(given.delay_before_retry)?.value,
      warmup: last(own.warmup)?.value ?? last(given.warmup)?.value,
      delayLoop: last(own.delay_loop)?.value ?? last(given.delay_loop)?.value,
      connectTimeout: last(own.connect_timeout)?.value ?? last(given.connect_timeout)?.value,
      virtualHost: last(own.virtualhost)?.value ?? last(given.virtualhost)?.value,
    },
    report,
  );
  return {
    address: header.address,
    port: portOf({ ...header, forwarding, what: "real", span }, service, report),
    weight,
    forwarding,
    ...thresholds(own, report),
    inhibitOnFailure: last(own.inhibit_on_failure)?.value ?? given.inhibit_on_failure.length > 0,
    checkers,
  };
}

function thresholds(
  { uthreshold, lthreshold }: Settings<typeof REAL_SERVER>,
  report: Report,
): Pick<RealServerConfig, "upperThreshold" | "lowerThreshold"> {
  const upperThreshold = last(uthreshold)?.value ?? 0;
  const lower = last(lthreshold);
  if (lower === undefined || lower.value <= upperThreshold)
    return { upperThreshold, lowerThreshold: lower?.value ?? 0 };
  const message = `\`lthreshold ${lower.value}\` is above \`uthreshold ${upperThreshold}\` and has no effect`;
  report.error(["conflict", message], lower.span, { help: "the kernel refuses such a server" });
  return { upperThreshold, lowerThreshold: 0 };
}

interface Placed extends Endpoint {
  readonly forwarding: Forwarding;
  readonly what: "real" | "sorry";
  readonly span: Setting<unknown>["span"];
}

/** The port connections arrive at: only NAT can change it. */
function portOf({ address, port, forwarding, what, span }: Placed, service: Service, report: Report): number {
  if (port === 0 || port === service.port) return service.port;
  if (forwarding === "nat") return port;
  const other = what === "sorry" ? "sorry server" : `real server [${address}]:${service.protocol}:${port}`;
  const way = forwarding === "dr" ? "direct routing" : "tunnelling";
  report.warning(
    [
      "port-reset",
      `${way} cannot rewrite ports: connections reach \`${address}\` on port ${service.port}, not ${port}`,
    ],
    span,
    {
      status: 5,
      help: `use \`lb_kind NAT\`, or let the server listen on port ${service.port} and write \`${what}_server ${address} ${service.port}\``,
      keepalived: `WARNING - virtual server ${service.name} and ${other} ports don't match - resetting`,
    },
  );
  return service.port;
}

/** The sorry server, if one is given that can be used. */
export function resolveSorryServer(
  service: Service,
  realServers: readonly RealServerConfig[],
  report: Report,
): SorryServerConfig | undefined {
  const { given } = service;
  const sorry = last(given.sorry_server);
  const after = <T>(settings: readonly Setting<T>[]): readonly Setting<T>[] =>
    settings.filter(({ order }) => sorry !== undefined && order > sorry.order);
  for (const early of given.sorry_server_inhibit.filter((setting) => !after([setting]).includes(setting)))
    misplaced(early, "sorry_server_inhibit", "inhibit");
  for (const early of given.sorry_server_lvs_method.filter((setting) => !after([setting]).includes(setting)))
    misplaced(early, "sorry_server_lvs_method", "forwarding method");
  if (sorry === undefined) return undefined;
  const forwarding = last(after(given.sorry_server_lvs_method))?.value ?? service.forwarding;
  const { address } = sorry.value;
  if (family(address) !== family(service.address) && forwarding !== "tun") {
    const keepalived = `${sorry.at}Address family of virtual server and sorry server ${address} don't match - skipping sorry server.`;
    const message = `sorry_server \`${address}\` is of another family than the service and is left out`;
    report.error(["bad-address", message], sorry.span, { keepalived });
    return undefined;
  }
  // Keepalived differs: with NAT a sorry server without a port keeps port 0.
  const port = portOf({ ...sorry.value, forwarding, what: "sorry", span: sorry.span }, service, report);
  const twin = realServers.find((real) => real.address === address && real.port === port);
  const inhibitOnFailure = after(given.sorry_server_inhibit).length > 0;
  if (twin !== undefined && twin.inhibitOnFailure !== inhibitOnFailure)
    report.warning(
      ["conflict", "the sorry server is a real server too and shares its `inhibit_on_failure`"],
      sorry.span,
    );
  return { address, port, forwarding, inhibitOnFailure: twin?.inhibitOnFailure ?? inhibitOnFailure };

  function misplaced({ keyword, at }: Setting<unknown>, name: string, logged: string): void {
    const keepalived = `${at}Ignoring sorry_server ${logged} used before or without sorry_server`;
    report.error(["bad-place", `\`${name}\` must stand below \`sorry_server\``], keyword, { keepalived });
  }
}
