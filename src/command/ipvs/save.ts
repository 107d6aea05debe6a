import {
  type ListedServer,
  type ListedService,
  type RowForwarding,
  type RowTunnel,
  SERVICE_FLAGS,
} from "../../base/ipvs-row.ts";
import { flagWords } from "./flags.ts";
import { type Labels, maskText, place } from "./labels.ts";
import { inOrder, serversInOrder } from "./list.ts";

/**
 * The table as lines that `-R` reads, as `ipvsadm -S` prints it: without thresholds, unless they are asked for. Names are
 * never cut, since they would be read again.
 */
export function renderSave(services: readonly ListedService[], thresholds: boolean, labels: Labels): string {
  return inOrder(services)
    .flatMap((service) => {
      const where = placeWords(service, labels);
      return [
        `-A ${where}${mannerWords(service)}\n`,
        ...serversInOrder(service.servers).map(
          (server) =>
            `-a ${where} -r ${place(server.address, server.port, service.protocol, labels)}${words(server, thresholds)}\n`,
        ),
      ];
    })
    .join("");
}

const SERVICES = { tcp: "-t", udp: "-u", sctp: "--sctp-service", ip: "-t" } as const;

function placeWords({ family, fwmark, protocol, address, port }: ListedService, labels: Labels): string {
  if (fwmark !== 0) return `-f ${fwmark}${family === 6 ? " -6" : ""}`;
  return `${SERVICES[protocol]} ${place(address, port, protocol, labels)}`;
}

function mannerWords({ family, scheduler, flags, timeout, netmask, engine }: ListedService): string {
  const words = [`-s ${scheduler}`];
  if (flags & SERVICE_FLAGS.persistent) {
    words.push(`-p ${timeout}`);
    const mask = maskText(family, netmask);
    if (mask !== undefined) words.push(`-M ${mask}`);
  }
  if (engine !== "") words.push(`--pe ${engine}`);
  if (flags & SERVICE_FLAGS.onePacket) words.push("-o");
  const named = flagWords(flags, scheduler);
  if (named !== "") words.push(`-b ${named}`);
  return words.map((word) => ` ${word}`).join("");
}

/** A local server or a bypass has no option of its own: what it was asked for comes nearest. */
const FORWARDS: Readonly<Record<RowForwarding, string>> = {
  masquerade: "-m",
  local: "-g",
  tunnel: "-i",
  route: "-g",
  bypass: "-g",
  unknown: "-g",
};
const CHECKSUMS: Readonly<Record<RowTunnel["checksum"], string>> = {
  none: "--tun-nocsum",
  full: "--tun-csum",
  remote: "--tun-remcsum",
};

function words(server: ListedServer, thresholds: boolean): string {
  const { forwarding, weight, upperThreshold, lowerThreshold, tunnel } = server;
  const found = [FORWARDS[forwarding], `-w ${weight}`];
  if (thresholds && upperThreshold !== 0) found.push(`-x ${upperThreshold}`);
  if (thresholds && lowerThreshold !== 0) found.push(`-y ${lowerThreshold}`);
  if (forwarding === "tunnel") found.push(`--tun-type ${tunnel.type}`);
  if (forwarding === "tunnel" && tunnel.type === "gue") found.push(`--tun-port ${tunnel.port}`);
  if (forwarding === "tunnel" && tunnel.type !== "ipip") found.push(CHECKSUMS[tunnel.checksum]);
  return found.map((word) => ` ${word}`).join("");
}
