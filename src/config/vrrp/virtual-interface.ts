import { type Family, family } from "../../base/ip.ts";
import type { Ipvlan, Vmac } from "../../keywords/read-interface.ts";
import type { Report } from "../../syntax/report.ts";
import { last, type Setting } from "../../syntax/table.ts";
import type { IpvlanConfig, VirtualInterface, VmacConfig } from "../model/vrrp.ts";
import { firstAt } from "../reference.ts";
import { endOf, type Instance } from "./instance-context.ts";
import type { ResolvedInstance } from "./vrid.ts";

/** What else is known when the virtual interface of an instance is settled. */
interface Around {
  readonly family: Family;
  readonly unicast: boolean;
  readonly strict: boolean;
}

type Own =
  | { readonly type: "vmac"; readonly setting: Setting<Vmac> }
  | { readonly type: "ipvlan"; readonly setting: Setting<Ipvlan> };

/** The interface that an instance makes for itself: the first that is given. */
export function virtualInterface(instance: Instance, around: Around): VirtualInterface | undefined {
  const { given, name, report } = instance;
  const all: Own[] = [
    ...given.use_vmac.map((setting) => ({ type: "vmac" as const, setting })),
    ...given.use_ipvlan.map((setting) => ({ type: "ipvlan" as const, setting })),
  ];
  all.sort((a, b) => a.setting.order - b.setting.order);
  const [first, ...others] = all;
  for (const own of first === undefined ? [] : others) {
    const { type, setting } = own;
    const keepalived = again(own, first?.type, name);
    const message = `the instance has an interface of its own already; this \`use_${type}\` is ignored`;
    const details = keepalived === undefined ? { status: 0 as const } : { keepalived: setting.at + keepalived };
    report.error(["duplicate", message], setting.keyword, {
      ...details,
      ...firstAt(first?.setting.keyword ?? setting.keyword),
    });
  }
  if (first?.type !== "vmac") baseWithoutVmac(instance);
  if (first === undefined) return undefined;
  return first.type === "vmac"
    ? vmac(first.setting.value, instance, around)
    : ipvlan(first.setting.value, instance, around);
}

/** What Keepalived says about a second one; nothing where it names nothing. */
function again({ type, setting }: Own, first: Own["type"] | undefined, name: string): string | undefined {
  const { value } = setting;
  if (type === "vmac") return value.name === undefined ? undefined : "VMAC interface name already specified";
  if (first === "ipvlan") return `(${name}) use_ipvlan already specified`;
  return `(${name}) IPVLAN interface already specified - ignoring '${value.name ?? ""}'`;
}

function vmac(wanted: Vmac, instance: Instance, { unicast, strict }: Around): VmacConfig {
  const { given, name, report } = instance;
  const { mac } = wanted;
  const base = last(given.vmac_xmit_base);
  const place = last(given.use_vmac)?.keyword;
  if (unicast && base === undefined && place !== undefined) {
    const keepalived = `${endOf(instance)}(${name}) unicast with use_vmac requires vmac_xmit_base - setting`;
    const message = "unicast with `use_vmac` sends on the base interface";
    report.warning(["corrected", message], place, { status: 5, keepalived, help: "add `vmac_xmit_base`" });
  }
  if (strict && base !== undefined) {
    const keepalived = `(${name}) xmit_base is incompatible with strict mode - resetting`;
    report.warning(["strict", "strict mode has no `vmac_xmit_base`"], base.keyword, { status: 5, keepalived });
  }
  if (strict && mac !== undefined && place !== undefined) {
    const keepalived = `(${name}): cannot specify MAC address with strict mode - clearing`;
    const message = "in strict mode the MAC address is that of RFC 9568 §7.3";
    report.warning(["strict", message], place, { status: 5, keepalived });
  }
  const promote = last(given.promote_secondaries);
  if (promote !== undefined) {
    const keepalived = `(${name}) promote_secondaries is automatically set for vmacs - ignoring`;
    const message = "`promote_secondaries` is set on the virtual interface anyway";
    report.warning(["no-effect", message], promote.keyword, { status: 5, keepalived });
  }
  return {
    type: "vmac",
    name: wanted.name,
    mac: strict ? undefined : mac,
    notifyBase: wanted.notifyBase,
    group: wanted.group,
    transmitOnBase: unicast || (base !== undefined && !strict),
    otherInterfaces: given.use_vmac_addr.length > 0,
  };
}

function baseWithoutVmac({ given, name, report }: Instance): void {
  const base = last(given.vmac_xmit_base);
  if (base === undefined) return;
  const keepalived = `(${name}) vmac_xmit_base is only valid with a vmac`;
  const message = "`vmac_xmit_base` has no effect without `use_vmac`";
  report.warning(["no-effect", message], base.keyword, { status: 5, keepalived });
}

function ipvlan(wanted: Ipvlan, { given, name, report }: Instance, around: Around): IpvlanConfig {
  const place = given.use_ipvlan[0];
  const own = wanted.address;
  const fits = own !== undefined && family(own.address) === around.family ? own : undefined;
  if (own !== undefined && fits === undefined && place !== undefined) {
    const keepalived = `${place.at}(${name}) ipvlan address[${own.address}] MUST match vrrp instance family !!! Skipping...`;
    const message = `\`${own.address}\` is of another family than the instance`;
    report.error(["bad-address", message], place.span, { keepalived });
  }
  if (fits === undefined && around.family === 4 && place !== undefined) {
    const keepalived = `(${name}) IPv4 ipvlan requires a source ip address to be configured. setting instance to fault state`;
    const message = "an ipvlan of an IPv4 instance needs an address: without it the instance stays in fault";
    report.error(["missing-value", message], place.keyword, { keepalived, help: "write `use_ipvlan NAME ADDRESS`" });
  }
  return {
    type: "ipvlan",
    name: wanted.name,
    address: fits?.address,
    prefixLength: fits?.prefixLength,
    mode: wanted.mode,
    group: wanted.group,
  };
}

/** Two instances cannot make one interface. */
export function sharedNames(instances: readonly ResolvedInstance[], report: Report): void {
  const users = new Map<string, ResolvedInstance>();
  for (const instance of instances) {
    const { name, virtualInterface: own } = instance.config;
    if (own?.name === undefined) continue;
    const twin = users.get(own.name);
    if (twin === undefined) {
      users.set(own.name, instance);
      continue;
    }
    const setting = interfacePlace(instance);
    if (setting === undefined) continue;
    const keepalived = `${setting.at}(${name}) VRRP instance ${twin.config.name} is already using ${own.name} - ignoring name`;
    const message = `\`${own.name}\` is the interface of \`${twin.config.name}\``;
    const first = interfacePlace(twin);
    report.error(["duplicate", message], setting.span, {
      keepalived,
      ...(first === undefined ? {} : firstAt(first.span)),
    });
  }
}

function interfacePlace({ body }: ResolvedInstance): Setting<unknown> | undefined {
  const { use_vmac, use_ipvlan } = body.value.settings;
  return use_vmac[0] ?? use_ipvlan[0];
}
