import { readdirSync, readFileSync } from "node:fs";

/** The files of iproute2 that name numbers, and /etc/protocols. */
export type NameRegister = "rt_tables" | "rt_protos" | "rt_dsfield" | "rt_realms" | "group" | "protocols";

/** Where iproute2 has its files: the administrator's, and those that come with it. */
const LOCAL = ["/etc/iproute2"];
const DISTRIBUTED = ["/usr/share/iproute2", "/usr/lib/iproute2"];

/** The folders to look in, the administrator's first; a folder of the configuration stands for those of the same kind. */
export function nameFolders({ local, distribution }: NameFolders): readonly string[] {
  return [...(local === undefined ? LOCAL : [local]), ...(distribution === undefined ? DISTRIBUTED : [distribution])];
}

/** `iproute_etc_dir` and `iproute_usr_dir`. */
interface NameFolders {
  readonly local: string | undefined;
  readonly distribution: string | undefined;
}

/** The names that this host has for numbers of routing. Each file is read once, when it is first asked for. */
export class NumberNames {
  #folders: readonly string[];
  #generation = 0;
  readonly #protocols: string;
  readonly #registers = new Map<NameRegister, ReadonlyMap<string, number>>();

  constructor(folders: readonly string[], protocols = "/etc/protocols") {
    this.#folders = folders;
    this.#protocols = protocols;
  }

  /** The number of a name; undefined where no file has it. */
  number(register: NameRegister, name: string): number | undefined {
    const known = this.#registers.get(register) ?? this.#read(register);
    return known.get(name);
  }

  /** Grows whenever a name may have another number. */
  get generation(): number {
    return this.#generation;
  }

  /** Reads the files of these folders anew when they are asked for. Whether the folders are others. */
  look(folders: readonly string[]): boolean {
    const same = folders.join("\n") === this.#folders.join("\n");
    this.#folders = folders;
    this.#registers.clear();
    this.#generation++;
    return !same;
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
