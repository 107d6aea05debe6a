import { openPart, pathParts } from "../base/host.ts";
import { modulePath } from "../config/lvs/js-check.ts";
import type { Reading } from "../config/read.ts";
import { JS_CHECK } from "../keywords/checkers.ts";
import { LANGUAGE } from "../keywords/language.ts";
import { type Script, script, scriptWithUser } from "../keywords/script.ts";
import type { Span } from "../syntax/span.ts";
import { byReader, error, type Finding, hint, type Lint, type LintInput, warning } from "./lint.ts";
import { find, searchFor } from "./walk.ts";

const SCRIPTS = new Set<unknown>([script, scriptWithUser]);
const COMMANDS = searchFor(LANGUAGE.children, (_, row) => row.kind === "line" && SCRIPTS.has(row.type));

const MODULES = searchFor(LANGUAGE.children, (_, row) => row === JS_CHECK.module);

/** Whether the scripts can be run, and who else can write them. */
export const SCRIPT_LINTS: readonly Lint[] = [
  {
    code: "K023",
    name: "script-not-executable",
    meaning: "a script does not exist or cannot be executed",
    severity: ["error"],
    check: notExecutable,
  },
  {
    code: "K024",
    name: "script-writable",
    meaning: "others than its owner may write to a script, or to a folder above it",
    severity: ["warning"],
    check: writable,
  },
  {
    code: "K025",
    name: "script-security",
    meaning: "scripts are run without `enable_script_security`",
    severity: ["warning"],
    reader: ["script-security"],
    check: byReader,
  },
  {
    code: "K042",
    name: "module-privileges",
    meaning: "a module of `JS_CHECK` runs in the daemon, with all of its privileges",
    severity: ["hint"],
    check: modulePrivileges,
  },
];

/** Every path that the lints about scripts ask for: the commands, and all folders above them. */
export function scriptPaths(reading: Pick<Reading, "config" | "tree">): ReadonlySet<string> {
  return new Set([...commands(reading), ...modules(reading)].flatMap(({ path }) => pathParts(path)));
}

interface Command {
  readonly path: string;
  readonly what?: "module"; // it is loaded, not executed
  readonly user: string | undefined; // undefined: none is named
  readonly judged: boolean; // its exit status means something
  readonly span: Span;
}

/**
 * Every command of the file, with the user beside it, behind it, or named for all. One without a slash is looked up in
 * PATH, which only its host knows.
 */
function commands({ config, tree }: Pick<Reading, "config" | "tree">): readonly Command[] {
  const found: Command[] = [];
  for (const { keyword, setting, beside } of find(COMMANDS, tree)) {
    if (!isScript(setting.value)) continue;
    const { argv, more } = setting.value;
    const [path] = argv;
    const named = beside["user"]?.at(-1)?.value;
    const judged = keyword === "script" || keyword === "misc_path";
    // Those have their user on a line of its own, and what stands behind them means nothing.
    const user = Array.isArray(named) ? String(named[0]) : judged ? undefined : more[0];
    if (path !== undefined) found.push({ path, user: user ?? config.global.scriptUser, judged, span: setting.span });
  }
  return found;
}

/** The modules of JS_CHECKs, which run as the daemon does. */
function modules({ tree }: Pick<Reading, "tree">): readonly Command[] {
  return find(MODULES, tree).flatMap(({ setting }) => {
    const [path] = Array.isArray(setting.value) ? setting.value.map(String) : [];
    if (path === undefined) return [];
    const file = modulePath(setting.keyword.file, path);
    return [{ path: file, what: "module", user: "root", judged: true, span: setting.span }];
  });
}

/** Once: it is the same for all of them. */
function* modulePrivileges(input: LintInput): Iterable<Finding> {
  const [first] = modules(input);
  if (first === undefined) return;
  const message = `\`${first.path}\` runs in the daemon, with all of its privileges, unlike a script of \`MISC_CHECK\``;
  yield hint(message, first.span, "load only what you would run as root; whoever may write it is root");
}

function isScript(value: unknown): value is Script {
  return typeof value === "object" && value !== null && "argv" in value && "more" in value;
}

function* notExecutable(input: LintInput): Iterable<Finding> {
  const files = input.host?.files;
  if (files === undefined) return;
  for (const { path, what, judged, span } of [...commands(input), ...modules(input)]) {
    const fact = files.get(pathParts(path).at(-1) ?? "");
    if (fact === undefined) continue;
    const so = judged ? "it counts as failed" : "it is not run";
    const help = `write the path of the ${what ?? "script"}`;
    if (fact.type === "missing" && fact.target !== undefined)
      yield error(`\`${path}\` is a link to \`${fact.target}\`, which does not exist: ${so}`, span, help);
    else if (fact.type === "missing") yield error(`\`${path}\` does not exist: ${so}`, span, help);
    else if (fact.type === "folder") yield error(`\`${path}\` is a folder: ${so}`, span, help);
    else if (what === undefined && (fact.mode & ANY_EXECUTE) === 0)
      yield error(`\`${path}\` is not executable: ${so}`, span, `run \`chmod +x ${path}\``);
  }
}

const ANY_EXECUTE = 0o111;

function* writable(input: LintInput): Iterable<Finding> {
  const files = input.host?.files;
  if (files === undefined) return;
  for (const { path, user, span } of [...commands(input), ...modules(input)]) {
    const root = user === "root";
    const open = openPart(path, files, root);
    if (open === undefined) continue;
    const what = open === path ? `\`${path}\`` : `\`${open}\`, where \`${path}\` is found,`;
    const who = root ? "others than root" : "everybody";
    const help = root ? `run \`chown root ${open}\` and \`chmod go-w ${open}\`` : `run \`chmod o-w ${open}\``;
    yield warning(
      `${what} may be written by ${who}: who can do that runs commands as ${user ?? "the script user"}`,
      span,
      help,
    );
  }
}
