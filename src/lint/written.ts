import { serviceName } from "../base/ipvs.ts";
import type {
  FwmarkServerConfig,
  GroupServerConfig,
  RealServerConfig,
  ServiceConfig,
  VirtualServerConfig,
} from "../config/model/lvs.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Reading } from "../config/read.ts";

type Tree = Reading["tree"];
type InstanceBody = Tree["vrrp_instance"][number];
type ServiceBody = Tree["virtual_server"][number];
type ServerBody = ServiceBody["value"]["settings"]["real_server"][number];

/** An instance as it runs, and as it is written. */
export interface WrittenInstance {
  readonly instance: VrrpInstanceConfig;
  readonly body: InstanceBody;
}

/** A virtual server, however connections reach it. */
export type AnyService = VirtualServerConfig | FwmarkServerConfig | GroupServerConfig;

/** A virtual server as it runs, and as it is written. */
export interface WrittenService<S extends ServiceConfig = AnyService> {
  readonly service: S;
  readonly body: ServiceBody;
  readonly servers: readonly WrittenServer[];
}

/** A real server as it runs, and as it is written. */
export interface WrittenServer {
  readonly real: RealServerConfig;
  readonly body: ServerBody;
}

/** Every instance of the model with its block. The reader keeps the first of a name. */
export function writtenInstances({ config, tree }: Pick<Reading, "config" | "tree">): readonly WrittenInstance[] {
  const bodies = new Map<string, InstanceBody>();
  for (const body of tree.vrrp_instance) if (!bodies.has(body.value.header)) bodies.set(body.value.header, body);
  return config.vrrpInstances.flatMap((instance) => {
    const body = bodies.get(instance.name);
    return body === undefined ? [] : [{ instance, body }];
  });
}

/** Every virtual server by address with its block, and every real server with its own. */
export function writtenServices({
  config,
  tree,
}: Pick<Reading, "config" | "tree">): readonly WrittenService<VirtualServerConfig>[] {
  const bodies = new Map<string, ServiceBody>();
  for (const body of tree.virtual_server) {
    const { header, settings } = body.value;
    if (!("address" in header)) continue;
    const name = serviceName({ ...header, protocol: settings.protocol.at(-1)?.value ?? "udp" });
    // The reader leaves out a service without real servers, and then the first of a name.
    if (settings.real_server.length > 0 && !bodies.has(name)) bodies.set(name, body);
  }
  return config.virtualServers.flatMap((service) => {
    const body = bodies.get(serviceName(service));
    return body === undefined ? [] : [{ service, body, servers: writtenServers(service, body) }];
  });
}

/** Every virtual server with its block, those by address first, and every real server with its own. */
export function everyService(reading: Pick<Reading, "config" | "tree">): readonly WrittenService[] {
  const { config, tree } = reading;
  return [
    ...writtenServices(reading),
    ...writtenByMark(config.fwmarkServers, tree.virtual_server),
    ...writtenByGroup(config.groupServers, tree.virtual_server),
  ];
}

/** Both lists have one order; a block that is left out has other servers, or comes behind that of its name. */
function writtenByMark(
  services: readonly FwmarkServerConfig[],
  blocks: readonly ServiceBody[],
): readonly WrittenService[] {
  const marked = blocks.filter(({ value: { header } }) => "fwmark" in header);
  let next = 0;
  return services.flatMap((service) => {
    while (next < marked.length && !isMarked(service, marked[next])) next++;
    const body = marked[next++];
    return body === undefined ? [] : [{ service, body, servers: writtenServers(service, body) }];
  });
}

function isMarked({ fwmark, realServers: [first] }: FwmarkServerConfig, block: ServiceBody | undefined): boolean {
  if (block === undefined || !("fwmark" in block.value.header) || block.value.header.fwmark !== fwmark) return false;
  return block.value.settings.real_server.some(({ value }) => value.header.address === first?.address);
}

/** The services of a group are counted as they are written, with those that are left out. */
function writtenByGroup(
  services: readonly GroupServerConfig[],
  blocks: readonly ServiceBody[],
): readonly WrittenService[] {
  const bodies = new Map<string, ServiceBody[]>();
  for (const body of blocks) {
    const { header } = body.value;
    if (!("group" in header)) continue;
    const of = bodies.get(header.group);
    if (of === undefined) bodies.set(header.group, [body]);
    else of.push(body);
  }
  return services.flatMap((service) => {
    const body = bodies.get(service.group)?.[service.ordinal];
    return body === undefined ? [] : [{ service, body, servers: writtenServers(service, body) }];
  });
}

/** Both lists have one order; the reader leaves out blocks, and gives a port where none is written or it has no effect. */
function writtenServers({ realServers }: ServiceConfig, body: ServiceBody): readonly WrittenServer[] {
  const blocks = body.value.settings.real_server;
  let next = 0;
  return realServers.flatMap((real) => {
    while (next < blocks.length && !isWritten(real, blocks[next])) next++;
    const block = blocks[next++];
    return block === undefined ? [] : [{ real, body: block }];
  });
}

function isWritten(real: RealServerConfig, block: ServerBody | undefined): boolean {
  if (block?.value.header.address !== real.address) return false;
  const { port } = block.value.header;
  return port === real.port || port === 0 || real.forwarding !== "nat";
}
