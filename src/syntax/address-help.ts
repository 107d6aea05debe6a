import { parseIp } from "../base/ip.ts";

/** What to write instead of a text that is no address, where it can be told: `ADDRESS:PORT`, `ADDRESS/PREFIX`, a name. */
export function addressHelp(text: string, takesPort: boolean): string | undefined {
  const [, bare = "", mark = "", number = ""] = /^\[?([^[\]]*)\]?([:/])(\d+)$/.exec(text) ?? [];
  const address = parseIp(bare);
  if (address !== undefined) return `write \`${address}${mark === ":" && takesPort ? ` ${number}` : ""}\``;
  return /^[a-z][\w-]*(\.[\w-]+)*\.?$/i.test(text) ? "write an address: names are not looked up here" : undefined;
}
