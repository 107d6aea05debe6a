import { type Network, networkName } from "../base/host.ts";
import type { Trackers } from "../config/model/track.ts";
import { last } from "../syntax/table.ts";
import { byReader, type Finding, hint, type Lint, type LintInput, warning } from "./lint.ts";

/** Who becomes master, and whom the others believe. */
export const VRRP_LINTS: readonly Lint[] = [
  {
    code: "K003",
    name: "strict-drops-traffic",
    meaning: "strict mode drops what clients send to the virtual addresses",
    severity: ["warning"],
    reader: ["strict-drops-traffic"],
    check: byReader,
  },
  {
    code: "K004",
    name: "strict-corrects",
    meaning: "strict mode takes back what is configured, `auth_type PASS` among it",
    severity: ["warning"],
    reader: ["strict"],
    check: byReader,
  },
  {
    code: "K007",
    name: "preempt-conflict",
    meaning: "`nopreempt` or `preempt_delay` has no effect beside `state MASTER`, priority 255 or each other",
    severity: ["warning"],
    reader: ["preempt-conflict"],
    check: byReader,
  },
  {
    code: "K008",
    name: "nopreempt-weight",
    meaning: "with `nopreempt` the weight of what is tracked does not move the master",
    severity: ["warning"],
    check: nopreemptWeight,
  },
  {
    code: "K011",
    name: "password-cut",
    meaning: "`auth_pass` is longer than VRRPv2 can carry",
    severity: ["warning"],
    reader: ["password-cut"],
    check: byReader,
  },
  {
    code: "K012",
    name: "password-of-examples",
    meaning: "`auth_pass` is the `1111` of every example",
    severity: ["hint"],
    check: passwordOfExamples,
  },
  {
    code: "K013",
    name: "vrid-clash",
    meaning: "two instances use one `virtual_router_id` on one link",
    severity: ["error", "warning"],
    reader: ["vrid-clash"],
    check: vridOnOneNetwork,
  },
  {
    code: "K028",
    name: "advert-interval",
    meaning: "`advert_int` is a time that the protocol cannot carry",
    severity: ["warning"],
    reader: ["rounded"],
    check: byReader,
  },
];

/** A backup with `nopreempt` accepts every master that is heard; only silence and a resignation move the role. */
function* nopreemptWeight({ instances }: LintInput): Iterable<Finding> {
  for (const { instance, body } of instances) {
    const weighted = nameOfWeighted(instance);
    const no = last(body.value.settings.nopreempt);
    if (instance.preempt || weighted === undefined || no === undefined) continue;
    const message = `\`nopreempt\` leaves a master in place whose priority \`${weighted}\` has lowered`;
    yield warning(message, no.keyword, "delete `nopreempt`, or the weight: a failure is a fault then, which does move");
  }
}

/** What is tracked with a weight: a script first. */
function nameOfWeighted(trackers: Trackers): string | undefined {
  const { trackScripts, trackInterfaces, trackFiles, trackProcesses, trackBfd } = trackers;
  const others = [trackInterfaces, trackFiles, trackProcesses, trackBfd];
  const script = trackScripts.find(({ weight }) => weight !== 0);
  if (script !== undefined) return script.script;
  for (const tracked of others) {
    const weighted = tracked.find(({ weight }) => weight !== 0);
    if (weighted !== undefined) return weighted.name;
  }
  return undefined;
}

function* passwordOfExamples({ instances }: LintInput): Iterable<Finding> {
  for (const { instance, body } of instances) {
    const { authentication } = instance;
    const place = last(...body.value.settings.authentication.map(({ value }) => value.settings.auth_pass));
    if (authentication.type !== "pass" || authentication.password !== "1111" || place === undefined) continue;
    const message = "`1111` is the password of every example: it keeps no other cluster of this network apart";
    yield hint(message, place.span, "choose up to 8 characters of your own, the same on every router of this instance");
  }
}

/** Two interfaces with addresses of one network are on one link, as far as a host can tell. */
function* vridOnOneNetwork({ instances, host }: LintInput): Iterable<Finding> {
  if (host?.interfaces === undefined) return;
  const networks = new Map(host.interfaces.map(({ name, addresses }) => [name, addresses.filter(isRouted)]));
  const users = new Map<string, string>(); // number and network, to the interface that has them
  for (const { instance, body } of instances) {
    const { vrid, interface: name } = instance;
    const keys = (networks.get(name) ?? []).map((network) => `${vrid} ${networkName(network)}`);
    const twin = keys.flatMap((key) => users.get(key) ?? []).find((other) => other !== name);
    for (const key of keys) users.set(key, name);
    const place = last(body.value.settings.virtual_router_id);
    if (twin === undefined || place === undefined) continue;
    const message = `\`virtual_router_id ${vrid}\` is used on \`${twin}\` too, which has addresses of the same network as \`${name}\``;
    yield warning(message, place.span, "give each virtual router of a network its own number");
  }
}

/** Link-local networks have one name on every link. */
function isRouted({ address }: Network): boolean {
  return !address.startsWith("fe80:");
}
