import { parseIp } from "../base/ip.ts";
import { isDevice } from "./kept.ts";
import type { Place } from "./preparation.ts";

/** The name of the unit that `--persist` writes. */
export const UNIT = "keepalived-ts-real-server.service";

/**
 * The unit that prepares this host for these addresses at each start; undefined where there are none. `program`: the
 * words that start us, each an absolute path without blanks.
 */
export function unitText(places: readonly Place[], program: readonly string[]): string | undefined {
  if (places.length === 0) return undefined;
  const lines = places.map(({ address, device, tunnel }) => {
    const options = [...(tunnel ? ["--tun"] : []), "--dev", device];
    return [...program, "real-server", "up", ...options, address].map(quoted).join(" ");
  });
  const down = [...program, "real-server", "down", "--keep-unit", ...places.map(({ address }) => address)]
    .map(quoted)
    .join(" ");
  return `# Written by \`keepalived-ts real-server up --persist\`; \`real-server down --persist\` removes it.
[Unit]
Description=Virtual addresses of a real server behind IPVS
After=network-pre.target systemd-sysctl.service
Before=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
${lines.map((line) => `ExecStart=${line}`).join("\n")}
ExecStop=${down}

[Install]
WantedBy=multi-user.target
`;
}

/** The addresses of a unit that we wrote. */
export function unitPlaces(text: string): readonly Place[] {
  return text.split("\n").flatMap((line) => {
    const words = / real-server up (?:(--tun) )?--dev "?([^"\s]+)"? ([0-9a-f.:]+)$/;
    const [, tunnel, device, written = ""] = line.startsWith("ExecStart=") ? (words.exec(line) ?? []) : [];
    const address = parseIp(written);
    if (address === undefined || !isDevice(device)) return [];
    return [{ address, device, tunnel: tunnel !== undefined }];
  });
}

/** A word of a command line: systemd.service(5), systemd.syntax(7), and `%` and `$` stand for themselves. */
function quoted(word: string): string {
  const escaped = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./-]+$/.test(word) ? escaped : `"${escaped.replace(/[\\"]/g, "\\$&")}"`;
}
