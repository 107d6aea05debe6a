import { readFileSync } from "node:fs";
import type { FileFact, HostFacts, HostInterface } from "../../src/base/host.ts";
import { parseIp } from "../../src/base/ip.ts";
import type { SslConfig } from "../../src/config/model/lvs.ts";
import { readConfig } from "../../src/config/read.ts";
import { TRIAL } from "../../src/daemon/trial.ts";
import { diagnose } from "../../src/lint/diagnose.ts";
import type { Trial } from "../../src/lint/trial.ts";
import type { Diagnostic } from "../../src/syntax/diagnostic.ts";
import { sourceOf } from "../config/reading.ts";

/** A case of a page: a configuration, and what its console blocks show of the host and the peer. */
interface Case {
  readonly text: string;
  readonly host: HostFacts;
  readonly peerVersion: string | undefined;
  readonly missing: readonly string[]; // files of the `SSL` block
}

/** A page of docs/lints, as its reader sees it. */
export interface Page {
  readonly text: string;
  readonly example: Case;
  readonly fix: Case;
  readonly said: readonly string[]; // `warning[K001]: ...`, as the page shows it
}

/** Reads a page: the blocks of `Example`, and those of `Fix`, which keeps what it does not show anew. */
export function readPage(code: string): Page {
  const text = readFileSync(`docs/lints/${code}.md`, "utf8");
  const example = section(text, "Example");
  const fix = section(text, "Fix");
  const conf = blocks(example, "conf")[0] ?? "";
  const consoles = blocks(example, "console");
  const fixed = blocks(fix, "console");
  return {
    text,
    example: caseOf(conf, consoles),
    fix: caseOf(blocks(fix, "conf")[0] ?? conf, fixed.length === 0 ? consoles : fixed),
    said: blocks(example, "text").flatMap((block) => block.split("\n")),
  };
}

/** What is said about a case. */
export function said({ text, host, peerVersion, missing }: Case): readonly Diagnostic[] {
  const reading = readConfig("k.conf", sourceOf({ "k.conf": text }));
  const identity: Trial["identity"] = (ssl) => unfit(ssl, missing);
  const trial = { pattern: TRIAL.pattern, identity };
  const options = { off: new Set<string>(), host, trial, ...(peerVersion === undefined ? {} : { peerVersion }) };
  return diagnose(reading, options);
}

function section(text: string, title: string): string {
  return text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";
}

function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)\n```$/gm)].flatMap(([, kind, body = ""]) =>
    kind === language ? [body] : [],
  );
}

function caseOf(text: string, consoles: readonly string[]): Case {
  const interfaces = consoles.find((block) => block.startsWith("$ ip -br address\n"));
  const files = consoles.find((block) => block.startsWith("$ stat "));
  const peerVersion = /--peer-version (\S+)/.exec(consoles.join("\n"))?.[1];
  return {
    text,
    host: {
      ...(interfaces === undefined ? {} : { interfaces: output(interfaces).map(readInterface) }),
      ...(files === undefined ? {} : { files: new Map(output(files).map(readFact)) }),
    },
    peerVersion,
    missing: [...consoles.join("\n").matchAll(/^ls: cannot access '(.*)': No such file/gm)].map(
      ([, path = ""]) => path,
    ),
  };
}

function unfit(ssl: SslConfig, missing: readonly string[]): ReturnType<NonNullable<Trial["identity"]>> {
  const path = ssl.key;
  if (path === undefined || !missing.includes(path)) return undefined;
  return { keyword: "key", why: `SSL error : Cant load key file ${path}: No such file or directory` };
}

function output(block: string): readonly string[] {
  return block.split("\n").slice(1);
}

/** A line of `ip -br address`. */
function readInterface(line: string): HostInterface {
  const [name = "", , ...addresses] = line.split(/ +/);
  return {
    name,
    addresses: addresses.flatMap((each) => {
      const [address = "", length] = each.split("/");
      const parsed = parseIp(address);
      return parsed === undefined ? [] : [{ address: parsed, prefixLength: Number(length) }];
    }),
  };
}

/** A line of `stat -c '%a %u %g %F %n'`. */
function readFact(line: string): [string, FileFact] {
  const [, mode = "", owner, group, type, name = ""] =
    /^(\d+) (\d+) (\d+) (directory|regular file) (.*)$/.exec(line) ?? [];
  const kind = type === "directory" ? "folder" : "file";
  return [name, { type: kind, mode: Number.parseInt(mode, 8), owner: Number(owner), group: Number(group) }];
}
