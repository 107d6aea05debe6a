import { fromBytes, type IpAddress, parseIp } from "../../base/ip.ts";
import { type Labels, place } from "./labels.ts";

/** A connection that passes through IPVS, as the kernel writes it to /proc/net/ip_vs_conn. */
export interface Connection {
  readonly protocol: string; //  TCP, UDP, SCTP; IP beside a mark
  readonly source: Endpoint;
  readonly virtual: Endpoint;
  readonly destination: Endpoint;
  readonly state: string;
  readonly expires: number; //   seconds
  readonly engine: string; //    of persistence; "" = none
  readonly engineData: string;
}

interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

/** The lines of /proc/net/ip_vs_conn behind the first; one that is cut or strange is left out. */
export function parseConnections(text: string): readonly Connection[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [protocol = "", ...words] = line.trim().split(/\s+/);
      const source = endpoint(words[0], words[1]);
      const virtual = endpoint(words[2], words[3]);
      const destination = endpoint(words[4], words[5]);
      const [state = "", expires = ""] = words.slice(6);
      if (source === undefined || virtual === undefined || destination === undefined) return [];
      if (!/^\d+$/.test(expires)) return [];
      const [engine = "", engineData = ""] = words.slice(8);
      return [{ protocol, source, virtual, destination, state, expires: Number(expires), engine, engineData }];
    });
}

/** An IPv4 address is eight hexadecimal digits, an IPv6 address has all of its zeros; a port is four digits. */
function endpoint(address = "", port = ""): Endpoint | undefined {
  if (!/^[\dA-Fa-f]{4}$/.test(port)) return undefined;
  const v4 = /^[\dA-Fa-f]{8}$/.test(address) ? Number.parseInt(address, 16) : undefined;
  const found = v4 === undefined ? parseIp(address) : fromBytes(Uint8Array.of(v4 >>> 24, v4 >>> 16, v4 >>> 8, v4));
  return found === undefined ? undefined : { address: found, port: Number.parseInt(port, 16) };
}

/** The connections as `ipvsadm -Lc` prints them; `engine`: with the persistence engine's data (`--persistent-conn`). */
export function renderConnections(connections: readonly Connection[], engine: boolean, labels: Labels): string {
  const head = "pro expire state       source             virtual            destination";
  const lines = [
    "IPVS connection entries",
    engine ? `${head}        pe name          pe_data` : head,
    ...connections.map((connection) => connectionLine(connection, engine, labels)),
  ];
  return `${lines.join("\n")}\n`;
}

function connectionLine(connection: Connection, engine: boolean, labels: Labels): string {
  const { protocol, expires, state } = connection;
  const kind = protocol === "TCP" ? "tcp" : protocol === "UDP" ? "udp" : protocol === "SCTP" ? "sctp" : "ip";
  const name = ({ address, port }: Endpoint): string => place(address, port, kind, labels);
  const two = (count: number): string => String(count).padStart(2, "0");
  const time = `${two(Math.floor(expires / 60))}:${two(expires % 60)}`;
  const start = `${protocol.padEnd(3)} ${time.padEnd(6)} ${state.padEnd(11)} ${name(connection.source).padEnd(18)}`;
  const line = `${start} ${name(connection.virtual).padEnd(18)} `;
  if (!engine || connection.engine === "") return `${line}${name(connection.destination)}`;
  return `${line}${name(connection.destination).padEnd(16)} ${connection.engine.padEnd(18)} ${connection.engineData}`;
}
