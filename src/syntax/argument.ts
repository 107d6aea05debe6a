import { at } from "./lexer.ts";
import type { Line } from "./line.ts";
import type { Report } from "./report.ts";
import type { RowText } from "./table.ts";
import type { Word } from "./word.ts";

/** A block that is being read, as messages name it. */
export class Place {
  readonly keyword: string; // "" at the top
  readonly name: string; // `VI_1`
  readonly global: boolean; // Keepalived reads it before it knows the file's name
  readonly later: boolean; // all of it is not implemented, which was said
  readonly #words: readonly Word[];

  constructor(
    keyword: string,
    name: string,
    words: readonly Word[],
    { global, later }: Pick<Place, "global" | "later">,
  ) {
    this.keyword = keyword;
    this.name = name;
    this.#words = words;
    this.global = global;
    this.later = later;
  }

  /** `vrrp_instance VI_1` */
  get title(): string {
    return [this.keyword, ...this.#words.slice(0, 2).map(({ text }) => text)].join(" ");
  }
}

type Surroundings = Pick<Argument, "line" | "row" | "report" | "place">;

/** The words behind a keyword, or of an item. What only messages need is put together when it is asked for. */
export class Argument {
  readonly words: readonly Word[];
  readonly keyword: Word;
  readonly line: Line; // as it stands, for values that are read again from the text
  readonly row: RowText;
  readonly report: Report;
  readonly place: Place;

  constructor(words: readonly Word[], keyword: Word, { line, row, report, place }: Surroundings) {
    this.words = words;
    this.keyword = keyword;
    this.line = line;
    this.row = row;
    this.report = report;
    this.place = place;
  }

  /** `vrrp_instance VI_1` */
  get block(): string {
    return this.place.title;
  }

  /** `VI_1` */
  get blockName(): string {
    return this.place.name;
  }

  /** `(FILE: Line 14) `, as Keepalived begins a message. */
  get at(): string {
    return this.place.global ? `(Line ${this.line.number}) ` : at({ file: this.line.file, line: this.line.number });
  }

  /** Some of the words, as the argument of an option among them. */
  within(words: readonly Word[], keyword: Word, row: RowText): Argument {
    return new Argument(words, keyword, { line: this.line, row, report: this.report, place: this.place });
  }
}
