import { type Columns, grid } from "./grid.ts";
import {
  checkTable,
  columnsFrom,
  forwardingValue,
  netmask,
  protocolValue,
  schedulerValue,
  TOTALS,
  TOTALS64,
  TUNNEL,
  typeOf,
  wholeSeconds,
} from "./lvs-values.ts";
import type { Objects } from "./objects.ts";
import { script } from "./script-words.ts";
import { familyOf, protocolOf, type ServicesSource, type ShownService, shownServices } from "./services.ts";
import { gauge, inetAddress, inetType, integer, text, truth } from "./value.ts";

/** virtualServerTable of KEEPALIVED-MIB. */
export function serviceRows(source: ServicesSource): Objects {
  const services = shownServices(source);
  const rows = { indexes: services.map(({ config }) => [config.number]), row: (i: number) => services[i] };
  return grid(checkTable(3), rows, COLUMNS);
}

/** IP_VS_SVC_F_* of linux/ip_vs.h. */
const [ONE_PACKET, FLAG_1, FLAG_2, FLAG_3] = [0x04, 0x08, 0x10, 0x20];

const COLUMNS: Columns<ShownService> = {
  2: ({ config }) => typeOf(config),
  3: ({ config }) => ("group" in config ? text(config.group) : undefined),
  4: ({ config }) => ("fwmark" in config ? gauge(config.fwmark) : undefined),
  5: ({ config }) => optional(familyOf(config), inetType),
  6: ({ config }) => ("address" in config ? inetAddress(config.address) : undefined),
  7: ({ config }) => ("address" in config ? gauge(config.port) : undefined),
  8: ({ config }) => protocolValue(protocolOf(config)),
  9: ({ config }) => schedulerValue(config.scheduler),
  10: ({ config }) => forwardingValue(config.standard.forwarding),
  11: ({ view }) => truth(view !== undefined), // alive while the checkers process has it, as with Keepalived
  12: ({ config }) => optional(config.standard.virtualHost, text),
  13: ({ config }) => truth(config.persistenceTimeout > 0),
  14: ({ config }) => (config.persistenceTimeout > 0 ? gauge(config.persistenceTimeout) : undefined),
  15: ({ config }) => (familyOf(config) === 4 ? netmask(config.persistenceNetmask) : undefined),
  16: ({ config }) => wholeSeconds(config.standard.delayLoop),
  17: ({ config }) => truth(config.haSuspend),
  18: ({ config }) => truth(config.standard.alpha),
  19: ({ config }) => truth(config.omega),
  20: ({ config }) => gauge(config.realServers.length),
  21: ({ view }) => gauge(view?.realServers.filter(({ up }) => up).length ?? 0),
  22: ({ config }) => gauge(config.quorum),
  23: ({ view }) => truth(view?.quorumUp ?? false),
  24: ({ config }) => script(config.quorumUp),
  25: ({ config }) => script(config.quorumDown),
  26: ({ config }) => gauge(config.hysteresis),
  27: ({ statistics }) => gauge(statistics?.connections ?? 0),
  ...columnsFrom<ShownService>(28, TOTALS, ({ statistics }) => statistics),
  37: ({ config }) => has(config, ONE_PACKET),
  ...columnsFrom<ShownService>(38, TOTALS64, ({ statistics }) => statistics),
  51: ({ config }) => (familyOf(config) === 6 ? gauge(config.persistenceNetmask) : undefined),
  52: () => truth(false), // the kernel's own flag
  53: ({ config }) => hashFlag(config, "sh", FLAG_1),
  54: ({ config }) => hashFlag(config, "sh", FLAG_2),
  55: ({ config }) => has(config, FLAG_3),
  56: ({ config }) => integer(config.standard.inhibitOnFailure ? 2 : 1),
  57: ({ config }) => gauge(config.standard.retry ?? 0),
  58: ({ config }) => wholeSeconds(config.standard.delayBeforeRetry),
  59: ({ config }) => wholeSeconds(config.standard.warmup),
  60: ({ config }) => integer(config.standard.weight),
  61: ({ config }) => truth(config.smtpAlert),
  62: ({ config }) => hashFlag(config, "mh", FLAG_1),
  63: ({ config }) => hashFlag(config, "mh", FLAG_2),
  64: ({ config }) => gauge(config.standard.delayLoop),
  65: ({ config }) => gauge(config.standard.delayBeforeRetry ?? 0),
  66: ({ config }) => gauge(config.standard.warmup ?? 0),
  67: ({ config }) => gauge(config.standard.connectTimeout),
  68: ({ config }) => TUNNEL.type(config.standard.tunnel),
  69: ({ config }) => TUNNEL.port(config.standard.tunnel),
  70: ({ config }) => TUNNEL.checksum(config.standard.tunnel),
  71: ({ config }) => optional(config.snmpName, text),
};

type Config = ShownService["config"];

function has({ schedulerFlags }: Config, flag: number) {
  return truth((schedulerFlags & flag) !== 0);
}

/** The two schedulers share their flags, and the MIB has columns for each. */
function hashFlag(config: Config, scheduler: "sh" | "mh", flag: number) {
  return config.scheduler === scheduler ? has(config, flag) : truth(false);
}

function optional<T, V>(value: T | undefined, show: (value: T) => V): V | undefined {
  return value === undefined ? undefined : show(value);
}
