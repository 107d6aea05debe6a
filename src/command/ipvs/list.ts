import { toHex } from "../../base/bytes.ts";
import { family, type IpAddress, toBytes } from "../../base/ip.ts";
import type { IpvsStatistics } from "../../base/ipvs.ts";
import {
  type ListedServer,
  type ListedService,
  type RowForwarding,
  type RowProtocol,
  type RowTunnel,
  SERVICE_FLAGS,
} from "../../base/ipvs-row.ts";
import { flagWords } from "./flags.ts";
import { type Labels, maskText, place } from "./labels.ts";
import type { Columns, Shown } from "./plan.ts";

/** What `ipvsadm -L` shows: `head` where it is the whole table. */
export interface Table {
  readonly head: { readonly version: number; readonly size: number } | undefined;
  readonly services: readonly ListedService[];
}

/** The table as `ipvsadm -L` prints it, to the letter; measured on 1.31. */
export function renderTable({ head, services }: Table, shown: Shown, labels: Labels): string {
  const lines = head === undefined ? [] : [headLine(head)];
  lines.push(...HEADS[shown.columns]);
  for (const service of shown.sorted ? inOrder(services) : services) {
    lines.push(serviceLine(service, shown, labels));
    for (const server of shown.sorted ? serversInOrder(service.servers) : service.servers)
      lines.push(serverLine(server, service.protocol, shown, labels));
  }
  return `${lines.join("\n")}\n`;
}

/** Marks last; of the others IPv4 first, then by protocol, address, port. */
export function inOrder(services: readonly ListedService[]): readonly ListedService[] {
  return byAddress(services, (a, b) => {
    const protocol = PROTOCOL_ORDER[a.protocol] - PROTOCOL_ORDER[b.protocol];
    return a.fwmark - b.fwmark || a.family - b.family || protocol;
  });
}

/** By the bytes of the address, whatever its family, and the port. */
export function serversInOrder(servers: readonly ListedServer[]): readonly ListedServer[] {
  return byAddress(servers, () => 0);
}

/** By what comes first, then by the address and the port; each address is read once, for tables of thousands. */
function byAddress<Row extends { readonly address: IpAddress; readonly port: number }>(
  rows: readonly Row[],
  first: (a: Row, b: Row) => number,
): readonly Row[] {
  if (rows.length < 2) return rows;
  const keyed = rows.map((row) => ({ row, key: toHex(toBytes(row.address)).padEnd(32, "0") }));
  keyed.sort((a, b) => first(a.row, b.row) || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row.port - b.row.port));
  return keyed.map(({ row }) => row);
}

const PROTOCOL_ORDER: Readonly<Record<RowProtocol, number>> = { ip: 0, tcp: 6, udp: 17, sctp: 132 };

function headLine({ version, size }: { readonly version: number; readonly size: number }): string {
  const parts = [version >> 16, (version >> 8) & 255, version & 255];
  return `IP Virtual Server version ${parts.join(".")} (size=${size})`;
}

const REMOTE = "  -> RemoteAddress:Port";
const HEADS: Readonly<Record<Columns, readonly string[]>> = {
  connections: ["Prot LocalAddress:Port Scheduler Flags", `${REMOTE}           Forward Weight ActiveConn InActConn`],
  tunnel: [
    "Prot LocalAddress:Port Scheduler Flags",
    `${REMOTE}           Forward TunnelInfo    Weight ActiveConn InActConn`,
  ],
  thresholds: ["Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn ", REMOTE],
  persistent: ["Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn ", REMOTE],
  stats: ["Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes", REMOTE],
  rate: ["Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS", REMOTE],
};

function serviceLine(service: ListedService, shown: Shown, labels: Labels): string {
  const name = serviceName(service, labels);
  if (shown.columns === "stats" || shown.columns === "rate")
    return `${name.padEnd(33)}${counted(service.statistics, shown)}`;
  return `${name} ${service.scheduler}${mannerWords(service)}`;
}

/** `TCP  10.9.0.1:80`, `FWM  1 IPv6`. */
function serviceName(service: ListedService, labels: Labels): string {
  const { family: of, fwmark, protocol, address, port } = service;
  if (fwmark !== 0) return `FWM  ${fwmark}${of === 6 ? " IPv6" : ""}`;
  return `${protocol.toUpperCase().padEnd(4)} ${place(address, port, protocol, labels)}`;
}

function mannerWords({ family: of, flags, scheduler, timeout, netmask, engine }: ListedService): string {
  const words: string[] = [];
  const named = flagWords(flags, scheduler);
  if (named !== "") words.push(`(${named})`);
  if (flags & SERVICE_FLAGS.persistent) {
    words.push(`persistent ${timeout}`);
    const mask = maskText(of, netmask);
    if (mask !== undefined) words.push(`mask ${mask}`);
    if (engine !== "") words.push(`pe ${engine}`);
  }
  if (flags & SERVICE_FLAGS.onePacket) words.push("ops");
  return words.map((word) => ` ${word}`).join("");
}

/** A name of IPv4 is cut where its column ends; one of IPv6 is not. */
function serverLine(server: ListedServer, protocol: RowProtocol, shown: Shown, labels: Labels): string {
  const whole = place(server.address, server.port, protocol, labels);
  const name = `  -> ${(family(server.address) === 4 ? whole.slice(0, 28) : whole).padEnd(28)}`;
  const { active, inactive, weight, persistent, upperThreshold, lowerThreshold } = server;
  const connections = `${String(active).padEnd(10)} ${String(inactive).padEnd(10)}`;
  const forward = FORWARDS[server.forwarding].padEnd(7);
  switch (shown.columns) {
    case "connections":
      return `${name} ${forward} ${String(weight).padEnd(6)} ${connections}`;
    case "tunnel":
      return `${name} ${forward} ${tunnelWords(server).padEnd(13)} ${String(weight).padEnd(6)} ${connections}`;
    case "thresholds":
      return `${name} ${String(upperThreshold).padEnd(10)} ${String(lowerThreshold).padEnd(10)} ${connections}`;
    case "persistent":
      return `${name} ${String(weight).padEnd(9)} ${String(persistent).padEnd(11)} ${connections}`;
    case "stats":
    case "rate":
      return `${name}${counted(server.statistics, shown)}`;
  }
}

const FORWARDS: Readonly<Record<RowForwarding, string>> = {
  masquerade: "Masq",
  local: "Local",
  tunnel: "Tunnel",
  route: "Route",
  bypass: "Bypass",
  unknown: "(null)",
};
const CHECKSUM_SIGNS: Readonly<Record<RowTunnel["checksum"], string>> = { none: "-c", full: "+c", remote: "r+c" };

/** `ipip`, `gue:6080:-c`, `gre:+c`. */
function tunnelWords({ forwarding, tunnel }: ListedServer): string {
  if (forwarding !== "tunnel") return "n/a";
  const { type, port, checksum } = tunnel;
  if (type === "ipip") return type;
  return [type, ...(type === "gue" ? [port] : []), CHECKSUM_SIGNS[checksum]].join(":");
}

/** Five numbers. Of the rates, those of bytes alone are shortened. */
function counted(statistics: IpvsStatistics, { columns, exact }: Shown): string {
  const { connections, inPackets, outPackets, inBytes, outBytes } = statistics;
  const whole = (count: number): string => ` ${String(count).padStart(8)}`;
  const large = exact ? whole : (count: number): string => shortened(count).padStart(9);
  if (columns === "stats") return [connections, inPackets, outPackets, inBytes, outBytes].map(large).join("");
  const { connectionRate, inPacketRate, outPacketRate, inByteRate, outByteRate } = statistics;
  return [...[connectionRate, inPacketRate, outPacketRate].map(whole), ...[inByteRate, outByteRate].map(large)].join(
    "",
  );
}

/** From where a number is shown in a larger unit. */
const UNITS = [
  { from: 1e14, unit: 1e12, sign: "T" },
  { from: 1e11, unit: 1e9, sign: "G" },
  { from: 1e9, unit: 1e6, sign: "M" },
  { from: 1e8, unit: 1e3, sign: "K" },
] as const;

/** Up to eight digits whole, then in K, M, G, T: cut, not rounded. */
function shortened(count: number): string {
  const found = UNITS.find(({ from }) => count >= from);
  return found === undefined ? String(count) : `${Math.floor(count / found.unit)}${found.sign}`;
}
