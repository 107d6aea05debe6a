import { type Micros, seconds } from "../../src/base/time.ts";

/** A line of a story that begins with `> `: `verb name key=value …`. */
export interface Command {
  readonly verb: string;
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
  readonly line: string;
}

/** Keeps comments and commands, and writes every other line anew from what `perform` returns. */
export function replay(story: string, perform: (command: Command) => readonly string[]): string {
  const out: string[] = [];
  for (const line of story.split("\n")) {
    if (line.startsWith("#") || line === "") out.push(line);
    if (!line.startsWith("> ")) continue;
    const [verb = "", name = "", ...rest] = line.slice(2).split(" ");
    const options = new Map(rest.map((pair) => pair.split("=") as [string, string]));
    out.push(line, ...perform({ verb, name, options, line }));
  }
  return out.join("\n");
}

/** `5s` or `0.5s`. */
export function span(text: string): Micros {
  return seconds(Number(text.replace("s", "")));
}
