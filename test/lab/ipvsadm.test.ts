import { beforeAll, expect, test } from "vitest";
import { type Booted, boot } from "./emulated.ts";
import { HOSTS, LINES } from "./ipvsadm-cases.ts";
import type { IpvsadmRecord, Said } from "./ipvsadm-record.ts";

const MODULES = "ip_vs ip_vs_rr ip_vs_wrr ip_vs_wlc ip_vs_sh ip_vs_mh ip_vs_pe_sip";
/** The table of both at the end, saved, cleared and restored: by links to our program, and by Debian's scripts. */
const LINES_TO_RESTORE =
  "-A -t 10.9.0.1:80 -s rr -p 60\\n-a -t 10.9.0.1:80 -r 10.9.1.1:80 -m -w 3\\n-A -f 7 -6 -s wlc\\n";
const COMMAND = `
printf %s '${HOSTS}' > /etc/hosts
echo > /etc/resolv.conf
for module in ${MODULES}; do modprobe $module; done
for name in ours theirs; do ip netns add $name; ip -n $name link set lo up; done
ip netns exec ours node dist/lab/ipvsadm.js /out/result.json theirs || exit 1
mkdir /tmp/links
for name in ipvsadm ipvsadm-save ipvsadm-restore; do ln -s "$PWD/dist/main.js" /tmp/links/$name; done
printf -- '${LINES_TO_RESTORE}' > /tmp/lines
again() { ip netns exec $1 bash -c "$2""ipvsadm-restore < /tmp/lines; $2""ipvsadm-save -n; $2""ipvsadm -C" > /out/$1.txt 2>&1; }
again theirs ""; again ours /tmp/links/
`;

let booted: Booted;
let record: IpvsadmRecord;

beforeAll(async () => {
  booted = await boot({ command: COMMAND, timeout: 600 });
  const result = booted.read("result.json");
  if (result === "") throw new Error(`ended with status ${booted.status}:\n${booted.stdout}\n${booted.stderr}`);
  record = JSON.parse(result) as IpvsadmRecord;
});

test("each line is answered as by ipvsadm: its output, its complaints, its exit status", () => {
  expect(record.theirs).toHaveLength(LINES.length);
  const said = (all: readonly Said[]) =>
    LINES.map(({ args, input }, i) => ({ args, input, ...comparable(args, all[i]) }));
  expect(said(record.ours)).toEqual(said(record.theirs));
});

test("the lines reached the kernel: there was something to say", () => {
  expect(record.theirs.filter(({ status }) => status === 0).length).toBeGreaterThan(80);
  expect(record.theirs.filter(({ status }) => status === 255).length).toBeGreaterThan(10);
  expect(Math.max(...record.theirs.map(({ out }) => out.split("\n").length))).toBeGreaterThan(40);
});

test("links to the program save and restore as ipvsadm-save and ipvsadm-restore do", () => {
  expect(booted.read("ours.txt")).toBe(booted.read("theirs.txt"));
  expect(booted.read("ours.txt")).toContain("-A -f 7 -6 -s wlc\n");
});

/** Unsorted, services stand where the kernel hashes them, which differs between namespaces. */
function comparable(args: string, said: Said | undefined): Partial<Said> {
  if (said === undefined || !args.includes("--nosort")) return said ?? {};
  return { ...said, out: said.out.split("\n").sort().join("\n") };
}
