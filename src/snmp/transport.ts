/** Where an AgentX master listens. */
export type Transport =
  | { readonly path: string } // a unix socket
  | { readonly host: string; readonly port: number }; // TCP

/** The port of AgentX, RFC 2741 §8.1.1. */
const AGENTX_PORT = 705;

/**
 * `snmp_socket` as snmpcmd(1) has it: `unix:PATH` or `/PATH`, `tcp:[HOST:]PORT`, `tcp6:[ADDRESS]:PORT`, `HOST:PORT`. Undefined:
 * another transport, such as UDP, which loses what it carries.
 */
export function parseTransport(written: string): Transport | undefined {
  const [, scheme = "", rest = ""] = /^(?:(unix|tcp|tcp6|tcpv6|tcpipv6):)?(.*)$/.exec(written) ?? [];
  if (scheme === "unix") return rest === "" ? undefined : { path: rest };
  if (scheme === "" && rest.startsWith("/")) return { path: rest };
  const [, inside, plain, port, alone] = /^(?:(?:\[([\da-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d+))?|(\d+))$/.exec(rest) ?? [];
  if (alone !== undefined || /^\d+$/.test(plain ?? "")) return onHost("127.0.0.1", alone ?? plain);
  const host = inside ?? plain;
  return host === undefined ? undefined : onHost(host, port);
}

function onHost(host: string, port: string | undefined): Transport | undefined {
  const number = port === undefined ? AGENTX_PORT : Number(port);
  return number >= 1 && number <= 0xffff ? { host, port: number } : undefined;
}
