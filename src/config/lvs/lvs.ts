import { family } from "../../base/ip.ts";
import { serviceName } from "../../base/ipvs.ts";
import type { GLOBAL_DEFS } from "../../keywords/global.ts";
import type { TOP } from "../../keywords/language.ts";
import type { Endpoint } from "../../keywords/read-server.ts";
import type { Report } from "../../syntax/report.ts";
import { last, type Settings } from "../../syntax/table.ts";
import type { FwmarkServerConfig, GroupServerConfig, LvsConfig, VirtualServerConfig } from "../model/lvs.ts";
import { type Claim, meetings } from "../vrrp/overlap.ts";
import { ofAddress, ofServers } from "./family.ts";
import { type Groups, resolveGroups } from "./group.ts";
import { resolveByGroup } from "./grouped.ts";
import { type LvsContext, lvsContext } from "./lvs-context.ts";
import { hasServers, resolvePool, type Unnumbered } from "./pool.ts";
import { checkProtocol, defaultProtocol, type ServiceBody, titleOf } from "./service.ts";
import { resolveSsl } from "./ssl.ts";

/** The load-balancing side of a file. `globals`: all `global_defs` in one. */
export function resolveLvs(
  tree: Settings<typeof TOP>,
  globals: Settings<typeof GLOBAL_DEFS>,
  report: Report,
): LvsConfig {
  const context = lvsContext(tree, globals, report);
  const groups = resolveGroups(tree.virtual_server_group, report);
  const found: Found = { addresses: [], fwmarks: [], grouped: [], places: new Map(), ordinals: new Map() };
  for (const body of tree.virtual_server) resolveService(body, groups, found, context);
  for (const [name, group] of groups) {
    if (group === undefined || found.ordinals.has(name)) continue;
    report.warning(["unused", `no virtual_server uses virtual_server_group \`${name}\``], group.body.span, {
      help: `write \`virtual_server group ${name}\`, or delete the group`,
    });
  }
  if (found.grouped.length > 0) shared(found, groups, report);
  return {
    virtualServers: found.addresses,
    fwmarkServers: found.fwmarks,
    groupServers: found.grouped,
    virtualServerGroups: [...groups.values()].flatMap((group) => (group === undefined ? [] : [group.config])),
    ssl: resolveSsl(tree.SSL, report),
  };
}

/** What the services read so far have come to. */
interface Found {
  readonly addresses: VirtualServerConfig[];
  readonly fwmarks: FwmarkServerConfig[];
  readonly grouped: GroupServerConfig[];
  readonly places: Map<string, ServiceBody>; // by the name in the kernel's table
  readonly ordinals: Map<string, number>; // services of each group, usable or not
}

function resolveService(body: ServiceBody, groups: Groups, found: Found, context: LvsContext): void {
  const { header } = body.value;
  if ("address" in header) {
    const server = resolveByAddress(body, header, context);
    if (server !== undefined && isFirst(serviceName(server), body, found, context))
      found.addresses.push(numbered(server, found));
  } else if ("fwmark" in header) {
    const server = resolveByFwmark(body, header.fwmark, context);
    if (server !== undefined && isFirst(`FWM ${server.fwmark} IPv${server.family}`, body, found, context))
      found.fwmarks.push(numbered(server, found));
  } else {
    const { group: name } = header;
    const ordinal = found.ordinals.get(name) ?? 0;
    found.ordinals.set(name, ordinal + 1);
    const server = resolveByGroup(body, { name, ordinal, groups }, context);
    const key = `[${name}] ${server?.protocol} ${server?.family}`;
    if (server !== undefined && isFirst(key, body, found, context)) found.grouped.push(numbered(server, found));
  }
}

function numbered<S extends object>(server: S, { places }: Found): S & { readonly number: number } {
  return { ...server, number: places.size }; // its own place is there
}

/** The kernel has one service of a name. Keepalived takes the second one for the first and says nothing. */
function isFirst(name: string, body: ServiceBody, { places }: Found, { report }: LvsContext): boolean {
  const before = places.get(name);
  if (before === undefined) {
    places.set(name, body);
    return true;
  }
  report.error(["duplicate", `${titleOf(body.value.header)} is defined already; this one is left out`], body.span, {
    status: 0,
    help: "the kernel has one service of that name",
    related: [{ span: before.span, message: "this one counts" }],
  });
  return false;
}

function resolveByAddress(
  body: ServiceBody,
  header: Endpoint,
  context: LvsContext,
): Unnumbered<VirtualServerConfig> | undefined {
  const { settings: given } = body.value;
  const { address, port } = header;
  const chosen = last(given.protocol)?.value;
  const shown = `[${address}]:${chosen ?? "none"}:${port}`;
  const familiar = ofAddress(given, family(address), context.report);
  if (!hasServers(body, familiar, shown, context.report)) return undefined;
  const protocol = chosen ?? defaultProtocol(body, shown, context.report);
  const name = chosen === undefined ? serviceName({ address, protocol, port }) : shown;
  const reached = { type: "address", address, port } as const;
  const pool = resolvePool(body, { name, protocol, reached, familiar, family: family(address) }, context);
  if (chosen !== undefined) checkProtocol(body, protocol, pool, context.report);
  return { address, port, protocol, ...pool };
}

const BY_FWMARK = { type: "fwmark" } as const;

function resolveByFwmark(
  body: ServiceBody,
  fwmark: number,
  context: LvsContext,
): Unnumbered<FwmarkServerConfig> | undefined {
  const { settings: given } = body.value;
  const name = `FWM ${fwmark}`;
  const familiar = ofServers(given, context.report);
  if (!hasServers(body, familiar, name, context.report)) return undefined;
  const protocol = last(given.protocol);
  if (protocol !== undefined)
    context.report.warning(["no-effect", "`protocol` has no effect: the firewall's mark decides"], protocol.keyword, {
      status: 5,
      keepalived: `Warning: Virtual server ${name}: protocol specified for fwmark - protocol will be ignored`,
    });
  const own = familiar.family ?? 4;
  const named = { name, protocol: undefined, reached: BY_FWMARK, familiar, family: own };
  return { fwmark, family: own, ...resolvePool(body, named, context) };
}

/** Addresses that a group shares with another service: the kernel has one service for both. */
function shared({ places }: Found, groups: Groups, report: Report): void {
  const claims: Claim[] = [];
  for (const { value, span, order } of places.values()) {
    const { header, settings } = value;
    if ("fwmark" in header) continue;
    const protocol = last(settings.protocol)?.value ?? "udp";
    const ranges =
      "address" in header
        ? [{ from: header.address, to: header.address, port: header.port }]
        : groups.get(header.group)?.ranges;
    // What meets within a group was said there.
    const name = titleOf(header);
    for (const { from, to, port } of ranges ?? [])
      claims.push({ from, to, within: `${port} ${protocol}`, name, span, order });
  }
  for (const [earlier, later] of meetings(claims)) {
    if (earlier.order === later.order) continue;
    const message = `${later.name} has addresses of ${earlier.name}`;
    const related = [{ span: earlier.span, message: "the kernel has one service for both" }];
    report.warning(["overlap", message], later.span, { related });
  }
}
