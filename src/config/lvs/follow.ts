import type { BFD_CHECK, FILE_CHECK } from "../../keywords/checkers.ts";
import type { FileWeight } from "../../keywords/read-check.ts";
import type { Span } from "../../syntax/span.ts";
import { last, type Setting } from "../../syntax/table.ts";
import type { BfdCheckConfig, FileCheckConfig } from "../model/check.ts";
import { givenOnce, knownNames, usedAbove } from "../reference.ts";
import type { CheckBody } from "./checkers.ts";
import { type Inherited, serverName } from "./connection.ts";
import type { LvsContext } from "./lvs-context.ts";

/** `FILE_CHECK`: follows a `track_file`. */
export function fileCheck(
  body: CheckBody<typeof FILE_CHECK>,
  _: Inherited,
  context: LvsContext,
): FileCheckConfig | undefined {
  const { settings, end } = body.value;
  const known = settings.track_file.filter((setting) => isFile(setting, context));
  const name = last(known);
  if (name === undefined) {
    const keepalived = `(${end.file}: Line ${end.line}) FILE_CHECK has no track_file specified - ignoring`;
    const which = settings.track_file.length === 0 ? "no `track_file`" : "no `track_file` that is defined";
    const message = `\`FILE_CHECK\` has ${which}: it checks nothing and is left out`;
    context.report.error(["missing-keyword", message], body.keyword, { keepalived, help: "add `track_file NAME`" });
    return undefined;
  }
  const standard = context.trackFiles.get(name.value)?.weight ?? { weight: 1, reverse: false };
  const own: FileWeight | undefined = last(settings.weight)?.value;
  const weight = own?.weight ?? standard.weight;
  return { type: "file", trackFile: name.value, weight, reverse: own?.reverse ?? standard.reverse };
}

function isFile({ value, span, at, order }: Setting<string>, context: LvsContext): boolean {
  const keepalived = `${at}track_file ${value} not found`;
  return isDefined({ what: "track_file", name: value, span, order, keepalived }, context.trackFiles, context);
}

/** `BFD_CHECK`: follows a `bfd_instance` that is not VRRP's alone. */
export function bfdCheck(
  { value: { settings, end }, keyword }: CheckBody<typeof BFD_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): BfdCheckConfig | undefined {
  const owner = `(${serverName(inherited)})`;
  if (settings.name.length === 0) {
    const keepalived = `(${end.file}: Line ${end.line}) ${owner} No name has been specified for BFD_CHECKER - skipping`;
    const message = "`BFD_CHECK` has no `name`: it follows nothing and is left out";
    context.report.error(["missing-keyword", message], keyword, { keepalived, help: "add `name BFD_INSTANCE`" });
    return undefined;
  }
  const known = settings.name.filter((setting) => isInstance(setting, owner, context));
  const logged = (name: string) => `${owner} BFD_CHECK - BFD ${name} already specified as ${known[0]?.value}`;
  const first = givenOnce("name", known, logged, context.report);
  if (first === undefined) return undefined;
  return { type: "bfd", instance: first.value, alpha: last(settings.alpha)?.value ?? inherited.alpha };
}

function isInstance({ value, span, at, order }: Setting<string>, owner: string, context: LvsContext): boolean {
  const { bfdInstances } = context;
  const defined = bfdInstances.get(value);
  const keepalived = `${at}${owner} BFD_CHECK - BFD ${value} not configured`;
  if (defined?.forCheckers === false) {
    const message = `bfd_instance \`${value}\` is for VRRP alone`;
    const related = [{ span: defined.place, message: "it is defined here" }];
    const help = "delete its `vrrp`, or add `checker` to it";
    context.report.error(["unknown-reference", message], span, { keepalived, related, help });
    return false;
  }
  return isDefined({ what: "bfd_instance", name: value, span, order, keepalived }, bfdInstances, context);
}

interface Reference {
  readonly what: string; // the keyword of what is referred to
  readonly name: string;
  readonly span: Span;
  readonly order: number; // of the reference
  readonly keepalived: string;
}

interface Defined {
  readonly order: number;
  readonly place: Span;
}

/** Whether there is such a thing; else it is said. */
function isDefined(
  { what, name, span, order, keepalived }: Reference,
  all: ReadonlyMap<string, Defined>,
  { report }: LvsContext,
): boolean {
  const defined = all.get(name);
  if (defined === undefined) {
    const help = knownNames(name, all, `define it at the top level: \`${what} ${name}\``);
    report.error(["unknown-reference", `there is no ${what} \`${name}\``], span, { keepalived, help });
    return false;
  }
  if (defined.order > order) usedAbove({ what, name, span, place: defined.place, status: 5, keepalived }, report);
  return true;
}
