import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readCommandLine } from "../../../src/command/ipvs/arguments.ts";
import { NAMES } from "./names.ts";
import { shellWords } from "./shell-words.ts";

const CAPTURED = readFileSync(new URL("../../golden/ipvsadm-arguments.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t"));
/** What ipvsadm refuses and we do: it cannot save thresholds. */
const OURS = ["-S --thresholds"];

test("arguments are accepted or refused as by ipvsadm, with its words and its status", () => {
  const captured = CAPTURED.filter(([, line = ""]) => !OURS.includes(line));
  const ours = captured.map(([, line = ""]) => {
    const plan = readCommandLine(shellWords(line), NAMES);
    return plan.type === "refuse" ? [String(plan.status), line, plan.text.trim()] : ["ok", line];
  });
  expect(ours).toEqual(captured);
});
