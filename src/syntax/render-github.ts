import { type Diagnostic, placeName } from "./diagnostic.ts";

const COMMANDS = { error: "error", warning: "warning", hint: "notice" } as const;

/**
 * A diagnostic as a workflow command of GitHub Actions, which shows it at its line of a pull request
 * (docs.github.com, "Workflow commands for GitHub Actions"). Other places and the help are more lines of its message.
 */
export function renderGithub({
  severity,
  code,
  message,
  span,
  help,
  includedFrom = [],
  related = [],
}: Diagnostic): string {
  const { file, line, column, length } = span;
  const place = line === 0 ? { file } : { file, line, col: column, endColumn: column + length };
  const properties = Object.entries({ ...place, title: code }).map(
    ([name, value]) => `${name}=${property(`${value}`)}`,
  );
  const others = related.map((other) => `${placeName(other.span)}: ${other.message}`);
  const includes = includedFrom.map((by) => `included from ${placeName(by)}`);
  const text = [message, ...others, ...includes, ...(help === undefined ? [] : [`help: ${help}`])].join("\n");
  return `::${COMMANDS[severity]} ${properties.join(",")}::${data(text)}`;
}

/** What would end the command, or be taken for an escape. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** In a property, also what separates properties. */
function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
