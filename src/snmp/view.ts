import type { IpAddress } from "../base/ip.ts";
import type { MacAddress } from "../base/mac.ts";
import type { Micros } from "../base/time.ts";
import type { MasterReason, ProtocolError } from "../base/trap.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import type { RouteConfig, RuleConfig } from "../config/model/network.ts";
import type { Route } from "../netlink/route.ts";
import type { Rule } from "../netlink/rule.ts";
import type { CheckersView, ServiceTrafficView } from "./services.ts";

/** Everything that the MIBs show, as it is at one moment. */
export interface SnmpView {
  readonly version: string; // `Keepalived v2.4.3 (keepalived-ts v1.0.0)`
  readonly routerId: string;
  readonly config: Config;
  readonly now: Micros;
  readonly masterStartedAt: Micros; // when sysUpTime was 0
  readonly vrrp: VrrpView | undefined; // undefined: the process has said nothing yet
  readonly checkers: CheckersView | undefined; // the same
  readonly traffic: ReadonlyMap<string, ServiceTrafficView>; // by the name of the service: what the kernel counted
  readonly sessions: ReadonlyMap<string, boolean>; // BFD, by name: whether it is up
  readonly items: readonly ItemsView[]; // static ones first, then those of the instances, in order
}

/** Routes and rules of one owner. */
export interface ItemsView {
  readonly routes: readonly { readonly config: RouteConfig; readonly route: Route | undefined }[]; // undefined: it has no place now
  readonly rules: readonly { readonly config: RuleConfig; readonly rule: Rule | undefined }[];
}

/** What is shown of the vrrp process. */
export interface VrrpView {
  readonly instances: readonly InstanceView[];
  readonly scripts: readonly { readonly name: string; readonly verdict: "pending" | "up" | "down" }[];
  readonly facts: VrrpFacts | undefined; // not told before SNMP is asked for
}

/** What is shown of an instance. */
export interface InstanceView {
  readonly name: string;
  readonly state: { readonly name: "init" | "backup" | "master" | "fault" };
  readonly priority: number; // effective
  readonly history: HistoryView;
  readonly counters: InstanceCounters;
}

/** What is remembered of it. */
export interface HistoryView {
  readonly activeAt: Micros | undefined; // since when it is neither init nor fault
  readonly reason: MasterReason;
  readonly error: ProtocolError;
}

/** What is shown of what it counts. */
export interface InstanceCounters {
  readonly advertisementsReceived: number;
  readonly becomeMaster: number;
  readonly priorityZeroSent: number;
  readonly priorityZeroReceived: number;
  readonly dropped: Readonly<Record<string, number>>; // by reason
}

/** What the vrrp process tells for SNMP alone. */
export interface VrrpFacts {
  readonly links: readonly { readonly name: string; readonly ifindex: number }[];
  readonly instances: readonly InstanceFacts[];
  readonly files: readonly { readonly name: string; readonly value: number }[];
  readonly processes: readonly { readonly name: string; readonly count: number; readonly enough: boolean }[];
  readonly unknownVrids: number; // packets for virtual routers that are not ours
}

/** What is told of an instance, by its name. */
export interface InstanceFacts {
  readonly name: string;
  readonly ifindex: number; // of the interface in the configuration; 0: it is not there
  readonly device: string; // that it speaks on: of a virtual MAC, if it has one
  readonly mac: MacAddress | undefined; // of that
  readonly source: IpAddress | undefined;
  readonly master: IpAddress | undefined; // heard last, or we
  readonly interfaces: readonly string[]; // of its addresses, then of its excluded ones
}

/** An instance of the configuration with all that is known of it. `number`: from 1, the index in every table. */
export interface ShownInstance {
  readonly number: number;
  readonly config: VrrpInstanceConfig;
  readonly view: InstanceView | undefined;
  readonly facts: InstanceFacts | undefined;
}

/** The instances in the order of the configuration. */
export function shownInstances({ config, vrrp }: SnmpView): readonly ShownInstance[] {
  const views = new Map(vrrp?.instances.map((view) => [view.name, view]));
  const facts = new Map(vrrp?.facts?.instances.map((fact) => [fact.name, fact]));
  return config.vrrpInstances.map((instance, i) => ({
    number: i + 1,
    config: instance,
    view: views.get(instance.name),
    facts: facts.get(instance.name),
  }));
}
