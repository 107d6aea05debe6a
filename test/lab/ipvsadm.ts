// node dist/lab/ipvsadm.js OUT.json NAMESPACE: gives the same command lines to ours, in this process and its network
// namespace, and to Debian's ipvsadm in the other one, and writes down what both said. Needs root and IPVS.
import { readFileSync, writeFileSync } from "node:fs";
import { runIpvs } from "../../src/daemon/ipvs-command.ts";
import { shellWords } from "../command/ipvs/shell-words.ts";
import { LINES } from "./ipvsadm-cases.ts";
import type { IpvsadmRecord, Said } from "./ipvsadm-record.ts";
import { run } from "./run.ts";

const OUT = "/tmp/ipvsadm-out";
const ERROR = "/tmp/ipvsadm-error";

async function ours(args: string, input: string): Promise<Said> {
  let [out, error] = ["", ""];
  const status = await runIpvs(shellWords(args), {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    input: async () => input,
    terminal: false,
  });
  return { out, error, status };
}

/** All of them by one shell, which starts nothing else: to start a program is slow in the emulated kernel. */
async function theirs(namespace: string): Promise<Said[]> {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const script = LINES.flatMap(({ args, input }) => {
    const words = shellWords(args).map(quoted).join(" ");
    const from = input === "" ? "</dev/null" : `<<< ${quoted(input.replace(/\n$/, ""))}`;
    return [`ipvsadm ${words} ${from} >&3 2>&4`, 'echo "--- $?" >&3', 'echo "--- " >&4'];
  });
  await run(["ip", "netns", "exec", namespace, "bash"], [`exec 3>${OUT} 4>${ERROR}`, ...script].join("\n"));
  const outs = parts(OUT);
  const errors = parts(ERROR);
  return outs.map(({ text, mark }, i) => ({ out: text, error: errors[i]?.text ?? "", status: Number(mark) }));
}

/** What stands before each mark of a file, and the mark. */
function parts(file: string): { text: string; mark: string }[] {
  return [...readFileSync(file, "utf8").matchAll(/([\s\S]*?)^--- (.*)\n/gm)].map(([, text = "", mark = ""]) => ({
    text,
    mark,
  }));
}

const [result = "/dev/stdout", namespace = "theirs"] = process.argv.slice(2);
const record: { ours: Said[]; theirs: Said[] } = { ours: [], theirs: [] };
for (const { args, input } of LINES) record.ours.push(await ours(args, input));
record.theirs = await theirs(namespace);
writeFileSync(result, JSON.stringify(record satisfies IpvsadmRecord));
process.exit(0);
