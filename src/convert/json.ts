import type { Report } from "../syntax/report.ts";
import { newPlaces, type Places } from "./places.ts";

/** A JSON value with its place: offsets in the text, `to` behind its last character. */
export type Json = JsonObject | JsonArray | JsonScalar;

export interface JsonObject {
  readonly kind: "object";
  readonly entries: readonly JsonEntry[]; // as they are written; a key that stands twice is here twice
  readonly from: number;
  readonly to: number;
}

/** A key of an object with its value. */
export interface JsonEntry {
  readonly key: string;
  readonly from: number; // of the key
  readonly to: number;
  readonly value: Json;
}

interface JsonArray {
  readonly kind: "array";
  readonly items: readonly Json[];
  readonly from: number;
  readonly to: number;
}

interface JsonScalar {
  readonly kind: "string" | "number" | "true" | "false" | "null";
  readonly text: string; // of a string what it says, of a number how it is written
  readonly from: number;
  readonly to: number;
}

const DEEPEST = 64; // objects and arrays within each other; the language needs 12

const BLANKS = /[ \t\n\r\ufeff]*/y;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]\w*/y;
const ESCAPES = 'JSON knows `\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\uXXXX`';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;
const WORDS: ReadonlySet<string> = new Set(["true", "false", "null"]);

/** The path of a value as `jq` writes it, without the dot at its beginning: `virtual_server[2].lb_algo`. */
export function pathName(steps: readonly (string | number)[]): string {
  const text = steps.map((step) =>
    typeof step === "number" ? `[${step}]` : /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
  );
  return text.join("").replace(/^\./, "");
}

/**
 * Reads JSON (RFC 8259). Undefined where the text is none, which is reported with its path; a key that stands twice in
 * an object is reported too. Numbers stay as they are written. Linear time, never throws.
 */
export function parseJson(text: string, file: string, report: Report): Json | undefined {
  let at = 0;
  const path: (string | number)[] = [];
  const places: Places = newPlaces(file, text);
  blanks();
  const value = read(0);
  if (value === undefined) return undefined;
  blanks();
  return at === text.length ? value : wrong("something follows the end of the value");

  function blanks(): void {
    BLANKS.lastIndex = at;
    BLANKS.exec(text);
    at = BLANKS.lastIndex;
  }

  function wrong(message: string, help?: string): undefined {
    const where = path.length === 0 ? "" : ` at \`${pathName(path)}\``;
    const details = help === undefined ? {} : { help };
    report.error(["json-syntax", `${message}${where}`], places.span(at, at + 1), { ...details, fatal: true });
    return undefined;
  }

  function read(depth: number): Json | undefined {
    const character = text[at];
    if (character === "{" || character === "[") {
      if (depth === DEEPEST) return wrong(`nested more than ${DEEPEST} deep`);
      return character === "{" ? object(depth) : array(depth);
    }
    return scalar();
  }

  function scalar(): JsonScalar | undefined {
    const from = at;
    if (text[at] === '"') {
      const said = string();
      return said === undefined ? undefined : { kind: "string", text: said, from, to: at };
    }
    const number = match(NUMBER);
    if (number !== undefined) return { kind: "number", text: number, from, to: at };
    const word = match(WORD);
    if (word !== undefined && WORDS.has(word)) return { kind: word as JsonScalar["kind"], text: word, from, to: at };
    at = from;
    if (word !== undefined) return wrong(`\`${word}\` is no value`, "text stands in double quotes");
    return wrong(at >= text.length ? "the text ends where a value is expected" : "a value is expected", hint());
  }

  function match(shape: RegExp): string | undefined {
    shape.lastIndex = at;
    const found = shape.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  /** What is often written and is no JSON. */
  function hint(): string | undefined {
    if (text.startsWith("//", at) || text.startsWith("/*", at) || text[at] === "#") return "JSON has no comments";
    if (text[at] === "]" || text[at] === "}") return "remove the comma before it";
    return text[at] === "'" ? "text stands in double quotes" : undefined;
  }

  function string(): string | undefined {
    const from = at;
    let escaped = false;
    for (at++; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        const said = text.slice(from, ++at);
        return escaped ? (JSON.parse(said) as string) : said.slice(1, -1);
      }
      if (code < BLANK) break;
      if (code !== BACKSLASH) continue;
      escaped = true;
      ESCAPE.lastIndex = at + 1;
      if (!ESCAPE.test(text)) return wrong("a backslash that escapes nothing", ESCAPES);
      at++; // of `\uXXXX` the digits follow as they are
    }
    if (at < text.length && text[at] !== "\n")
      return wrong("a control character stands in a string", "write it as `\\uXXXX`");
    return wrong("a string does not end on its line");
  }

  function array(depth: number): JsonArray | undefined {
    const from = at++;
    const items: Json[] = [];
    for (;;) {
      blanks();
      if (text[at] === "]" && items.length === 0) break;
      path.push(items.length);
      const item = read(depth + 1);
      if (item === undefined) return undefined;
      path.pop();
      items.push(item);
      blanks();
      if (text[at] === "]") break;
      if (text[at] !== ",") return wrong("`,` or `]` is expected", hint());
      at++;
    }
    at++;
    return { kind: "array", items, from, to: at };
  }

  function object(depth: number): JsonObject | undefined {
    const start = at++;
    const entries: JsonEntry[] = [];
    const keys = new Set<string>();
    for (;;) {
      blanks();
      if (text[at] === "}" && entries.length === 0) break;
      if (text[at] !== '"') return wrong("a key in double quotes is expected", hint());
      const from = at;
      const key = string();
      if (key === undefined) return undefined;
      const to = at;
      path.push(key);
      if (keys.has(key))
        report.error(["json-twice", `\`${pathName(path)}\` stands here twice`], places.span(from, to), {
          help: "several of a keyword stand in one array",
        });
      keys.add(key);
      blanks();
      if (text[at] !== ":") return wrong("`:` is expected");
      at++;
      blanks();
      const value = read(depth + 1);
      if (value === undefined) return undefined;
      path.pop();
      entries.push({ key, from, to, value });
      blanks();
      if (text[at] === "}") break;
      if (text[at] !== ",") return wrong("`,` or `}` is expected", hint());
      at++;
    }
    at++;
    return { kind: "object", entries, from: start, to: at };
  }
}
