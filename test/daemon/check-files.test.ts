import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { IpvsEntry } from "../../src/base/ipvs.ts";
import { CheckersDaemon } from "../../src/daemon/checkers-daemon.ts";
import { createLog } from "../../src/observe/log.ts";
import type { CheckersReport } from "../../src/observe/report.ts";
import { reading } from "../config/reading.ts";
import { farm } from "../plan/planning.ts";
import { written } from "./fake-ipvs-table.ts";

vi.mock("../../src/daemon/ipvs-table.ts", () => import("./fake-ipvs-table.ts"));

let folder: string;
let said: string[];
let daemon: CheckersDaemon | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keepalived-ts-check-files-"));
  said = [];
  written.length = 0;
});

afterEach(() => {
  daemon?.stop();
  daemon = undefined;
  rmSync(folder, { recursive: true });
});

const path = (name: string): string => join(folder, name);
const write = (name: string, text: string | number): void => writeFileSync(path(name), `${text}\n`);
const file = (name: string, more = ""): string => `track_file ${name} {\nfile ${path(name)}\n${more}\n}\n`;
const follows = (name: string, more = ""): string => `FILE_CHECK {\ntrack_file ${name}\n${more}\n}\n`;

/** Each table that was written: its services with the weights of their servers. */
function tables(): string[][] {
  return written.map((entries) => entries.map(shown));
}

function shown({ service, destinations }: IpvsEntry): string {
  const rows = destinations.map(({ address, weight }) => `${address.split(".").at(-1)}=${weight}`);
  return ["port" in service ? service.port : "", ...rows].join(" ");
}

function start(text: string, adopted?: CheckersReport): CheckersDaemon {
  daemon = new CheckersDaemon({
    config: config(text),
    options: {
      ...{ suffix: "", detail: false, console: false, json: false, syslog: false, umask: undefined },
      ...{ releaseVips: true, releaseIpvs: true },
    },
    adopted,
    bfd: [],
    tellBfd: () => {},
    log: createLog([({ text }) => said.push(text)], true),
    late: () => {},
    changed: () => {},
    counted: () => {},
    notify: () => {},
  });
  return daemon;
}

function config(text: string) {
  return JSON.parse(JSON.stringify(reading(text).config));
}

/** Resolves when the last table is that. */
function become(...table: readonly string[]): Promise<void> {
  return vi.waitFor(() => expect(tables().at(-1)).toEqual(table), { timeout: 5000, interval: 5 });
}

test("a server's weight follows its file: written, replaced, linked to another, gone and back", async () => {
  write("F", 3);
  start(file("F") + farm(80, { 11: `weight 5\n${follows("F")}`, 12: "weight 2" }));
  expect(tables()).toEqual([["80 11=8 12=2"]]);
  write("F", "0x10");
  await become("80 11=21 12=2");
  write("new", -2);
  renameSync(path("new"), path("F"));
  await become("80 11=3 12=2");
  rmSync(path("F"));
  await become("80 11=5 12=2");
  write("G", 40);
  symlinkSync(path("G"), path("F"));
  await become("80 11=45 12=2");
  write("G", -99);
  await become("80 11=0 12=2");
  expect(said).toContain(
    "Changing weight from 45 to 0 for active service [192.0.2.11]:tcp:80 of VS [192.0.2.100]:tcp:80",
  );
});

test("without weight the server is out while the number is not 0, with reverse while it is, from the start", async () => {
  const text = file("F", "weight 0") + farm(80, { 11: follows("F"), 12: follows("F", "weight 0 reverse") });
  start(text);
  expect(tables()).toEqual([["80 11=1"]]);
  write("F", 1);
  await become("80 12=1");
});

test("services of one file all follow it, in one batch for the kernel", async () => {
  start(file("F") + farm(80, { 11: follows("F") }) + farm(81, { 12: follows("F") }));
  written.length = 0;
  write("F", 6);
  await become("80 11=7", "81 12=7");
  expect(tables()).toEqual([["80 11=7", "81 12=7"]]);
});

test("a reload of the same file changes nothing, and it is followed on", async () => {
  write("F", 3);
  const text = file("F") + farm(80, { 11: follows("F") });
  const running = start(text);
  said.length = 0;
  running.reload(config(text));
  expect(said).toEqual([]);
  expect(tables().at(-1)).toEqual(["80 11=4"]);
  write("F", 5);
  await become("80 11=6");
});

test("a reload may change the weight, the file behind the name, and what is followed", async () => {
  write("F", 3);
  write("G", 10);
  const running = start(file("F") + farm(80, { 11: follows("F") }));
  running.reload(
    config(file("F") + farm(80, { 11: follows("F", "weight -1") }).replace("_server 192.0.2.11 80 {", "$&\nweight 9")),
  );
  expect(tables().at(-1)).toEqual(["80 11=6"]);
  running.reload(config(`track_file F {\nfile ${path("G")}\n}\n${farm(80, { 11: follows("F") })}`));
  expect(tables().at(-1)).toEqual(["80 11=11"]);
  expect(said).toContainEqual(expect.stringMatching(/^Changing weight from 6 to 11 for active/));
  running.reload(config(`track_file F {\nfile ${path("F")}\n}\n${farm(80, { 11: follows("F") })}`));
  expect(tables().at(-1)).toEqual(["80 11=4"]);
  expect(said.at(-1)).toMatch(/^Changing weight from 11 to 4 for active/);
  write("F", 4);
  await become("80 11=5");
  running.reload(config(farm(80, { 11: "" })));
  expect(tables().at(-1)).toEqual(["80 11=1"]);
});

test("a respawned process takes over in silence, and follows on", async () => {
  write("F", 3);
  write("G", 1);
  const text = file("F") + file("G", "weight 0") + farm(80, { 11: follows("F"), 12: follows("G") });
  const report = start(text).report();
  daemon?.stop();
  written.length = 0;
  said.length = 0;
  start(text, JSON.parse(JSON.stringify(report)));
  expect(tables()).toEqual([["80 11=4"]]);
  expect(said.filter((line) => !line.startsWith("Activating"))).toEqual([]);
  write("G", 0);
  await become("80 11=4 12=1");
});

test("init_file writes the first number, and over one only at the start: not after a respawn or a reload", () => {
  write("F", 3);
  const text = file("F", "init_file 7 overwrite") + farm(80, { 11: follows("F") });
  const report = start(text).report();
  expect(tables()).toEqual([["80 11=8"]]);
  expect(readFileSync(path("F"), "utf8")).toBe("7\n");
  daemon?.stop();
  write("F", 2);
  const running = start(text, report);
  running.reload(config(farm(80, { 11: "" }) + file("F", "init_file 7 overwrite")));
  running.reload(config(text));
  expect(tables().at(-1)).toEqual(["80 11=3"]);
  rmSync(path("F"));
  running.stop();
  start(text, report);
  expect(existsSync(path("F"))).toBe(false);
});

test("a folder that comes later is found", async () => {
  const running = start(`track_file F {\nfile ${path("later")}/F\n}\n${farm(80, { 11: follows("F") })}`);
  expect(running.report().services[0]?.realServers[0]?.checkers).toMatchObject([{ type: "file", up: true }]);
  mkdirSync(path("later"));
  writeFileSync(join(path("later"), "F"), "4");
  await become("80 11=5");
});
