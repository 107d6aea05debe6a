// node dist/lab/ipvsadm.js OUT.json: gives the same command lines to Debian's ipvsadm and to ours, each in a network
// namespace of its own, and writes down what both said. Ours runs in this process, which stands in its namespace. Needs
// root and IPVS.
import { writeFileSync } from "node:fs";
import { runIpvs } from "../../src/daemon/ipvs-command.ts";
import { shellWords } from "../command/ipvs/shell-words.ts";
import { LINES } from "./ipvsadm-cases.ts";
import { attempt } from "./run.ts";

/** What a command line had to say. */
export interface Said {
  readonly out: string;
  readonly error: string;
  readonly status: number;
}

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

/** All of them by one shell: to start programs from Node is slow in the emulated kernel. */
async function theirs(namespace: string): Promise<Said[]> {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const script = LINES.map(({ args, input }) => {
    const words = shellWords(args).map(quoted).join(" ");
    return `printf %s ${quoted(input)} | ipvsadm ${words} >/tmp/said 2>/tmp/complained; s=$?; cat /tmp/said; echo "--2"; cat /tmp/complained; echo "--3 $s"`;
  });
  const { stdout } = await attempt(["ip", "netns", "exec", namespace, "bash"], script.join("\n"));
  return stdout
    .split(/^--3 /m)
    .slice(1)
    .map((after, i) => {
      const before = (stdout.split(/^--3 /m)[i] ?? "").replace(/^\d+\n/, "");
      const [out = "", error = ""] = before.split(/^--2\n/m);
      return { out, error, status: Number(after.split("\n")[0]) };
    });
}

const [result = "/dev/stdout", namespace = "theirs"] = process.argv.slice(2);
const said: Said[] = [];
for (const { args, input } of LINES) said.push(await ours(args, input));
writeFileSync(result, JSON.stringify({ ours: said, theirs: await theirs(namespace) }));
process.exit(0);
