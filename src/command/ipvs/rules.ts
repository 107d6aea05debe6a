import type { OptionName } from "./options.ts";
import type { Values } from "./values.ts";

/** Four answers that exclude each other; of two, the later is said to conflict with the earlier. */
const ANSWERS = ["connection", "service-address", "timeout", "daemon"] as const;
/** Answers without columns; connections have that of the persistence engine. */
const PLAIN = ["connection", "timeout", "daemon"] as const;
const COLUMNS = ["stats", "rate", "thresholds", "persistent-conn"] as const;

/** What a listing cannot show together. */
export function listFault(given: ReadonlySet<OptionName>): string | undefined {
  for (const [i, option] of ANSWERS.entries())
    for (const earlier of ANSWERS.slice(0, i))
      if (given.has(option) && given.has(earlier))
        return `The option '${option}' conflicts with the '${earlier}' option in the 'list' command`;
  const plain = PLAIN.find((option) => given.has(option));
  if (plain === undefined) return undefined;
  const clash = COLUMNS.some(
    (option) => given.has(option) && !(plain === "connection" && option === "persistent-conn"),
  );
  return clash ? "options conflicts in the list command" : undefined;
}

type TunnelOption = "tun-port" | "tun-nocsum" | "tun-csum" | "tun-remcsum";
const TUNNEL_OPTIONS: readonly TunnelOption[] = ["tun-port", "tun-nocsum", "tun-csum", "tun-remcsum"];
const CHECKSUMS: readonly TunnelOption[] = ["tun-nocsum", "tun-csum", "tun-remcsum"];
const TAKES: Readonly<Record<Values["tunnelType"], readonly TunnelOption[]>> = {
  ipip: [],
  gue: TUNNEL_OPTIONS,
  gre: ["tun-nocsum", "tun-csum"],
};

/** Options of a tunnel without one, or that do not belong to its type, or to each other. */
export function tunnelFault({ given, forwarding, tunnelType }: Values): string | undefined {
  const any = given.has("tun-type") || TUNNEL_OPTIONS.some((option) => given.has(option));
  if (!any) return undefined;
  if (forwarding !== "tunnel") return "Tunnel options conflict with forward method";
  for (const option of TUNNEL_OPTIONS) {
    if (given.has(option) && !TAKES[tunnelType].includes(option))
      return `Illegal '${option}' option with the '${tunnelType}' tunnel type`;
    if (option === "tun-port" && tunnelType === "gue" && !given.has(option))
      return `You need to supply the '${option}' option for the '${tunnelType}' tunnel type`;
  }
  for (const [i, option] of CHECKSUMS.entries())
    for (const earlier of CHECKSUMS.slice(0, i))
      if (given.has(option) && given.has(earlier))
        return `The option '${option}' conflicts with the '${earlier}' option in the '${tunnelType}' tunnel type`;
  return undefined;
}
