// npm start: the main job on conf/demo, shown as it happens: election, virtual address, IPVS table, balanced requests,
// the master's death, and how long the client saw nothing. Exit status 0 only if traffic went on. Needs root and IPVS.
// node dist/lab/demo.js [keepalived]: the same with Debian's keepalived in our daemon's place.
import { join } from "node:path";
import { milliseconds, seconds, toSeconds } from "../../src/base/time.ts";
import { Capture } from "./capture.ts";
import { fetchSeveral, Prober } from "./client.ts";
import { type Director, elected, type Implementation, startDirector } from "./daemon.ts";
import { Lan, type NodeSpec } from "./lan.ts";
import { PROJECT, wallClock } from "./run.ts";
import { addresses, ipvsTable } from "./tables.ts";
import { WebServer } from "./web.ts";

const VIP = "192.0.2.100";
const PATIENCE = seconds(40);
const WORTH_SHOWING =
  /Entering|Gained quorum|Lost quorum|success|succeed|service \[.*failed|(Adding|Removing) service|error|warning/i;

const implementation: Implementation = process.argv[2] === "keepalived" ? "keepalived" : "ours";
const startedAt = wallClock();

const node = (name: string, host: number, loopback: readonly string[] = []): NodeSpec => ({
  name,
  interface: "eth0",
  addresses: [`192.0.2.${host}/24`],
  loopback,
});

const lan = await Lan.open([
  node("lb1", 11),
  node("lb2", 12),
  node("rs1", 21, [VIP]),
  node("rs2", 22, [VIP]),
  node("client", 31),
]);
try {
  await show(lan);
} catch (error) {
  say(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  lan.close();
}
process.exit();

async function show(lan: Lan): Promise<void> {
  say("A LAN of network namespaces: directors lb1 and lb2, web servers rs1 and rs2, a client. Files: conf/demo/.");
  for (const server of ["rs1", "rs2"]) await WebServer.start(lan, server, [80]);
  const capture = await Capture.start(lan);
  const lb1 = start(lan, "lb1");
  const lb2 = start(lan, "lb2");
  await elected(lb1, lb2, PATIENCE);
  await capture.heard.waitFor("gratuitous ARP", ({ kind, mac }) => kind === "garp" && mac === lan.mac("lb1"), {});
  say("lb1 is elected. It holds the virtual address, and both directors have the IPVS table:");
  await tables(lan, "lb1");
  await tables(lan, "lb2");
  await ask(lan);

  const probing = { node: "client", host: VIP, port: 80, interval: milliseconds(50), timeout: milliseconds(500) };
  const prober = new Prober(lan, probing);
  await prober.probes.waitFor("answer", ({ answer }) => answer !== "", { within: PATIENCE });
  say("From here on the client asks every 50 ms. Now lb1 dies: kill -9 of its daemon, and its cable is pulled.");
  const from = wallClock();
  const heard = capture.heard.mark();
  await lb1.killAll();
  await lan.setLink("lb1", "down");
  const takeover = await capture.heard.waitFor(
    "takeover by lb2",
    ({ kind, mac }) => kind === "garp" && mac === lan.mac("lb2"),
    { from: heard, within: PATIENCE },
  );
  const resumed = prober.probes.mark();
  await prober.probes.waitFor("answer", ({ answer, startedAt: at }) => answer !== "" && at > takeover.at, {
    from: resumed,
  });
  const silence = prober.longestSilence(from, wallClock());
  prober.close();
  say("lb2 has taken the virtual address and told the LAN by gratuitous ARP:");
  await tables(lan, "lb2");
  await ask(lan);
  say(
    `The client saw nothing for ${toSeconds(silence).toFixed(1)} s; VRRP allows 3 x advert_int + (256 - priority) / 256 = 3.6 s.`,
  );
  await lb2.stop();
  say("lb2 stopped cleanly. Done: traffic went on.");
}

function start(lan: Lan, name: "lb1" | "lb2"): Director {
  say(`${name}: starting`);
  const director = startDirector(lan, { node: name, implementation, config: join(PROJECT, `conf/demo/${name}.conf`) });
  director.log.follow(({ text }) => {
    if (WORTH_SHOWING.test(text)) say(`${name}: ${text.replace(/^\w{3} \w{3} +\d+ [\d:]+ \d{4}: /, "")}`);
  });
  return director;
}

async function tables(lan: Lan, name: string): Promise<void> {
  for (const line of await addresses(lan, name)) say(`  ${name}# ip -o addr      ${line}`);
  for (const line of await ipvsTable(lan, name)) say(`  ${name}# ipvsadm -Sn     ${line}`);
}

async function ask(lan: Lan): Promise<void> {
  const answers = await fetchSeveral(lan, "client", `http://${VIP}/`, 6, seconds(2));
  say(`The client asks http://${VIP}/ six times, answered by: ${answers.join(" ")}`);
  const both = answers.includes("rs1") && answers.includes("rs2");
  if (!both || answers.some((answer) => !answer.startsWith("rs"))) throw new Error("not every request was answered");
}

function say(text: string): void {
  console.log(
    `${toSeconds(wallClock() - startedAt)
      .toFixed(1)
      .padStart(5)}  ${text}`,
  );
}
