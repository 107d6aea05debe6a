import { type Reading, readConfig } from "../config/read.ts";
import { type Diagnostic, inOrder } from "../syntax/diagnostic.ts";
import { newReport } from "../syntax/report.ts";
import type { Source } from "../syntax/source.ts";
import type { Span } from "../syntax/span.ts";
import { fromJson, type Written } from "./from-json.ts";
import { parseJson } from "./json.ts";
import { newPlaces, type Places } from "./places.ts";
import { type Forms, newJsonWriter } from "./to-json.ts";
import type { Place } from "./write-value.ts";

/** The two forms of a configuration. */
export type Form = "json" | "conf";

/** A configuration in the form that was asked for, and everything there is to say about it as it was given. */
export interface Conversion {
  readonly text: string; // what could be read
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether a text is meant as JSON: no configuration begins with a bracket. */
function isJson(text: string): boolean {
  return /^[\s\ufeff]*[{[]/.test(text);
}

/**
 * Converts a configuration, as the file that `source` has at `path`, whichever form it is in. What is written is read
 * back: where the same keywords in another order mean something else (a script that stands below who tracks it), the
 * order is kept. Never throws, linear time.
 */
export function convert(path: string, source: Source, to: Form): Conversion {
  const file = source.read(path);
  if (file.ok && isJson(file.text)) return convertJson(path, file.text, to);
  const given = read(path, source);
  const { diagnostics, files } = given;
  const { text, kept } = to === "json" ? jsonOf(given) : confOf(given);
  return { text, diagnostics: kept ? diagnostics : inOrder([...diagnostics, lost(path)], files) };
}

function convertJson(path: string, text: string, to: Form): Conversion {
  const places = newPlaces(path, text);
  const report = newReport((_, number) => places.line(number));
  const json = parseJson(text, path, report);
  if (json === undefined) return { text: "", diagnostics: report.finished([path]) };
  const written = fromJson(json, places, report);
  const given = readText(written.text, path);
  const found = given.diagnostics.map((it) => inJson(it, written.places, places));
  const { text: said, kept } = to === "json" ? jsonOf(given) : { text: written.text, kept: true };
  const all = [...report.finished([path]), ...found, ...(kept ? [] : [lost(path)])];
  return { text: said, diagnostics: inOrder(all, [path]) };
}

/** What is left of a configuration that was read: not its words and settings, which take much room. */
interface Read extends Pick<Reading, "diagnostics" | "files"> {
  readonly model: string; // a `Config` holds nothing that JSON loses
  readonly forms: Forms;
}

function read(path: string, source: Source): Read {
  const writer = newJsonWriter();
  const { config, diagnostics, files } = readConfig(path, source, (token) => writer.feed(token));
  const forms = writer.forms();
  return { diagnostics, files, model: JSON.stringify(config), forms };
}

function readText(text: string, path = ""): Read {
  return read(path, {
    read: () => ({ ok: true, text }),
    glob: () => [],
    random: () => 0,
    environment: () => undefined,
    hostName: "",
  });
}

/** A form, and whether it says all that was read. */
interface Said {
  readonly text: string;
  readonly kept: boolean;
}

/** Grouped, unless that means something else or gives other findings: some only say that something is not known yet. */
function jsonOf(given: Read): Said {
  const { grouped, ordered } = given.forms;
  const kept = readBack(given, "ordered");
  if (ordered === grouped) return { text: ordered, kept: kept.same };
  const other = readBack(given, "grouped");
  if (other.same && other.findings === kept.findings) return { text: grouped, kept: true };
  return { text: ordered, kept: kept.same };
}

/** Whether a form that is written as a configuration and read says the same, and what is found then. */
function readBack({ model, forms }: Read, form: keyof Forms): { readonly same: boolean; readonly findings: string } {
  const { text, whole } = confFrom(forms[form]);
  const back = readText(text);
  const same = whole && back.model === model && back.forms[form] === forms[form];
  return {
    same,
    findings: back.diagnostics
      .map(({ code }) => code)
      .sort()
      .join(),
  };
}

function confOf({ model, forms }: Read): Said {
  const { text, whole } = confFrom(forms.ordered);
  const back = readText(text);
  return { text, kept: whole && back.model === model && back.forms.ordered === forms.ordered };
}

function confFrom(text: string): { readonly text: string; readonly whole: boolean } {
  const report = newReport(() => undefined);
  const json = parseJson(text, "", report);
  const written: Written = json === undefined ? { text: "", places: [] } : fromJson(json, newPlaces("", text), report);
  return { text: written.text, whole: report.finished([]).length === 0 };
}

function lost(file: string): Diagnostic {
  const message = "the result does not say all that this file says";
  return { severity: "error", code: "lossy", message, span: { file, line: 0, column: 0, length: 0 } };
}

/** A diagnostic of what was written, about the JSON it comes from. */
function inJson(found: Diagnostic, lines: readonly Place[], places: Places): Diagnostic {
  const { span, related, source: _, ...rest } = found;
  const others = related?.map((other) => ({ ...placed(other.span), message: other.message }));
  return { ...rest, ...placed(span), ...(others === undefined ? {} : { related: others }) };

  function placed(span: Span): Pick<Diagnostic, "span" | "source"> {
    const place = lines[span.line - 1];
    if (place === undefined) return { span };
    const there = places.span(place.from, place.to);
    const source = places.line(there.line);
    return { span: there, ...(source === undefined ? {} : { source }) };
  }
}
