import { readdirSync, readFileSync } from "node:fs";

/** The files of iproute2 that name numbers, and /etc/protocols. */
export type NameRegister = "rt_tables" | "rt_protos" | "rt_dsfield" | "rt_realms" | "group" | "protocols";

/** Where iproute2 looks, the administrator's files first. */
const FOLDERS = ["/etc/iproute2", "/usr/share/iproute2", "/usr/lib/iproute2"];

/** The names that this host has for numbers of routing. Each file is read once, when it is first asked for. */
export class NumberNames {
  readonly #folders: readonly string[];
  readonly #protocols: string;
  readonly #registers = new Map<NameRegister, ReadonlyMap<string, number>>();

  constructor(folders: readonly string[] = FOLDERS, protocols = "/etc/protocols") {
    this.#folders = folders;
    this.#protocols = protocols;
  }

  /** The number of a name; undefined where no file has it. */
  number(register: NameRegister, name: string): number | undefined {
    const known = this.#registers.get(register) ?? this.#read(register);
    return known.get(name);
  }

  /** Reads the files anew when they are asked for. */
  forget(): void {
    this.#registers.clear();
  }

  #read(register: NameRegister): ReadonlyMap<string, number> {
    const files =
      register === "protocols"
        ? [this.#protocols]
        : this.#folders.flatMap((folder) => [`${folder}/${register}`, ...fragments(`${folder}/${register}.d`)]);
    const found = new Map<string, number>();
    for (const [name, number] of files.flatMap((file) => entries(file, register === "protocols")))
      if (!found.has(name)) found.set(name, number);
    this.#registers.set(register, found);
    return found;
  }
}

function fragments(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".conf"))
      .sort()
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

/** `NUMBER NAME` a line, or `NAME NUMBER ALIAS...`; `#` begins a comment. */
function entries(file: string, nameFirst: boolean): readonly (readonly [string, number])[] {
  return text(file)
    .split("\n")
    .flatMap((line) => {
      const words = line.replace(/#.*/, "").trim().split(/\s+/);
      const [first = "", second = "", ...aliases] = words;
      const number = Number(nameFirst ? second : first);
      if (words.length < 2 || !Number.isInteger(number)) return [];
      return (nameFirst ? [first, ...aliases] : [second]).map((name) => [name, number] as const);
    });
}

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
