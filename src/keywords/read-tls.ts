import { parseIp } from "../base/ip.ts";
import type { ArgumentType } from "../syntax/table.ts";
import { refuse, word } from "../syntax/types.ts";

/** A name that a certificate must be good for, RFC 9525 §6.1, or an address. */
export const readCertificateName: ArgumentType<string> = {
  usage: "<DOMAIN|IPADDR>",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    const { text } = given;
    if (parseIp(text) !== undefined) return text;
    if (text.includes("*"))
      return refuse(argument, given, `\`${text}\` is a pattern`, "write one name that clients use");
    const name = text.replace(/\.$/, "");
    if (name.length <= 253 && /^(?!-)[\w-]{1,63}(\.[\w-]{1,63})*$/.test(name)) return name;
    return refuse(argument, given, `\`${text}\` is no domain name and no address`, "as in `www.example.org`");
  },
};
