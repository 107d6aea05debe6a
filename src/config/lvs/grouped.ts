import type { Family } from "../../base/ip.ts";
import type { Protocol } from "../../base/ipvs.ts";
import type { Report } from "../../syntax/report.ts";
import { last } from "../../syntax/table.ts";
import type { GroupServerConfig } from "../model/lvs.ts";
import { knownNames } from "../reference.ts";
import { type Familiar, ofServers } from "./family.ts";
import type { Group, Groups } from "./group.ts";
import type { LvsContext } from "./lvs-context.ts";
import { hasServers, resolvePool, type Unnumbered } from "./pool.ts";
import { checkProtocol, defaultProtocol, type ServiceBody } from "./service.ts";

/** A group by the name that a service calls it. `ordinal`: of the service among those of the group. */
interface Named {
  readonly name: string;
  readonly ordinal: number;
  readonly groups: Groups;
}

/** `virtual_server group NAME`; the group may stand anywhere in the file. Undefined where it cannot be, which was said. */
export function resolveByGroup(
  body: ServiceBody,
  { name, ordinal, groups }: Named,
  context: LvsContext,
): Unnumbered<GroupServerConfig> | undefined {
  const { report } = context;
  const shown = `[${name}]:${ordinal}`;
  const familiar = ofServers(body.value.settings, report);
  if (!hasServers(body, familiar, shown, report)) return undefined;
  const group = groups.get(name);
  if (group === undefined) {
    if (!groups.has(name)) unknownGroup(body, name, ordinal, groups, report);
    return undefined;
  }
  const family = familyOf(body, { group, familiar, shown }, report);
  if (family === undefined) return undefined;
  const protocol = protocolOf(body, group, shown, report);
  const named = { name: shown, protocol, reached: { type: "group", group }, familiar, family: family.family } as const;
  const pool = resolvePool(body, named, context);
  if (protocol !== undefined) checkProtocol(body, protocol, pool, report);
  return { group: name, ordinal, protocol, family: family.family, ...pool };
}

function unknownGroup({ span }: ServiceBody, name: string, ordinal: number, groups: Groups, report: Report): void {
  const message = `there is no virtual_server_group \`${name}\`; its virtual_server is left out`;
  report.error(["unknown-reference", message], span, {
    status: 0,
    help: knownNames(name, groups, `define it at the top level: \`virtual_server_group ${name}\``),
    keepalived: `Virtual server group ${name} specified but not configured - ignoring virtual server [${name}]:${ordinal}`,
  });
}

/** The family of group and servers, undefined for both of them; nothing where they do not agree, which is said. */
function familyOf(
  { value: { settings }, span }: ServiceBody,
  { group, familiar, shown }: { readonly group: Group; readonly familiar: Familiar; readonly shown: string },
  report: Report,
): { readonly family: Family | undefined } | undefined {
  const { config, families, body } = group;
  const [first, second] = families;
  const refused = (message: string, logged: string, help: string): undefined => {
    const related = [{ span: body.span, message: "the group" }];
    report.error(["conflict", `${message}; it is left out`], span, {
      status: 0,
      help,
      related,
      keepalived: `${config.name}: ${logged} virtual server ${shown} - ignoring`,
    });
    return undefined;
  };
  if (second !== undefined) {
    const general = last(settings.lb_kind, settings.lvs_method)?.value.forwarding;
    const tunnelled = familiar.servers.every(({ value: { settings: own } }) => {
      return (last(own.lvs_method)?.value.forwarding ?? general) === "tun";
    });
    if (tunnelled) return { family: undefined };
    const message = `virtual_server_group \`${config.name}\` has both families, which only tunnels reach`;
    return refused(
      message,
      "virtual server group with IPv4 & IPv6 doesn't match",
      "write a group for each family, or `lb_kind TUN`",
    );
  }
  if (first !== undefined && familiar.decided && familiar.family !== undefined && familiar.family !== first) {
    const message = `virtual_server_group \`${config.name}\` is of IPv${first}, and its servers of IPv${familiar.family}`;
    return refused(message, "address family doesn't match", "only a tunnel, `lb_kind TUN`, leads to the other family");
  }
  return { family: first ?? familiar.family ?? 4 };
}

/** Firewall marks alone have no protocol. */
function protocolOf(body: ServiceBody, group: Group, shown: string, report: Report): Protocol | undefined {
  const given = last(body.value.settings.protocol);
  if (group.ranges.length > 0) return given?.value ?? defaultProtocol(body, shown, report);
  if (given === undefined) return undefined;
  const message = `\`protocol\` has no effect: \`${group.config.name}\` has firewall marks alone`;
  report.warning(["no-effect", message], given.keyword, {
    status: 5,
    keepalived: `Warning: Virtual server ${shown}: protocol specified for fwmark - protocol will be ignored`,
  });
  return undefined;
}
