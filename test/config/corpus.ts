import { readdirSync, readFileSync } from "node:fs";
import { decodeUtf8 } from "../../src/syntax/utf8.ts";

/** Where the files of the corpus are read, by us and by Keepalived: as on a user's machine. */
export const FOLDER = "/etc/keepalived";

/** Who reads them, for `@ID` lines. */
export const CONFIG_ID = "lb1";

/** The corpus: a folder for each area. */
export const CORPUS = new URL("corpus/", import.meta.url);

/** A file of the corpus: a configuration, or what one includes. */
export interface CorpusFile {
  readonly area: string; //     `language`
  readonly name: string; //     `comments.conf`, `comments.inc`
  readonly path: string; //     `/etc/keepalived/comments.conf`
  readonly text: string;
}

/** A configuration of the corpus. */
export interface Specimen extends CorpusFile {
  readonly title: string; //    `language/comments`
  readonly expected: URL; //    what is said about it
}

/** Every file, by area and name. No name occurs twice: all are read in one folder. */
export const CORPUS_FILES: readonly CorpusFile[] = readdirSync(CORPUS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "clusters") // corpus-clusters.test.ts
  .flatMap(({ name: area }) => {
    const names = readdirSync(new URL(area, CORPUS)).filter((name) => /\.(conf|inc)$/.test(name));
    return names.map((name) => {
      const text = decodeUtf8(readFileSync(new URL(`${area}/${name}`, CORPUS)));
      return { area, name, path: `${FOLDER}/${name}`, text };
    });
  })
  .sort((a, b) => (`${a.area}/${a.name}` < `${b.area}/${b.name}` ? -1 : 1));

/** What a source without a disk is to find. */
export const DISK: Readonly<Record<string, string>> = {
  [FOLDER]: "directory",
  ...Object.fromEntries(CORPUS_FILES.map(({ path, text }) => [path, text])),
};

/** Every configuration. */
export const SPECIMENS: readonly Specimen[] = CORPUS_FILES.filter(({ name }) => name.endsWith(".conf")).map((file) => {
  const title = `${file.area}/${file.name.replace(/\.conf$/, "")}`;
  return { ...file, title, expected: new URL(`${title}.txt`, CORPUS) };
});
