import { family, type IpAddress, parseIp } from "../base/ip.ts";
import type { Argument } from "../syntax/argument.ts";
import { readInteger } from "../syntax/scalars.ts";
import type { ArgumentType } from "../syntax/table.ts";
import { word } from "../syntax/types.ts";
import type { Word } from "../syntax/word.ts";

/** An item of `virtual_ipaddress`, before the instance's own interface fills its gaps. */
export interface AddressItem {
  readonly address: IpAddress;
  readonly prefixLength: number;
  readonly interface: string | undefined;
  readonly label: string | undefined;
  readonly broadcast: IpAddress | "+" | "-" | undefined;
  readonly scope: number;
  readonly labelWord: Word | undefined;
}

/** RT_SCOPE_* of linux/rtnetlink.h, by the names of iproute2. */
const SCOPES: ReadonlyMap<string, number> = new Map(
  Object.entries({ global: 0, site: 200, link: 253, host: 254, nowhere: 255 }),
);

/** Options that are followed by their value. */
const VALUED: ReadonlySet<string> = new Set(["dev", "scope", "brd", "broadcast", "label"]);

/** Options of an address that Keepalived knows and we do not act on yet, with the words behind them. */
const LATER: ReadonlyMap<string, number> = new Map(
  Object.entries({
    peer: 1,
    home: 0,
    "-nodad": 0,
    mngtmpaddr: 0,
    noprefixroute: 0,
    autojoin: 0,
    no_track: 0,
    preferred_lft: 1,
    use_vmac: 0,
  }),
);

/** `ADDR[/PREFIX] [dev IF] [scope S] [brd|broadcast ADDR|+|-] [label L]`. */
export const readVirtualAddress: ArgumentType<AddressItem> = {
  usage: "IP address[/prefix] [dev IF] [scope S] [brd ADDR|+|-] [label LABEL]",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  read(argument) {
    const first = word(argument);
    const [name = "", prefix] = first.text.split("/");
    const address = parseIp(name);
    if (address === undefined) {
      bad(
        argument,
        first,
        `\`${first.text}\` is no IP address`,
        `VRRP parsed invalid IP ${first.text}. skipping IP...`,
      );
      return undefined;
    }
    const item = { address, prefixLength: prefixLength(argument, first, address, prefix) };
    return options(argument, item);
  },
};

function prefixLength(argument: Argument, first: Word, address: IpAddress, prefix: string | undefined): number {
  const max = family(address) === 4 ? 32 : 128;
  if (prefix === undefined) return max;
  const length = readInteger(prefix, { min: 0, max });
  if (length.ok && length.flaw === undefined) return length.value;
  const logged = `number '${prefix}' outside range [0, ${max}]\n${argument.at}Invalid address prefix len ${prefix} for address ${first.text} - using ${max}`;
  bad(argument, first, `\`${prefix}\` is no prefix length; ${max} is used`, logged);
  return max;
}

function options(argument: Argument, item: Pick<AddressItem, "address" | "prefixLength">): AddressItem | undefined {
  let device: string | undefined;
  let label: Word | undefined;
  let broadcast: AddressItem["broadcast"];
  let scope = 0;
  const { address } = item;
  const [, ...words] = argument.words;
  for (let i = 0; i < words.length; i++) {
    const option = words[i] ?? word(argument);
    const value = words[i + 1];
    const takes = LATER.get(option.text) ?? (VALUED.has(option.text) ? 1 : 0);
    if (takes === 1 && value === undefined) {
      bad(
        argument,
        option,
        `\`${option.text}\` without a value`,
        `No ${option.text} parameter specified for ${address}`,
      );
      break;
    }
    i += takes;
    if (LATER.has(option.text)) {
      argument.report.warning(["not-supported-yet", `\`${option.text}\` is not supported yet`], option.span);
      continue;
    }
    if (value === undefined || takes === 0) {
      bad(
        argument,
        option,
        `unknown option \`${option.text}\``,
        `Unknown configuration entry '${option.text}' for ip address - ignoring`,
      );
      continue;
    }
    if (option.text === "dev") device = value.text;
    else if (option.text === "label") label = value;
    else if (option.text === "scope") {
      const number = SCOPES.get(value.text) ?? (/^\d{1,3}$/.test(value.text) ? Number(value.text) : 256);
      if (number <= 255) scope = number;
      else
        bad(
          argument,
          value,
          `unknown scope \`${value.text}\``,
          `Invalid scope '${value.text}' specified for ${address} - ignoring`,
        );
    } else if (value.text === "+" || value.text === "-") broadcast = value.text;
    else {
      broadcast = parseIp(value.text);
      if (broadcast === undefined || family(broadcast) !== 4) {
        const logged = `VRRP is trying to assign invalid broadcast ${value.text}. skipping VIP...`;
        bad(argument, value, `\`${value.text}\` is no IPv4 broadcast address; the address is left out`, logged);
        return undefined;
      }
    }
  }
  if (label !== undefined && label.text.length > 15) {
    const logged = `Address label ${label.text} is longer than maximum length 15 - removing address`;
    bad(argument, label, `label \`${label.text}\` is longer than 15 characters; the address is left out`, logged);
    return undefined;
  }
  return { ...item, interface: device, label: label?.text, labelWord: label, broadcast, scope };
}

function bad({ report, at }: Argument, where: Word, message: string, logged: string): void {
  report.error(["bad-address", message], where.span, { keepalived: at + logged });
}
