import type { Config } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";

/** Says in the log what is wrong with a configuration, where `-t` would show the line. */
export function sayDiagnostics(log: Log, diagnostics: readonly Diagnostic[]): void {
  for (const { severity, code, message, span, help, keepalived } of diagnostics) {
    const { file, line, column } = span;
    const place = line === 0 ? "" : "({file}: Line {line}) ";
    const text = line === 0 ? (keepalived ?? message) : message;
    const fields = { file, line, column, code, message: text, help };
    const phrase = `${place}{message}${help === undefined ? "" : "; {help}"}`;
    if (severity === "error") log.error(phrase, fields);
    else if (severity === "warning") log.warning(phrase, fields);
    else log.info(phrase, fields);
  }
}

/** `-d`: the whole configuration with its defaults, a log line for each of its lines; without passwords. */
export function sayConfig(log: Log, config: Config): void {
  const masked = JSON.stringify(config, (key, value) => (key === "password" ? "********" : value), 1);
  for (const line of masked.split("\n")) log.info("{line}", { line });
}
