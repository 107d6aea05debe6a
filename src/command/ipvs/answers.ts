import type { IpvsSyncDaemon } from "../../base/ipvs.ts";
import type { RowTimeouts } from "../../base/ipvs-row.ts";
import { addressText } from "./labels.ts";

/** `ipvsadm -L --timeout`. */
export function renderTimeouts({ tcp, tcpFin, udp }: RowTimeouts): string {
  return `Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`;
}

/** `ipvsadm -L --daemon`: the master first. */
export function renderDaemons(daemons: readonly IpvsSyncDaemon[]): string {
  return [...daemons]
    .sort((a, b) => Number(a.state === "backup") - Number(b.state === "backup"))
    .map(({ state, interface: carrier, id, maxLength, group, port, ttl }) => {
      const said = [`mcast=${carrier}`, `syncid=${id}`, `maxlen=${maxLength ?? 0}`, `group=${addressText(group)}`];
      return `${state} sync daemon (${[...said, `port=${port}`, `ttl=${ttl}`].join(", ")})\n`;
    })
    .join("");
}
