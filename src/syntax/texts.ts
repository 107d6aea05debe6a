/** The files that were read, for the lines that a message shows. */
export class Texts {
  readonly #texts = new Map<string, string>();
  readonly #lines = new Map<string, readonly string[]>(); // of those that were asked for

  add(file: string, text: string): void {
    this.#texts.set(file, text);
    this.#lines.delete(file);
  }

  /** In the order they were first added. */
  get files(): readonly string[] {
    return [...this.#texts.keys()];
  }

  /** Every file with its text. */
  get all(): Iterable<readonly [file: string, text: string]> {
    return this.#texts;
  }

  /** A line without its end; `number` counts from 1. Undefined where there is none. */
  line(file: string, number: number): string | undefined {
    const lines = this.#lines.get(file) ?? this.#texts.get(file)?.split("\n") ?? [];
    this.#lines.set(file, lines);
    return lines[number - 1]?.replace(/\r$/, "");
  }
}
