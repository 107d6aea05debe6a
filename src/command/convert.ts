import { convert as convertFile, type Form } from "../convert/convert.ts";
import { renderWithCode } from "../syntax/diagnostic.ts";
import { cannot } from "../syntax/include.ts";
import { readArguments, refuse } from "./arguments.ts";
import type { Command } from "./command.ts";

/** Exit status where there is an error, as that of `-t` for a configuration with errors. */
const ERRORS = 5;
const UNREADABLE = 2;

const OPTIONS = { to: { type: "string" }, "config-id": { type: "string", short: "i" } } as const;

const HELP = `Usage: keepalived-ts convert --to json|conf FILE
Writes a configuration in the other form, or in the same one, on standard output; what is wrong with it on standard
error. A file that begins with { or [ is JSON. Both forms say what the text means: comments are gone, and includes,
conditions, definitions and sequences are carried out.

      --to=FORM           json, or conf: the language of keepalived.conf
  -i, --config-id=ID      who we are for @ID lines; else the host name
  -h, --help              print this text

Exit status: 0 no errors, 1 wrong arguments, 2 the file cannot be read, 5 errors (what could be read is written).
`;

/**
 * `convert`: a configuration as JSON or as `keepalived.conf`, whichever form it is in, on standard output; diagnostics on
 * standard error. Exit status 0 without errors, 1 wrong arguments, 2 the file cannot be read, 5 errors.
 */
export const convert: Command = {
  name: "convert",
  usage: "--to json|conf FILE",
  meaning: "print a file as JSON, or JSON as a file; includes and definitions are carried out",
  help: HELP,
  run(args, host) {
    const { source, out, error } = host;
    const asked = askedFor(args);
    if (typeof asked === "string") return refuse(convert, asked, host);
    const { path, to, configId } = asked;
    const file = source.read(path);
    if (!file.ok) {
      error(`error: \`${path}\` ${cannot(file)}\n`);
      return UNREADABLE;
    }
    const whole = { ...source, ...(configId === undefined ? {} : { configId }) };
    const { text, diagnostics } = convertFile(path, whole, to);
    for (const diagnostic of diagnostics) error(`${renderWithCode(diagnostic)}\n\n`);
    out(text);
    return diagnostics.some(({ severity }) => severity === "error") ? ERRORS : 0;
  },
};

interface Asked {
  readonly path: string;
  readonly to: Form;
  readonly configId: string | undefined;
}

/** What the arguments ask for, or what is wrong with them. */
function askedFor(args: readonly string[]): Asked | string {
  const read = readArguments(args, OPTIONS);
  if (typeof read === "string") return read;
  const given = (name: keyof typeof OPTIONS) => read.findLast(({ option }) => option === name)?.value;
  const to = given("to");
  if (to === undefined) return "`convert` needs `--to json` or `--to conf`";
  if (to !== "json" && to !== "conf") return `\`--to\` is json or conf, not \`${to}\``;
  const [file, ...more] = read.filter(({ option }) => option === undefined);
  if (file === undefined) return "`convert` needs the name of a file";
  if (more.length > 0) return "`convert` takes one file";
  return { path: file.value, to, configId: given("config-id") };
}
