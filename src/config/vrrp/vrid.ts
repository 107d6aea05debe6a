import type { Report } from "../../syntax/report.ts";
import { last } from "../../syntax/table.ts";
import type { VrrpInstanceConfig } from "../model/model.ts";
import type { InstanceBody } from "./instance-context.ts";

/** A resolved instance with its block. */
export interface ResolvedInstance {
  readonly config: VrrpInstanceConfig;
  readonly body: InstanceBody;
}

const SHOWN = 8; // instances with one number that a message of Keepalived is written for

/**
 * Instances with one `virtual_router_id` where it must be unique: on one interface by family and multicast group, and
 * among those that send from one address to one peer.
 */
export function vridClashes(instances: readonly ResolvedInstance[], report: Report): void {
  const multicast = new Map<string, ResolvedInstance[]>();
  const unicast = new Map<string, ResolvedInstance>(); // by peer
  for (const instance of instances) {
    const { vrid, family, interface: name, multicastGroup, sourceAddress, unicast: sent } = instance.config;
    if (sent === undefined) {
      const key = `${vrid} ${name} ${family === 4 ? "IPv4" : "IPv6"} ${multicastGroup}`;
      const twins = multicast.get(key);
      if (twins === undefined) multicast.set(key, [instance]);
      else {
        clash(twins, instance, report);
        twins.push(instance);
      }
      continue;
    }
    const keys = sent.peers.map(({ address }) => `${vrid} ${sourceAddress ?? name} ${address}`);
    const twin = keys.map((key) => unicast.get(key)).find((other) => other !== undefined);
    if (twin !== undefined) unicastClash(twin, instance, report);
    for (const key of keys) if (!unicast.has(key)) unicast.set(key, instance);
  }
}

function place({ body }: ResolvedInstance) {
  return last(body.value.settings.virtual_router_id)?.span ?? body.span;
}

function clash(twins: readonly ResolvedInstance[], instance: ResolvedInstance, report: Report): void {
  const { name, vrid, family, interface: link } = instance.config;
  const lines = twins
    .slice(0, SHOWN)
    .map(({ config }) => `${config.name} and ${name} both use VRID ${vrid} with IPv${family} on interface ${link}`);
  const [first] = twins;
  if (first === undefined) return;
  const message = `\`${first.config.name}\` uses \`virtual_router_id ${vrid}\` on \`${link}\` too`;
  const related = [{ span: place(first), message: `\`${first.config.name}\` has it` }];
  report.error(["vrid-clash", message], place(instance), { fatal: true, keepalived: lines.join("\n"), related });
}

/** In Keepalived the first of the two stays in fault. */
function unicastClash({ config: first, ...rest }: ResolvedInstance, instance: ResolvedInstance, report: Report): void {
  const { name, vrid } = instance.config;
  const message = `\`${first.name}\` uses \`virtual_router_id ${vrid}\` with the same source and peer`;
  const keepalived = `(${first.name}) duplicate VRID conflict with ${name} VRID ${vrid}`;
  const related = [{ span: place({ config: first, ...rest }), message: `\`${first.name}\` has it` }];
  const help = "give one of them another number, or other peers";
  report.error(["vrid-clash", message], place(instance), { keepalived, related, help });
}
