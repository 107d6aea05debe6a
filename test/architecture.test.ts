import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The whole architecture: folder -> what its files may import. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  wire: ["base"],
  netlink: ["base"],
  syntax: ["base"],
  keywords: ["base", "syntax"],
  config: ["base", "syntax", "keywords"],
  vrrp: ["base", "wire"],
  bfd: ["base", "wire"],
  dbus: ["base", "wire"],
  lvs: ["base"],
  "real-server": ["base"],
  doctor: ["base", "netlink", "config", "real-server"],
  notify: ["base"],
  snmp: ["base", "wire", "netlink", "config"],
  check: ["base", "wire", "node:"],
  io: ["base", "wire", "netlink", "real-server", "doctor", "node:"],
  observe: ["base", "pino", "prom-client"],
  lint: ["base", "syntax", "keywords", "config"],
  plan: ["base", "syntax", "config"],
  convert: ["base", "syntax", "keywords", "config"],
  command: ["base", "syntax", "keywords", "config", "lint", "plan", "convert", "real-server", "doctor", "node:"],
  daemon: [
    "base",
    "wire",
    "netlink",
    "syntax",
    "config",
    "plan",
    "command",
    "vrrp",
    "bfd",
    "dbus",
    "lvs",
    "notify",
    "snmp",
    "check",
    "io",
    "observe",
    "node:",
  ],
};
const PURE = [
  "base",
  "wire",
  "netlink",
  "syntax",
  "keywords",
  "config",
  "lint",
  "plan",
  "convert",
  "vrrp",
  "bfd",
  "dbus",
  "lvs",
  "real-server",
  "doctor",
  "notify",
  "snmp",
];
const IMPURE = /\b(new Date\b|Date[.(]|performance\.|setTimeout|setInterval|Math\.random|process\.|Buffer\.)/;

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

test("every file of src/ lies in a folder of the table", () => {
  expect(files.filter((file) => MAY_IMPORT[file.split("/")[0] ?? ""] === undefined)).toEqual([]);
});

test("ARCHITECTURE.md shows the same table, and the same pure folders", () => {
  const page = readFileSync("ARCHITECTURE.md", "utf8");
  const shown = [...page.matchAll(/^\| `src\/([\w-]+)` \|.*\| ([^|]+) \|$/gm)].map(([, folder = "", imports = ""]) => [
    folder,
    imports.startsWith("nothing") ? [] : imports.replaceAll("`", "").split(", "),
  ]);
  expect(Object.fromEntries(shown)).toEqual(MAY_IMPORT);
  expect(/^`([\w -]+)` are pure/m.exec(page)?.[1]?.split(" ")).toEqual(PURE);
});

test("imports follow the table", () => {
  const wrong = files.flatMap((file) => {
    const folder = file.split("/")[0] ?? "";
    const source = readFileSync(`src/${file}`, "utf8");
    return [...source.matchAll(/(?:\bfrom\s+|\bimport\(\s*)"([^"]+)"/g)]
      .map(([, target = ""]) => target)
      .filter((target) => {
        const to = destination(file, target);
        return to !== folder && !(MAY_IMPORT[folder] ?? []).includes(to);
      })
      .map((target) => `src/${file} must not import ${target}`);
  });
  expect(wrong).toEqual([]);
});

test("pure folders know no clock, no chance and no process", () => {
  const wrong = files
    .filter((file) => PURE.includes(file.split("/")[0] ?? ""))
    .filter((file) => IMPURE.test(readFileSync(`src/${file}`, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")));
  expect(wrong).toEqual([]);
});

test("only io/ loads the addon", () => {
  const wrong = files.filter(
    (file) => !file.startsWith("io/") && /io\/native\.ts"/.test(readFileSync(`src/${file}`, "utf8")),
  );
  expect(wrong).toEqual([]);
});

/** The folder, `node:` or package that an import leads to. */
function destination(file: string, target: string): string {
  if (target.startsWith("node:")) return "node:";
  if (!target.startsWith(".")) return target;
  const path = new URL(target, `file:///${file}`).pathname.slice(1);
  return path.split("/")[0] ?? "";
}
