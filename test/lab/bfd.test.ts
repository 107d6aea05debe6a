import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { A, B, BfdStand, bothUp, FAR, said, session, tracking } from "./bfd-stand.ts";
import { FrrBfd } from "./frr.ts";
import { until, wallClock } from "./run.ts";

const DOWN = /Entering (Admin)?Down state/;
/** From the death of a neighbour that sends every 37 to 50 ms and is waited for 150 ms, to the line that says so. */
const DETECTED = { least: 90_000, most: 600_000 };

describe("beside keepalived 2.2.7", () => {
  test("a session comes up with both timers agreed, and its end is found after three intervals", async () => {
    await BfdStand.with(async (stand) => {
      const b = stand.start("right", session({ neighbor: A.v4, source: B.v4 }), "keepalived");
      const a = stand.start("left", session({ neighbor: B.v4, source: A.v4 }) + tracking("B"));
      await bothUp(a, b);
      await a.waitForLog(/Detection time is 150000 us/);
      await b.waitForLog(/Detection time is 150000 us/);
      await a.waitForLog(/VRRP_Instance\(VI_1\) Tracked BFD instance B is UP/);
      await a.waitForState("BACKUP");
      const [mark, killed] = [a.log.mark(), wallClock()];
      await b.killAll();
      const line = await a.waitForLog(/Expired after 150 ms \(\d+ usec overdue\)/, { from: mark });
      const fault = await a.waitForState("FAULT", { from: mark });
      console.log(`the instance is in fault ${(fault.at - line.at) / 1000} ms after that`);
      const took = line.at - killed;
      console.log(
        `keepalived killed: found after ${took / 1000} ms, ${/\((\d+) usec/.exec(line.text)?.[1]} us overdue`,
      );
      expect(took).toBeGreaterThan(DETECTED.least);
      expect(took).toBeLessThan(DETECTED.most);
      expect(said(a, mark, DOWN)).toEqual([
        "(B) Entering Down state (Local diagnostic - Control Detection Time Expired, Remote diagnostic - No Diagnostic)",
      ]);
    });
  });

  test("it finds our silence as fast, and hears of our stop at once: AdminDown", async () => {
    await BfdStand.with(async (stand) => {
      const b = stand.start("right", session({ neighbor: A.v4, source: B.v4 }), "keepalived");
      const a = stand.start("left", session({ neighbor: B.v4, source: A.v4 }));
      await bothUp(a, b);
      const [mark, stopped] = [b.log.mark(), wallClock()];
      const status = a.stop();
      const line = await b.waitForLog(DOWN, { from: mark });
      expect(line.text).toContain("Neighbor Signaled Session Down, Remote diagnostic - Administratively Down");
      expect(line.at - stopped).toBeLessThan(seconds(1));
      expect(await status).toBe(0);
      const again = b.log.mark();
      a.start();
      await b.waitForLog(/Entering Up state/, { from: again });
      const [later, killed] = [b.log.mark(), wallClock()];
      await a.killAll();
      const expired = await b.waitForLog(/Expired after 150 ms/, { from: later });
      expect(expired.at - killed).toBeLessThan(DETECTED.most);
    });
  });

  test("over IPv6, with the hop limits that each of the two has by default", async () => {
    await BfdStand.with(async (stand) => {
      const b = stand.start("right", session({ neighbor: A.v6, source: B.v6 }), "keepalived");
      const a = stand.start("left", session({ neighbor: B.v6 }));
      await bothUp(a, b);
      await a.waitForLog(/Detection time is 150000 us/);
    });
  });

  test("through a router: max_hops 1 takes what has come one hop, 0 says why nothing comes up", async () => {
    await BfdStand.with(async (stand) => {
      const far = stand.start("far", session({ neighbor: A.v4, source: FAR, more: "max_hops 1" }), "keepalived");
      const a = stand.start("left", session({ neighbor: FAR, source: A.v4 }));
      await a.waitForLog(/\(B\) dropped packet from 198\.51\.100\.1: TTL 254 is below 255/);
      expect(said(a, 0, /Entering Up/)).toEqual([]);
      await stand.reload(a, session({ neighbor: FAR, source: A.v4, more: "max_hops 1" }));
      await bothUp(a, far);
      expect(await stand.metric("left", 'keepalived_bfd_packets_dropped_total{reason="ttl"}')).toBeGreaterThan(0);
    });
  });

  test("a passive session waits for it", async () => {
    await BfdStand.with(async (stand) => {
      const a = stand.start("left", session({ neighbor: B.v4, source: A.v4, more: "passive" }));
      await a.waitForLog(/Startup complete/);
      await sleep(1500);
      expect(await stand.metric("left", `keepalived_bfd_packets_sent_total{bfd="B",neighbor="${B.v4}"}`)).toBe(0);
      const b = stand.start("right", session({ neighbor: A.v4, source: B.v4 }), "keepalived");
      await bothUp(a, b);
    });
  });
});

describe("beside FRR's bfdd", () => {
  const PEER = `peer ${A.v4} local-address ${B.v4} interface eth0`;
  const TIMERS = [" detect-multiplier 3", " receive-interval 50", " transmit-interval 50"];

  test("up, AdminDown both ways, its death found after three intervals", async () => {
    await BfdStand.with(async (stand) => {
      const frr = await FrrBfd.start(stand.lan, "right", [PEER, ...TIMERS]);
      const a = stand.start("left", session({ neighbor: B.v4, source: A.v4 }) + tracking("B"));
      await bothUp(a);
      await frr.waitFor("up", ({ status }) => status === "up");
      expect(await stand.lan.run("left", ["ss", "-Hanu"])).toMatch(
        /192\.0\.2\.1:(49(1[5-9]|[2-9])|5\d\d|6[0-5]\d)\d\d\s/, // RFC 5881 §4: 49152 and above
      );
      await a.waitForLog(/Detection time is 150000 us/);
      await frr.waitFor(
        "our timers",
        (it) => it["remote-receive-interval"] === 50 && it["remote-detect-multiplier"] === 3,
      );

      const shut = a.log.mark();
      await frr.configure(PEER, "shutdown");
      await a.waitForLog(/Entering Down state \(Local diagnostic - Neighbor Signaled Session Down/, { from: shut });
      await a.waitForLog(/VRRP_Instance\(VI_1\) Tracked BFD instance B is DOWN/, { from: shut });
      await frr.configure(PEER, "no shutdown");
      await a.waitForLog(/Entering Up state/, { from: shut });

      await frr.waitFor("up", ({ status }) => status === "up");
      expect(await a.stop()).toBe(0);
      await frr.waitFor("our AdminDown", (it) => it.status === "down" && /neighbor/.test(it.diagnostic));

      const again = a.log.mark();
      a.start();
      await a.waitForLog(/Entering Up state/, { from: again });
      await a.waitForLog(/Detection time is 150000 us/, { from: again });
      const [mark, killed] = [a.log.mark(), wallClock()];
      frr.kill();
      const line = await a.waitForLog(/Expired after 150 ms/, { from: mark });
      console.log(`FRR killed: found after ${(line.at - killed) / 1000} ms`);
      expect(line.at - killed).toBeGreaterThan(DETECTED.least);
      expect(line.at - killed).toBeLessThan(DETECTED.most);
    });
  });

  test("over IPv6, with hop limit 255 as RFC 5881 wants it", async () => {
    await BfdStand.with(async (stand) => {
      const peer = `peer ${A.v6} local-address ${B.v6} interface eth0`;
      const frr = await FrrBfd.start(stand.lan, "right", [peer, ...TIMERS]);
      const a = stand.start("left", session({ neighbor: B.v6, source: A.v6, more: "hoplimit 255" }));
      await bothUp(a);
      await frr.waitFor("up", ({ status }) => status === "up");
    });
  });

  test("multihop through a router, on port 4784", async () => {
    await BfdStand.with(async (stand) => {
      const peer = `peer ${A.v4} multihop local-address ${FAR}`;
      const frr = await FrrBfd.start(stand.lan, "far", [peer, ...TIMERS]);
      const a = stand.start("left", session({ neighbor: FAR, source: A.v4, more: "multihop\n    max_hops 1" }));
      await bothUp(a);
      await frr.waitFor("up", ({ status, multihop }) => status === "up" && multihop);
      await stand.reload(a, session({ neighbor: FAR, source: A.v4, more: "multihop" }));
      await stand.lan.run("router", ["sysctl", "-q", "-w", "net.ipv4.ip_forward=0"]);
      await a.waitForLog(/Expired after 150 ms/);
    });
  });

  test("the bfd process is killed, and its successor goes on before FRR notices; VRRP does not either", async () => {
    await BfdStand.with(async (stand) => {
      const slow = [" detect-multiplier 5", " receive-interval 500", " transmit-interval 500"];
      const frr = await FrrBfd.start(stand.lan, "right", [PEER, ...slow]);
      const text = session({ neighbor: B.v4, source: A.v4, interval: 500, more: "multiplier 5" }) + tracking("B");
      const a = stand.start("left", text);
      await a.waitForState("MASTER");
      await frr.waitFor("up", ({ status }) => status === "up");
      const [mark, downs] = [a.log.mark(), await frr.downs()];
      const died = a.killChild("bfd");
      await a.waitForLog(/BFD child process\(\d+\) died: Respawning/, { from: mark });
      await a.waitForLog(/Starting poll sequence|Starting BFD child process/, { from: mark });
      await sleep(4000); // more than a detection time of both
      expect(a.childPid("bfd")).not.toBe(died);
      expect(await frr.downs()).toEqual(downs);
      expect(said(a, mark, /Entering|Tracked|Expired/)).toEqual([]);
      expect(a.state).toBe("MASTER");
    });
  });
});

describe("beside ourselves", () => {
  test("a reload changes timers while the session stays up; the same file changes nothing; a session that goes is said", async () => {
    await BfdStand.with(async (stand) => {
      const [neighbor, source] = [B.v4, A.v4];
      const b = stand.start("right", session({ neighbor: source, source: neighbor, interval: 200 }));
      const track = tracking("B weight -50");
      const a = stand.start("left", session({ neighbor, source, interval: 200 }) + track);
      await bothUp(a, b);
      await a.waitForState("MASTER");
      const [mark, theirs] = [a.log.mark(), b.log.mark()];
      await stand.reload(a, session({ neighbor, source, interval: 200 }) + track);
      await stand.reload(a, session({ neighbor, source, interval: 400 }) + track);
      await b.waitForLog(/Detection time is 1200000 us \(was 600000 us\)/, { from: theirs });
      await sleep(1000);
      expect(said(a, mark, /Entering|Expired|Changing/)).toEqual([]);
      expect(said(b, theirs, /Entering|Expired/)).toEqual([]);
      await stand.reload(a, session({ name: "C", neighbor: "192.0.2.99" }) + tracking("C weight -50"));
      await b.waitForLog(/Down state \(Local diagnostic - Neighbor Signaled Session Down/, { from: theirs });
      const priority = 'keepalived_effective_priority{iname="VI_1",intf="eth0",vrid="51"}';
      await until("50 less", async () => (await stand.metric("left", priority)) === 50, seconds(5));
    });
  });

  test("a killed vrrp process learns from the supervisor that the session is up: a master stays master", async () => {
    await BfdStand.with(async (stand) => {
      const b = stand.start("right", session({ neighbor: A.v4, source: B.v4 }));
      const a = stand.start("left", session({ neighbor: B.v4, source: A.v4 }) + tracking("B"));
      await bothUp(a, b);
      await a.waitForState("MASTER");
      const master = 'keepalived_vrrp_state{iname="VI_1",intf="eth0",vrid="51",ip_address="192.0.2.100"}';
      await until("its report", async () => (await stand.metric("left", master)) === 2, seconds(5));
      const mark = a.log.mark();
      a.killChild("vrrp");
      await a.waitForLog(/resuming in MASTER STATE/, { from: mark });
      await sleep(500);
      expect(said(a, mark, /Entering/)).toEqual([]);
    });
  });

  test("a flood of rubbish from a third machine is counted, and the session stays up", async () => {
    await BfdStand.with(async (stand) => {
      const b = stand.start("right", session({ neighbor: A.v4, source: B.v4, interval: 200 }));
      const a = stand.start("left", session({ neighbor: B.v4, source: A.v4, interval: 200 }));
      await bothUp(a, b);
      const [mark, theirs] = [a.log.mark(), b.log.mark()];
      await stand.lan.run("router", [process.execPath, "-e", FLOOD, A.v4]);
      await sleep(1500);
      const dropped = async (reason: string): Promise<number> =>
        await stand.metric("left", `keepalived_bfd_packets_dropped_total{reason="${reason}"}`);
      expect(await dropped("truncated")).toBeGreaterThan(100);
      expect(await dropped("unknown-session")).toBeGreaterThan(100);
      const news = /Entering|Expired|dropped|rror/;
      expect([said(a, mark, news), said(b, theirs, news)]).toEqual([[], []]);
    });
  });

  test("a source that is not there yet: the session comes up when it is", async () => {
    await BfdStand.with(async (stand) => {
      const b = stand.start("right", session({ neighbor: "192.0.2.77", source: B.v4 }));
      const a = stand.start("left", session({ neighbor: B.v4, source: "192.0.2.77" }));
      await a.waitForLog(/\(B\) .*cannot send to 192\.0\.2\.2/);
      await stand.lan.run("left", ["ip", "address", "add", "192.0.2.77/24", "dev", "eth0"]);
      await bothUp(a, b);
      expect(said(a, 0, /cannot send/)).toHaveLength(1);
    });
  });
});

/** 20,000 datagrams in a second or two: too short ones, and packets for sessions that do not exist. */
const FLOOD = `
const socket = require("node:dgram").createSocket("udp4");
const packet = Buffer.from("20c003180000000700000009000003e8000003e800000000", "hex");
let left = 200;
const burst = () => {
  for (let i = 0; i < 50; i++) {
    socket.send(packet.subarray(0, 10), 3784, process.argv[1]);
    socket.send(packet, 3784, process.argv[1]);
  }
  if (--left > 0) setTimeout(burst, 5);
  else setTimeout(() => socket.close(), 100);
};
burst();
`;
