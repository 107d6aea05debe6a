import type { REQUEST } from "../../keywords/request.ts";
import { type Report, SILENT } from "../../syntax/report.ts";
import { last, type Setting, type Settings } from "../../syntax/table.ts";
import type { Given, RequestConfig } from "../model/check.ts";

type Asking = Settings<typeof REQUEST>;

/** What one block says of a request. */
interface RequestPart {
  readonly method: Setting<string> | undefined;
  readonly headers: readonly Setting<readonly [name: string, value: string]>[];
  readonly body: Written | undefined;
  readonly credentials: Written | undefined;
}

interface Written {
  readonly given: Given;
  readonly setting: Setting<string>;
}

/**
 * What the urls of a checker ask for beside their paths, one after another; undefined: as Keepalived does. What is wrong is
 * said once.
 */
export function requestsOf(checker: Asking, report: Report): (url: Asking) => RequestConfig | undefined {
  const outer = partOf(checker, report);
  let first = true;
  return (url) => {
    const own = partOf(url, report);
    const told = first || saysSomething(own) ? report : SILENT;
    first = false;
    return requestOf(own, outer, told);
  };
}

function partOf(block: Asking, report: Report): RequestPart {
  return {
    method: last(block.method),
    headers: block.header,
    body: written(["body", block.body], ["body_file", block.body_file], report),
    credentials: written(["basic_auth", block.basic_auth], ["basic_auth_file", block.basic_auth_file], report),
  };
}

function saysSomething({ method, headers, body, credentials }: RequestPart): boolean {
  return headers.length > 0 || [method, body, credentials].some((part) => part !== undefined);
}

function requestOf(url: RequestPart, checker: RequestPart, report: Report): RequestConfig | undefined {
  const body = url.body ?? checker.body;
  const credentials = url.credentials ?? checker.credentials;
  const method = (url.method ?? checker.method)?.value ?? (body === undefined ? "GET" : "POST");
  const headers = headersOf(url, checker);
  const login = credentials === undefined ? undefined : headers.find(isLogin);
  if (login !== undefined) {
    const message = "`basic_auth` makes the header `Authorization`: this one is left out";
    conflict(report, login, message, "delete one of them");
  }
  const bodiless = method === "HEAD" ? body : undefined;
  if (bodiless !== undefined)
    conflict(report, bodiless.setting, "`HEAD` has no body: this one is left out", "write `method POST`");
  const rest = login === undefined ? headers : headers.filter((header) => !isLogin(header));
  if (method === "GET" && rest.length === 0 && body === undefined && credentials === undefined) return undefined;
  return {
    method,
    headers: rest.map(({ value }) => value),
    body: bodiless === undefined ? body?.given : undefined,
    credentials: credentials?.given,
  };
}

/** Those of the checker that the url has none of the same name of, then its own. */
function headersOf(url: RequestPart, checker: RequestPart): RequestPart["headers"] {
  const own = new Set(url.headers.map(nameOf));
  return [...checker.headers.filter((header) => !own.has(nameOf(header))), ...url.headers];
}

function nameOf({ value: [name] }: RequestPart["headers"][number]): string {
  return name.toLowerCase();
}

function isLogin(header: RequestPart["headers"][number]): boolean {
  return nameOf(header) === "authorization";
}

type Named = readonly [keyword: string, settings: readonly Setting<string>[]];

/** A text, or the file that holds it: of both the later one counts. */
function written([text, texts]: Named, [file, files]: Named, report: Report): Written | undefined {
  const [inline, path] = [last(texts), last(files)];
  const setting = last(texts, files);
  if (setting === undefined) return undefined;
  const other = setting === inline ? path : inline;
  if (other !== undefined)
    conflict(report, other, `\`${text}\` and \`${file}\` say the same: this one is left out`, "delete one of them");
  return { setting, given: setting === path ? { file: setting.value } : { text: setting.value } };
}

function conflict(report: Report, { span }: Setting<unknown>, message: string, help: string): void {
  report.error(["conflict", message], span, { help });
}
