import { type ArgumentType, choice, line, type Table } from "../syntax/table.ts";
import { oneOf, shown } from "../syntax/types.ts";

/** How a checker announces its connections. */
export interface ProxyProtocol {
  readonly version: 1 | 2;
  readonly command: "local" | "proxy";
}

const VERSIONS = {
  v1: choice("A line of text", { ours: true }),
  v2: choice("Binary", { ours: true }),
} satisfies Table;

const COMMANDS = {
  local: choice("The connection is the director's own: LOCAL; UNKNOWN in v1", { default: "with v2", ours: true }),
  proxy: choice("The connection is from the director's address: PROXY", { default: "with v1", ours: true }),
} satisfies Table;

/** `v1|v2 [local|proxy]`. */
const manner: ArgumentType<ProxyProtocol> = {
  ...shown("v1|v2 [local|proxy]", oneOf(VERSIONS), { ...VERSIONS, ...COMMANDS }),
  most: 2,
  read(argument) {
    const version = oneOf(VERSIONS).read(argument);
    const [, given] = argument.words;
    if (version === undefined) return undefined;
    if (given === undefined)
      return version === "v1" ? { version: 1, command: "proxy" } : { version: 2, command: "local" };
    const command = oneOf(COMMANDS).read(argument.within([given], argument.keyword, argument.row));
    return command === undefined ? undefined : { version: version === "v1" ? 1 : 2, command };
  },
};

/** What a checker takes whose connections may be announced: it asks over TCP. */
export const PROXIED = {
  proxy_protocol: line(manner, {
    default: "none",
    meaning: "Announce each connection by the PROXY protocol, before TLS too",
    note: "for servers that expect it of the proxy before them",
    ours: true,
    missing: "",
  }),
} satisfies Table;
