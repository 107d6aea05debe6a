import { Counter, Gauge, Registry } from "prom-client";
import { toSeconds } from "../base/time.ts";
import * as scope from "./metric-scopes.ts";
import * as traffic from "./traffic-scopes.ts";

/** The metrics page in Prometheus' text format; `render()` asks `observe` once and shows what it answers. */
export interface MetricsPage {
  readonly contentType: string;
  render(): Promise<string>;
}

const { daemon, build, child, reload, addressed, instance, dropped, splitBrain, service, realServer, checker, result } =
  scope;
const { bfdSession, bfdDropped, restored, certificates } = scope;
const { serviceTraffic, servicePackets, serviceBytes, serverTraffic, serverPackets, serverBytes, serverConnections } =
  traffic;
const BFD_STATE = { "admin-down": 0, down: 1, init: 2, up: 3 };
const STATE = { init: 0, backup: 1, master: 2, fault: 3 };

/** One line per metric; `_total` in the name makes it a counter. A value of undefined leaves the sample out. */
const METRICS: readonly Metric[] = [
  metric("keepalived_up", "1 while the daemon runs", daemon, () => 1),
  metric("keepalived_build_info", "1; its label is the version", build, () => 1),
  metric("keepalived_reload_total", "Reloads asked for, by what came of them", reload, (count) => count),
  metric("keepalived_child_up", "1 while the process has its configuration in force", child, (c) => Number(c.up)),
  metric("keepalived_child_restarts_total", "Times the process died and was replaced", child, (c) => c.restarts),

  metric("keepalived_vrrp_state", "0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT", addressed, (i) => STATE[i.state.name]),
  metric("keepalived_effective_priority", "Priority after tracking", instance, (i) => i.priority),
  metric("keepalived_advertisements_sent_total", "Adverts sent", instance, (i) => i.counters.advertisementsSent),
  metric(
    "keepalived_advertisements_received_total",
    "Adverts taken",
    instance,
    (i) => i.counters.advertisementsReceived,
  ),
  metric("keepalived_become_master_total", "Transitions to MASTER", instance, (i) => i.counters.becomeMaster),
  metric("keepalived_release_master_total", "Transitions from MASTER", instance, (i) => i.counters.releaseMaster),
  metric("keepalived_priority_zero_sent_total", "Resignations sent", instance, (i) => i.counters.priorityZeroSent),
  metric(
    "keepalived_priority_zero_received_total",
    "Resignations heard",
    instance,
    (i) => i.counters.priorityZeroReceived,
  ),
  metric("keepalived_split_brain", "1 while another is master too", instance, (i) => Number(i.split)),
  metric("keepalived_split_brains_total", "Other masters met, by how they were seen", splitBrain, (count) => count),
  metric("keepalived_packets_dropped_total", "Packets refused, by reason", dropped, (count) => count),
  metric("keepalived_restored_total", "Removed by others and put back, by type", restored, (count) => count),

  metric("keepalived_bfd_state", "0 AdminDown, 1 Down, 2 Init, 3 Up", bfdSession, (s) => BFD_STATE[s.session.state]),
  metric(
    "keepalived_bfd_detection_time_seconds",
    "Silence after which the neighbour counts as down",
    bfdSession,
    (s) => (s.detectionTime === 0 ? undefined : toSeconds(s.detectionTime)),
  ),
  metric("keepalived_bfd_packets_sent_total", "Packets sent", bfdSession, (s) => s.counters.packetsSent),
  metric("keepalived_bfd_packets_received_total", "Packets taken", bfdSession, (s) => s.counters.packetsReceived),
  metric("keepalived_bfd_become_up_total", "Transitions to Up", bfdSession, (s) => s.counters.becomeUp),
  metric("keepalived_bfd_become_down_total", "Transitions from Up", bfdSession, (s) => s.counters.becomeDown),
  metric("keepalived_bfd_packets_dropped_total", "BFD packets refused, by reason", bfdDropped, (count) => count),

  metric("keepalived_quorum_up", "1 while the virtual server has its quorum", service, (s) => Number(s.quorumUp)),
  metric("keepalived_real_server_up", "1 while no checker holds it down", realServer, (r) => Number(r.up)),
  metric("keepalived_ipvs_deviations", "Of the kernel's table from ours", daemon, (now) => now.checkers?.deviations),
  metric("keepalived_real_server_weight", "Weight in the kernel's table; 0 while absent", realServer, (r) => r.weight),
  metric("keepalived_virtual_server_connections_total", "Scheduled", serviceTraffic, (s) => s.connections),
  metric("keepalived_virtual_server_packets_total", "Seen, by direction", servicePackets, (count) => count),
  metric("keepalived_virtual_server_bytes_total", "Seen, by direction", serviceBytes, (count) => count),
  metric("keepalived_real_server_connections_total", "Scheduled", serverTraffic, (s) => s.statistics.connections),
  metric("keepalived_real_server_packets_total", "Seen, by direction", serverPackets, (count) => count),
  metric("keepalived_real_server_bytes_total", "Seen, by direction", serverBytes, (count) => count),
  metric("keepalived_real_server_connections", "Of now, by kind", serverConnections, (count) => count),
  metric("keepalived_checks_configured", "Checkers that ask", daemon, (now) => now.checkers?.checks?.configured),
  metric("keepalived_checks_running", "Checks that answer them", daemon, (now) => now.checkers?.checks?.running),
  metric("keepalived_checks_saved", "Answered by another's", daemon, (now) => now.checkers?.checks?.saved),
  metric("keepalived_checker_up", "Verdict of the checker", checker, (c) => Number(c.up)),
  metric(
    "keepalived_checker_latency_seconds",
    "Duration of the last check",
    checker,
    (c) => c.latency && toSeconds(c.latency),
  ),
  metric(
    "keepalived_checker_certificate_days_left",
    "Until the first certificate that it was shown expires; negative: since",
    certificates,
    ({ at }) => (Math.min(...Object.values(at)) - Date.now() / 1000) / 86_400,
  ),
  metric("keepalived_checker_results_total", "Checks done, by result", result, (count) => count),
];

/** A page of the metrics above. */
export function createMetricsPage(observe: () => scope.Observed | Promise<scope.Observed>): MetricsPage {
  const registry = new Registry();
  const shows = METRICS.map((register) => register(registry));
  return {
    contentType: registry.contentType,
    async render() {
      const now = await observe();
      for (const show of shows) show(now);
      return registry.metrics();
    },
  };
}

/** Registers the metric, and returns what puts its present samples in place of the former ones. */
type Metric = (registry: Registry) => (now: scope.Observed) => void;

function metric<T>(name: string, help: string, of: scope.Scope<T>, value: (thing: T) => number | undefined): Metric {
  return (registry) => {
    const settings = { name, help, labelNames: of.labels, registers: [registry] };
    const shown = name.endsWith("_total") ? new Counter(settings) : new Gauge(settings);
    return (now) => {
      shown.reset();
      for (const [labels, thing] of of.each(now)) {
        const is = value(thing);
        if (is !== undefined) shown.inc(labels, is);
      }
    };
  };
}
