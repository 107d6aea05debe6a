import type { JS_CHECK } from "../../keywords/checkers.ts";
import { folder } from "../../syntax/include.ts";
import { last } from "../../syntax/table.ts";
import type { JsCheckConfig } from "../model/check.ts";
import type { CheckBody } from "./checkers.ts";
import { type Inherited, STANDARD, timing } from "./connection.ts";
import type { LvsContext } from "./lvs-context.ts";

/** `JS_CHECK`. */
export function jsCheck(
  body: CheckBody<typeof JS_CHECK>,
  inherited: Inherited,
  context: LvsContext,
): JsCheckConfig | undefined {
  const { settings } = body.value;
  const given = last(settings.module);
  const [path = "", ...words] = given?.value ?? [];
  if (given === undefined || path === "") {
    const message = "`JS_CHECK` has no `module`: it checks nothing and is left out";
    context.report.error(["missing-keyword", message], body.keyword, { status: 0, help: "add `module ./check.mjs`" });
    return undefined;
  }
  context.runs(given.span);
  const { address, port, service } = inherited;
  return {
    type: "js",
    ...timing(settings, inherited, { retry: 0, delayBeforeRetry: STANDARD.delayBeforeRetry }, context),
    module: modulePath(given.keyword.file, path),
    arguments: words,
    timeLimit: last(settings.timeout)?.value ?? inherited.connectTimeout,
    dynamic: settings.js_dynamic.length > 0,
    server: { address, port, virtualServer: service },
  };
}

/** The path of a module, which counts from the folder of the file that names it. */
export function modulePath(file: string, path: string): string {
  return path.startsWith("/") ? path : folder(file) + path.replace(/^(?:\.\/+)+/, "");
}
