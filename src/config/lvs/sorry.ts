import type { Family } from "../../base/ip.ts";
import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import { last, type Setting } from "../../syntax/table.ts";
import type { RealServerConfig, SorryServerConfig } from "../model/lvs.ts";
import { placedPort } from "./port.ts";
import { fits, type Service } from "./server.ts";

/** What the sorry server must fit to. `end`: of the block, where Keepalived looks at it. */
interface SorryPlace {
  readonly service: Service;
  readonly family: Family | undefined; // of the service; undefined: both
  readonly realServers: readonly RealServerConfig[];
  readonly end: Span;
}

/** The sorry server, if one is given that can be used. */
export function resolveSorryServer(
  { service, family: wanted, realServers, end }: SorryPlace,
  report: Report,
): SorryServerConfig | undefined {
  const { given } = service;
  const sorry = last(given.sorry_server);
  const isAbove = ({ order }: Setting<unknown>): boolean => sorry === undefined || order < sorry.order;
  for (const early of given.sorry_server_inhibit.filter(isAbove))
    misplaced(early, "sorry_server_inhibit", "Ignoring sorry_server inhibit used before or without sorry_server");
  for (const early of given.sorry_server_lvs_method.filter(isAbove))
    misplaced(early, "sorry_server_lvs_method", "sorry_server forwarding used without sorry_server");
  if (sorry === undefined) return undefined;
  const method = last(given.sorry_server_lvs_method.filter((setting) => !isAbove(setting)))?.value ?? service.method;
  const { forwarding, tunnel } = method;
  const { address } = sorry.value;
  if (!fits(address, wanted, method)) {
    const keepalived = `(${end.file}: Line ${end.line}) Address family of virtual server and sorry server ${address} don't match - skipping sorry server.`;
    const message = `sorry_server \`${address}\` is of another family than the service and is left out`;
    report.error(["bad-address", message], sorry.span, { keepalived, help: "only a tunnel leads to the other family" });
    return undefined;
  }
  const port = placedPort({ ...sorry.value, forwarding, what: "sorry", place: sorry }, service, report);
  const twin = realServers.find((real) => real.address === address && real.port === port);
  const inhibitOnFailure = given.sorry_server_inhibit.some((setting) => !isAbove(setting));
  if (twin !== undefined && twin.inhibitOnFailure !== inhibitOnFailure) {
    const change = twin.inhibitOnFailure ? "setting" : "clearing";
    const name = `[${address}]:${service.protocol ?? "none"}:${port}`;
    const keepalived = `Virtual server ${service.name}: real server ${name} matches sorry server, but inhibit setting differs, ${change} on sorry server`;
    const message = "the sorry server is a real server too and shares its `inhibit_on_failure`";
    report.warning(["conflict", message], sorry.span, { status: 5, keepalived });
  }
  return { address, port, forwarding, tunnel, inhibitOnFailure: twin?.inhibitOnFailure ?? inhibitOnFailure };

  function misplaced({ keyword, at }: Setting<unknown>, name: string, logged: string): void {
    const keepalived = `${at}${logged}`;
    const related = sorry === undefined ? {} : { related: [{ span: sorry.keyword, message: "it stands here" }] };
    const help = sorry === undefined ? "add `sorry_server ADDRESS PORT` above it" : "move it down";
    report.error(["bad-place", `\`${name}\` must stand below \`sorry_server\``], keyword, {
      keepalived,
      help,
      ...related,
    });
  }
}
