import type { GLOBAL_DEFS } from "../../keywords/global.ts";
import type { Report } from "../../syntax/report.ts";
import { last, type Setting, type Settings } from "../../syntax/table.ts";
import type { FirewallConfig } from "../model/global.ts";

type Globals = Settings<typeof GLOBAL_DEFS>;

/**
 * The packet filter. It is an nftables table whatever stands here: `vrrp_iptables` and `vrrp_ipsets` name what
 * keepalived was once built with, and Debian's 2.2.7 uses nftables for them too.
 */
export function firewallConfig(globals: Globals, table: string, report: Report): FirewallConfig {
  const { vrrp_iptables, vrrp_ipsets } = globals;
  for (const setting of vrrp_iptables)
    insteadOf(setting, `\`vrrp_iptables\` uses no iptables: the nftables table \`${table}\` filters`, IPTABLES, report);
  for (const setting of vrrp_ipsets)
    insteadOf(setting, `\`vrrp_ipsets\` uses no ipsets: the nftables table \`${table}\` has its own`, IPSETS, report);
  return {
    table,
    iptables: last(vrrp_iptables)?.value,
    ipsets: last(vrrp_ipsets)?.value,
    priority: last(globals.nftables_priority)?.value ?? -1,
    byIndex: globals.nftables_ifindex.length > 0,
    counters: globals.nftables_counters.length > 0,
  };
}

const IPTABLES =
  "iptables not supported, using nftables instead. Please replace 'vrrp_iptables and 'vrrp_ipsets' with 'nftables' config option";
const IPSETS = "Unknown keyword 'vrrp_ipsets'";

function insteadOf({ at, keyword }: Setting<unknown>, message: string, keepalived: string, report: Report): void {
  const help = "write `nftables`; chains of iptables that are to see these packets need rules of their own";
  report.warning(["deprecated", message], keyword, { status: 5, keepalived: at + keepalived, help });
}
