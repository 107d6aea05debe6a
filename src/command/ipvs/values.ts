import { viewOf } from "../../base/bytes.ts";
import { type Family, type IpAddress, ip, isMulticast, parseIp, toBytes } from "../../base/ip.ts";
import type { RowForwarding, RowProtocol, RowTunnel } from "../../base/ipvs-row.ts";
import { flagNamed } from "./flags.ts";
import type { OptionName } from "./options.ts";
import { inetAton, type Names, readNumber, readPlace } from "./place.ts";
import type { Word } from "./words.ts";

/** What the options of a line say, as far as it was read. */
export interface Values {
  readonly given: ReadonlySet<OptionName>;
  readonly fwmark: number;
  readonly family: Family;
  readonly protocol: RowProtocol;
  readonly address: IpAddress;
  readonly port: number;
  readonly scheduler: string | undefined;
  readonly timeout: number;
  readonly netmask: number;
  readonly engine: string;
  readonly flags: readonly string[];
  readonly server: { readonly family: Family; readonly address: IpAddress; readonly port: number | undefined };
  readonly forwarding: RowForwarding;
  readonly weight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly tunnelType: RowTunnel["type"];
  readonly tunnelPort: number;
  readonly carrier: string;
  readonly syncId: number;
  readonly maxLength: number | undefined;
  readonly group: IpAddress | undefined;
  readonly groupPort: number | undefined;
  readonly ttl: number | undefined;
  readonly every: number;
}

const ANY = ip("0.0.0.0");
/** IP_VS_PERSISTENT_TIMEOUT of ipvsadm, not the 300 of its manual. */
const PERSISTENCE = 360;
/** The longest persistence and timeout: 31 days. */
const LONGEST = 2_678_400;
const MOST = 2_147_483_647;
const SINGLE_HOST: Readonly<Record<Family, number>> = { 4: 0xffff_ffff, 6: 128 };

/** What is so where nothing is said. */
export const NOTHING_SAID: Values = {
  given: new Set(),
  ...{ fwmark: 0, family: 4, protocol: "ip", address: ANY, port: 0 },
  ...{ scheduler: undefined, timeout: 0, netmask: SINGLE_HOST[4], engine: "", flags: [] },
  server: { family: 4, address: ANY, port: undefined },
  ...{ forwarding: "route", weight: 1, upperThreshold: 0, lowerThreshold: 0, tunnelType: "ipip", tunnelPort: 0 },
  ...{ carrier: "", syncId: 0, maxLength: undefined, group: undefined, groupPort: undefined, ttl: undefined, every: 1 },
};

/** Why a value is none. */
export type Problem = { readonly wrong: string } | { readonly resolve: string };

/** What one more option says besides what is known, or why it cannot be meant: ipvsadm(8)'s words. */
export function readOption(
  values: Values,
  word: Extract<Word, { type: "option" }>,
  names: Names,
): Partial<Values> | Problem {
  const { option } = word.spelling;
  if (option === "sort") return {};
  if (option === "ipv6")
    return values.fwmark === 0 ? wrong("-6 used before -f\n") : { family: 6, netmask: SINGLE_HOST[6] };
  return values.given.has(option) ? wrong(`multiple '${option}' options specified`) : read(values, word, names);
}

function read(
  values: Values,
  { spelling, value: given }: Extract<Word, { type: "option" }>,
  names: Names,
): Partial<Values> | Problem {
  const value = given ?? "";
  const number = (least: number, most: number, name: keyof Values, problem: string): Partial<Values> | Problem => {
    const found = readNumber(value, least, most);
    return found === undefined ? wrong(problem) : { [name]: found };
  };
  switch (spelling.option) {
    case "service-address":
      return spelling.short === "f" ? mark(value) : service(values, value, PROTOCOLS[spelling.long] ?? "tcp", names);
    case "real-server":
      return server(values, value, names);
    case "scheduler":
      return { scheduler: value };
    case "pe":
      return { engine: value };
    case "persistent":
      if (given === undefined) return { timeout: PERSISTENCE };
      return number(1, LONGEST, "timeout", `invalid timeout value \`${value}' specified`);
    case "netmask":
      return netmask(values, value);
    case "sched-flags":
      return flags(value);
    case "forwarding-method":
      return { forwarding: FORWARDINGS[spelling.short] ?? "route" };
    case "weight":
      return number(0, MOST, "weight", "illegal weight specified");
    case "u-threshold":
      return number(0, MOST, "upperThreshold", "illegal u_threshold specified");
    case "l-threshold":
      return number(0, MOST, "lowerThreshold", "illegal l_threshold specified");
    case "tun-type":
      return value === "ipip" || value === "gue" || value === "gre"
        ? { tunnelType: value }
        : wrong("illegal tunnel type specified");
    case "tun-port":
      return number(1, 65535, "tunnelPort", "illegal tunnel port specified");
    case "mcast-interface":
      return { carrier: value };
    case "syncid":
      return number(0, 255, "syncId", "illegal syncid specified");
    case "sync-maxlen":
      return number(1, 65535 - 28, "maxLength", "illegal sync-maxlen specified");
    case "mcast-group":
      return group(value);
    case "mcast-port":
      return number(1, 65535, "groupPort", "illegal mcast-port specified");
    case "mcast-ttl":
      return number(1, 255, "ttl", "illegal mcast-ttl specified");
    case "watch":
      return given === undefined ? {} : number(1, LONGEST, "every", `invalid interval \`${value}' specified`);
    default:
      return {};
  }
}

const PROTOCOLS: Readonly<Record<string, RowProtocol>> = {
  "tcp-service": "tcp",
  "udp-service": "udp",
  "sctp-service": "sctp",
};
const FORWARDINGS: Readonly<Record<string, RowForwarding>> = { g: "route", i: "tunnel", m: "masquerade" };

function wrong(text: string): Problem {
  return { wrong: text };
}

/** Naming an IPv6 service forgets a mask that was said before it. */
function service(values: Values, text: string, protocol: RowProtocol, names: Names): Partial<Values> | Problem {
  const place = readPlace(text, protocol, names);
  if (place.type === "resolve") return { resolve: place.host };
  if (place.type === "illegal") return wrong("illegal virtual server address[:port] specified");
  const { family: of, address, port = 0 } = place;
  return { family: of, protocol, address, port, netmask: of === 6 ? SINGLE_HOST[6] : values.netmask };
}

function mark(text: string): Partial<Values> | Problem {
  const fwmark = readNumber(text, 1, 0xffff_ffff);
  return fwmark === undefined ? wrong(`invalid fwmark value \`${text}' specified`) : { fwmark };
}

function server(values: Values, text: string, names: Names): Partial<Values> | Problem {
  const place = readPlace(text, values.protocol === "ip" ? "tcp" : values.protocol, names);
  if (place.type === "resolve") return { resolve: place.host };
  return place.type === "illegal" ? wrong("illegal real server address[:port] specified") : { server: place };
}

function netmask({ family: of }: Values, text: string): Partial<Values> | Problem {
  if (of === 6) {
    const length = readNumber(text, 1, 128);
    return length === undefined ? wrong("illegal ipv6 netmask specified") : { netmask: length };
  }
  const mask = inetAton(text);
  return mask === undefined
    ? wrong("illegal virtual server persistent mask specified")
    : { netmask: viewOf(toBytes(mask)).getUint32(0) };
}

/** The words of a list that is separated by commas; which scheduler they fit is known later. */
function flags(text: string): Partial<Values> | Problem {
  const words = text.split(",").filter((word) => word !== "");
  const unknown = words.find((word) => flagNamed(word) === undefined);
  return unknown === undefined ? { flags: words } : wrong(`invalid scheduler flag \`${unknown}'`);
}

function group(text: string): Partial<Values> | Problem {
  const address = parseIp(text);
  if (address !== undefined && isMulticast(address)) return { group: address };
  return wrong(`invalid ${text.includes(":") ? "IPv6" : "IPv4"} mcast-group \`${text}'`);
}

/** The timeouts behind `--set`. */
export function readTimeout(text: string): number | Problem {
  return readNumber(text, 0, LONGEST) ?? wrong(`invalid timeout value \`${text}' specified`);
}
