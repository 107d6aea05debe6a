// Adds up what scripts/test recorded in a folder: `steps` and `rings` (a name and an exit status a line) and vitest's
// JSON results. Prints `N passed, N failed` as its last line. A test that was skipped counts as failed. A file that failed
// beside others and then ran again alone counts as it ended alone; it is named.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "."] = process.argv.slice(2);
const again = new Map(results("again").map((file) => [file.name, file]));
let passed = 0;
const failures = [];

for (const [name, status] of statuses("steps")) {
  if (status === 0) passed++;
  else failures.push(name);
}
for (const [name, status] of statuses("rings")) {
  const before = failures.length;
  const counted = passed;
  const ranAgain = name === "lab" && again.size > 0;
  for (const first of results(name)) {
    const { name: file, status: fileStatus, assertionResults } = (ranAgain && again.get(first.name)) || first;
    const broken = notPassed({ assertionResults });
    passed += assertionResults.length - broken.length;
    if (ranAgain && again.has(first.name))
      for (const test of notPassed(first))
        console.log(`failed beside others, ran again alone: ${short(file)}: ${test.fullName}`);
    for (const test of broken)
      failures.push(`${short(file)}: ${test.fullName}${test.status === "failed" ? "" : ` (${test.status})`}`);
    if (fileStatus !== "passed" && broken.length === 0) failures.push(`${short(file)}: could not run`);
  }
  if (passed === counted && failures.length === before) failures.push(`${name}: no test ran`);
  if (status !== 0 && failures.length === before && !ranAgain)
    failures.push(`${name}: vitest ended with status ${status}`);
}

for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;

function statuses(file) {
  const path = join(folder, file);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => line.split(" ")).map(([name, status]) => [name, Number(status)]);
}

function results(ring) {
  const path = join(folder, `${ring}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).testResults : [];
}

function notPassed({ assertionResults }) {
  return assertionResults.filter((test) => test.status !== "passed");
}

function short(file) {
  return file.startsWith(process.cwd()) ? file.slice(process.cwd().length + 1) : file;
}
