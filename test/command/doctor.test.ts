import { expect, test } from "vitest";
import { runCommand } from "../../src/command/commands.ts";
import type { DoctorFacts, Probe } from "../../src/doctor/facts.ts";
import { KernelError } from "../../src/io/kernel-error.ts";
import { sourceOf } from "../config/reading.ts";
import { healthy } from "../doctor/facts.ts";

const CONF = `vrrp_instance V {
interface eth0
virtual_router_id 5
virtual_ipaddress {
192.0.2.100/24
2001:db8::100/64
}
}
virtual_server 192.0.2.100 80 {
lb_algo rr
lb_kind NAT
real_server 192.0.2.11 80 {
}
}
`;

function run(args: readonly string[], look: (probes: readonly Probe[]) => DoctorFacts) {
  const [out, error]: [string[], string[]] = [[], []];
  const status = runCommand(["doctor", ...args], {
    source: sourceOf({ "k.conf": CONF }),
    out: (text) => void out.push(text),
    error: (text) => void error.push(text),
    facts: () => ({}),
    write: () => "it changes nothing",
    doctor: look,
  });
  return { status, out: out.join(""), error: error.join("") };
}

test("a finding says what was seen, why it matters and what mends it: status 1", () => {
  const { status, out } = run(["-f", "k.conf"], () => healthy({ "net/ipv4/ip_forward": "0" }));
  expect(status).toBe(1);
  expect(out).toBe(`by k.conf this host is a director

error[forwarding-off]: IPv4 is not forwarded (net.ipv4.ip_forward is 0)
  why:  \`192.0.2.100:80\` is forwarded by NAT: the answers of its real servers do not come through
  mend: sysctl -w net.ipv4.ip_forward=1

1 error, 0 warnings
`);
});

test("nothing found is 0; what could not be looked at is said, and 2", () => {
  expect(run(["-f", "k.conf"], () => healthy())).toMatchObject({ status: 0, error: "" });
  const blind = run(["-f", "k.conf"], () => healthy({}, { unseen: ["EPERM"] }));
  expect([blind.status, blind.out]).toEqual([2, expect.stringContaining("\nnot looked at: EPERM\n")]);
  const nothing = run(["-f", "k.conf"], () => {
    throw new KernelError("cannot read the interfaces", 1);
  });
  expect(nothing).toMatchObject({ status: 2, error: expect.stringContaining("cannot read the interfaces: EPERM") });
  expect(run([], () => healthy())).toMatchObject({ status: 2, out: expect.stringContaining("by itself") });
});

test("the owners of the virtual addresses of IPv4 are asked for, on their interfaces", () => {
  let asked: readonly Probe[] = [];
  run(["-f", "k.conf"], (probes) => {
    asked = probes;
    return healthy();
  });
  expect(asked).toEqual([{ address: "192.0.2.100", device: "eth0" }]);
});

test("--json is the same for programs", () => {
  const { out } = run(["--json", "--file=k.conf", "--role", "director"], () => healthy({ "net/ipv4/ip_forward": "0" }));
  expect(JSON.parse(out)).toMatchObject({
    file: "k.conf",
    director: true,
    realServerOf: [],
    findings: [{ code: "forwarding-off", severity: "error" }],
    unseen: [],
  });
});

test.each([
  [["k.conf"], "a file is `-f FILE`"],
  [["--role=client"], "`--role` is director or real-server, not `client`"],
  [["--fast"], "unknown option `--fast`"],
  [["-f", "none.conf"], "`none.conf` does not exist"],
])("%s is refused: status 2", (args, words) => {
  const { status, error } = run(args, () => healthy());
  expect([status, error]).toEqual([2, expect.stringContaining(words)]);
});
