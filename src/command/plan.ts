import { type Reading, readConfig } from "../config/read.ts";
import { type Change, changesOf } from "../plan/changes.ts";
import { objections } from "../plan/objections.ts";
import { type Plan, planReload } from "../plan/plan.ts";
import { lineOf, summaryOf } from "../plan/text.ts";
import { type Diagnostic, renderWithCode } from "../syntax/diagnostic.ts";
import { renderJson } from "../syntax/render-json.ts";
import { readArguments, refuse } from "./arguments.ts";
import { CONFIG_FILE } from "./check-arguments.ts";
import type { Command, CommandHost } from "./command.ts";

const STATUS = { same: 0, changes: 2, refused: 5 } as const;

const OPTIONS = { "config-id": { type: "string", short: "i" }, format: { type: "string" } } as const;

const USAGE = "[OPTION]... NEW [OLD]";

const HELP = `Usage: keepalived-ts plan ${USAGE}
Says what a reload from one configuration to another does: what comes, goes, changes and stays, and what that
means for traffic. Without OLD, or with -, it is ${CONFIG_FILE}.

  -i, --config-id=ID      who we are for @ID lines; else the host name
      --format=FORMAT     text, or json: an object with \`old\`, \`new\`, \`refused\` (the findings a reload is refused
                          for), \`summary\` and \`changes\` (each with \`change\`: added, removed, changed, replaced
                          or reordered; \`within\`, \`what\`, \`name\`, \`from\`, \`to\`, \`unit\`, \`effect\`)
  -h, --help              print this text

Exit status: 0 no change, 1 wrong arguments or OLD cannot be read, 2 changes, 5 the reload would be refused.
`;

/** `plan`: what a reload would do, with the function that the daemon reloads by. */
export const plan: Command = {
  name: "plan",
  usage: USAGE,
  meaning: "say what a reload would change, and what that means for traffic",
  help: HELP,
  run(args, host) {
    const task = taskOf(args);
    if (typeof task === "string") return refuse(plan, task, host);
    const source = task.id === undefined ? host.source : { ...host.source, configId: task.id };
    const [old, next] = [readConfig(task.old, source), readConfig(task.next, source)];
    const [unread] = old.files.length === 0 ? old.diagnostics : [];
    if (unread !== undefined)
      return refuse(plan, unread.message, host, "name the file that the daemon was started with");
    const comparison = { task, old, next, refused: objections(old.diagnostics, next.diagnostics) };
    return task.format === "json" ? answerJson(comparison, host) : answerText(comparison, host);
  },
};

interface Task {
  readonly next: string;
  readonly old: string;
  readonly byDefault: boolean;
  readonly id: string | undefined;
  readonly format: "text" | "json";
}

interface Comparison {
  readonly task: Task;
  readonly old: Reading;
  readonly next: Reading;
  readonly refused: readonly Diagnostic[];
}

/** The task, or what is wrong with it. */
function taskOf(args: readonly string[]): Task | string {
  const read = readArguments(args, OPTIONS);
  if (typeof read === "string") return read;
  const given = (name: keyof typeof OPTIONS) => read.findLast(({ option }) => option === name)?.value;
  const [next, old = "-", ...more] = read.filter(({ option }) => option === undefined).map(({ value }) => value);
  const format = given("format") ?? "text";
  if (next === undefined) return "`plan` needs the name of the new file";
  if (more.length > 0) return "`plan` takes two files at most";
  if (format !== "text" && format !== "json") return `\`--format\` is text or json, not \`${format}\``;
  const byDefault = old === "-";
  return { next, old: byDefault ? CONFIG_FILE : old, byDefault, id: given("config-id"), format };
}

function answerText({ task, old, next, refused }: Comparison, host: CommandHost): number {
  host.out(`plan: from \`${task.old}\`${task.byDefault ? " (the default)" : ""} to \`${task.next}\`\n`);
  for (const finding of refused) host.out(`\n${renderWithCode(finding)}\n`);
  if (refused.length > 0) host.out(`\n${refusal(refused)}\n`);
  if (next.files.length === 0) return STATUS.refused;
  const planned = planReload(old.config, next.config);
  host.out(`${refused.length > 0 ? "without that: " : "the reload would be accepted: "}${summaryOf(planned)}\n`);
  host.out(paragraphs(changesOf(planned)).join(""));
  return status(planned, refused);
}

/** Lines, with an empty one before and behind what has inner lines. */
function paragraphs(changes: readonly Change[]): readonly string[] {
  const inner = changes.map(({ within }) => within.length > 0);
  return changes.map((change, i) => {
    const apart = !inner[i] && (i === 0 || inner[i - 1] || inner[i + 1]);
    return `${apart ? "\n" : ""}${lineOf(change)}\n`;
  });
}

function refusal({ length }: readonly Diagnostic[]): string {
  return `the reload would be refused for ${length} new error${length === 1 ? "" : "s"}; the configuration in force would stay`;
}

function answerJson({ task, old, next, refused }: Comparison, host: CommandHost): number {
  const planned = planReload(old.config, next.files.length === 0 ? old.config : next.config);
  const data = {
    ...{ old: task.old, new: task.next, refused: JSON.parse(renderJson(refused)) as unknown },
    ...{ summary: summaryOf(planned), changes: changesOf(planned) },
  };
  host.out(`${JSON.stringify(data, (_, value) => value ?? null, 2)}\n`);
  return status(planned, refused);
}

function status({ difference: { fields, groups, lists } }: Plan, refused: readonly Diagnostic[]): number {
  if (refused.length > 0) return STATUS.refused;
  const changes = fields.length + Object.keys(groups).length + Object.keys(lists).length;
  return changes === 0 ? STATUS.same : STATUS.changes;
}
