import { type Micros, seconds } from "./time.ts";

/** What the configuration asks for one of our processes; a `ProcessConfig` is one. */
export interface SchedulingWish {
  readonly nice: number; //             -20 to 19
  readonly realtimePriority: number; // 0 = not asked for
  readonly realtimeLimit: Micros;
  readonly locked: boolean;
  readonly cpus: readonly number[]; //  none: all
}

/** `max_auto_priority` and `min_auto_priority_delay`. */
export interface AutoPriority {
  readonly maxAutoPriority: number; // 1 to 99; less: never
  readonly minAutoPriorityDelay: Micros;
}

/** How one of our processes is scheduled. */
export interface Scheduling {
  readonly nice: number;
  readonly priority: number; //         1 to 99 in real time; 0: ordinary
  readonly limit: Micros; //            of processor time in real time, without a pause
  readonly memory: "ordinary" | "program locked" | "locked";
  readonly cpus: readonly number[]; //  none: as we were started
}

/** What sends and hears adverts or BFD packets is scheduled in real time also where nobody asks for it. */
const LEAST_PRIORITY = 1;

/**
 * The least limit. Keepalived's standard of 10 ms is for a program that never does much at once: a garbage collection, or
 * a thousand addresses (26 ms; 20,000 take more than a second), takes longer, and would cost the process its life. At
 * adverts of a second a backup takes over after this time anyway.
 */
export const LEAST_LIMIT: Micros = seconds(3);

/** `raised`: how far lateness has raised the priority already. */
export function schedulingOf(wish: SchedulingWish, isTimeCritical: boolean, raised = 0): Scheduling {
  const priority = Math.max(wish.realtimePriority, raised, isTimeCritical ? LEAST_PRIORITY : 0);
  return {
    nice: wish.nice,
    priority,
    limit: Math.max(wish.realtimeLimit, LEAST_LIMIT),
    memory: wish.locked ? "locked" : isTimeCritical ? "program locked" : "ordinary",
    cpus: wish.cpus,
  };
}

/** The priority of a process that woke up so late: one more than it has, up to the ceiling, and never less. */
export function priorityAfter(
  late: Micros,
  priority: number,
  { maxAutoPriority, minAutoPriorityDelay }: AutoPriority,
): number {
  return late < minAutoPriorityDelay || priority >= maxAutoPriority ? priority : priority + 1;
}
