import { choice, type Table } from "../syntax/table.ts";

/** Words of a boolean. */
export const BOOLEAN = {
  on: choice("True", {}, "(word, lower case only)"),
  true: choice("True", {}, "(word, lower case only)"),
  yes: choice("True", {}, "(word, lower case only)"),
  off: choice("False", {}, "(word, lower case only)"),
  false: choice("False", {}, "(word, lower case only)"),
  no: choice("False", {}, "(word, lower case only)"),
} satisfies Table;

/** What stands before the keywords: comments, quotes, files, conditions, definitions, sequences. */
export const LEXER = {
  "#": choice("Comment, anywhere outside double quotes", { repeats: true }, "rest of line"),
  "!": choice("Comment, anywhere outside double quotes", { repeats: true }, "rest of line"),
  "\\#": choice("Literal hash character", { note: "outside double quotes", repeats: true }, "escape"),
  "\\!": choice("Literal exclamation mark", { note: "outside double quotes", repeats: true }, "escape"),
  "{": choice("Open a block", { note: "same line or next line", repeats: true }, "block start"),
  "}": choice("Close a block", { repeats: true }, "block end"),
  '"': choice("Quoted word; spaces and comment characters are kept", { repeats: true }, '"text"'),
  "'": choice(
    "Second-level quote within script values",
    { note: "only inside script and regex values", repeats: true },
    "'text'",
  ),
  "\\": choice(
    "Continue a multi-line definition",
    { note: "only joins lines of a $NAME definition", repeats: true },
    "backslash at end of line",
  ),
  include: choice("Read other files, problems only logged", { repeats: true }, "<GLOB to end of line>"),
  includer: choice("include; unreadable match is an error", { repeats: true }, "<GLOB to end of line>"),
  includem: choice(
    "includer; missing plain name is an error",
    { note: "needs glob callbacks, not on musl", repeats: true },
    "<GLOB to end of line>",
  ),
  includew: choice("includem; wildcard without match is an error too", { repeats: true }, "<GLOB to end of line>"),
  includeb: choice(
    "includer; incomplete brace set is an error",
    { note: "needs glob callbacks, not on musl", repeats: true },
    "<GLOB to end of line>",
  ),
  includea: choice("All include checks together", { repeats: true }, "<GLOB to end of line>"),
  "@<ID>": choice("Line applies only if the config id equals ID", { repeats: true }, "<rest of line>"),
  "@^<ID>": choice("Line applies only if the config id differs from ID", { repeats: true }, "<rest of line>"),
  "$<NAME>=": choice("Define a substitution parameter", { note: "no space before =", repeats: true }, "<text>"),
  "$<NAME>": choice(
    "Insert the parameter value",
    { note: "must be followed by blank, comma, ) or end", repeats: true },
    "parameter use",
  ),
  "${<NAME>}": choice("Insert the parameter value, any context", { repeats: true }, "parameter use"),
  "${_PWD}": choice("Directory of the current configuration file", { repeats: true }, ""),
  "${_INSTANCE}": choice("Config id, not the instance keyword", { repeats: true }, ""),
  "${_RANDOM}": choice(
    "Random integer",
    { note: "default 0..32767", repeats: true },
    "[<MIN> [<MAX>]] before the brace",
  ),
  "${_ENV}": choice("Environment variable value", { since: "2.4.0", repeats: true }, "<VARIABLE> before the brace"),
  "${_HASH}": choice("Hash character", { repeats: true }, ""),
  "${_BANG}": choice("Exclamation mark", { repeats: true }, ""),
  "~SEQ": choice(
    "Repeat the line with a counter",
    { repeats: true },
    "(VAR,END)|(VAR,START,END)|(VAR,START,STEP,END), then rest of line",
  ),
  "~SEQx": choice(
    "Repeat the line with a hexadecimal counter",
    { note: "non-negative values only", repeats: true },
    "as ~SEQ",
  ),
  "~LST": choice(
    "Repeat the line with listed values",
    { repeats: true },
    "(VAR,V1,V2...)|({V,W},{a,b}...) <rest of line>",
  ),
} satisfies Table;

/** Words of a script value. */
export const SCRIPT = {
  "<COMMAND> [<ARG>...]": choice(
    "Command line; arguments require quoting the whole",
    {},
    "bare word, or one quoted string holding all words",
  ),
  "<USER>": choice(
    "Account to run as",
    { default: "script_user", note: "not for script, misc_path; they use user" },
    "word after the command",
  ),
  "<GROUP>": choice("Group to run as", { default: "primary group of the user" }, "word after the user"),
  ":<GROUP>": choice(
    "Also set supplementary groups",
    { default: "off", note: "HEAD only" },
    "colon, optionally with a name",
  ),
  "</PATH": choice(
    "Succeeds when the file can be opened",
    { note: "special cased, never executed" },
    "redirection-like word",
  ),
} satisfies Table;
