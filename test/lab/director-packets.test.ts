import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { encodeIpv4 } from "../../src/wire/ipv4.ts";
import { type AdvertisementV2, encodeAdvertisement } from "../../src/wire/vrrp.ts";
import { instance, Stand, VIP } from "./stand.ts";

const SENDER = fileURLToPath(new URL("raw-sender.mjs", import.meta.url));
const PASSWORD = "authentication {\n auth_type PASS\n auth_pass secret\n }";

/** A well-formed advertisement of lb2, lower than ours: each test spoils one thing of it. */
const USUAL: AdvertisementV2 = {
  version: 2,
  vrid: 51,
  priority: 50,
  interval: seconds(1),
  authentication: { type: "pass", password: "secret\0\0" },
  addresses: [ip(VIP)],
};

interface Spoilt {
  readonly advertisement?: Partial<AdvertisementV2>;
  readonly ttl?: number;
  readonly to?: string;
  readonly payload?: (bytes: Uint8Array) => Uint8Array;
}

describe.concurrent("packets that are no good", () => {
  test("every 50 ms for 7 s: the master advertises in time, counts them by reason and says each once", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance({ priority: 100, more: PASSWORD }), ["--log-format", "json"]);
      const from = stand.capture.heard.mark();
      const spoilt: readonly Spoilt[] = [
        { payload: (bytes) => bytes.with(6, 0xbd) }, // checksum
        { ttl: 254 },
        { payload: (bytes) => bytes.subarray(0, 6) }, // truncated
        { payload: (bytes) => bytes.subarray(0, 16) }, // length
        { advertisement: { authentication: { type: "pass", password: "guessed\0" } } },
        { advertisement: { authentication: { type: "none" } } },
        { advertisement: { interval: seconds(2) } },
        { payload: (bytes) => bytes.with(0, 0x51) }, // version
      ];
      const started = Date.now();
      await send(stand, 50, 140, spoilt);
      expect(Date.now() - started).toBeGreaterThan(7000);
      const gaps = stand.advertGaps("lb1", from);
      expect(gaps.length).toBeGreaterThanOrEqual(6);
      for (const gap of gaps) expect(Math.abs(gap - 1000)).toBeLessThan(50);
      await sleep(300);
      const page = await stand.metrics("lb1");
      for (const reason of ["checksum", "ttl", "length", "password", "auth-mismatch", "interval", "version"]) {
        const [, count] =
          new RegExp(`^keepalived_packets_dropped_total\\{.*reason="${reason}"\\} (\\d+)$`, "m").exec(page) ?? [];
        expect(`${reason} ${Number(count) >= 17}`).toBe(`${reason} true`);
      }
      expect(page).toMatch(/^keepalived_advertisements_received_total\{.*\} 0$/m);
      expect(lb1.state).toBe("MASTER");
      const lines = lb1.log.entries.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
      for (const line of lines)
        expect(line).toMatchObject({ time: expect.any(String), level: expect.any(String), msg: expect.any(String) });
      const said = lines.map(({ msg }) => String(msg)).filter((msg) => msg.includes("192.0.2.12"));
      expect(said.toSorted()).toEqual(
        [
          "(VI_1) Invalid VRRPv2 checksum from 192.0.2.12",
          "(VI_1) SPLIT BRAIN: 192.0.2.12 is master too; its advertisements are refused (password), so neither of us goes",
          "(VI_1) advertisement interval mismatch with 192.0.2.12 mine=1 sec rcv'd=2 sec",
          "(VI_1) invalid TTL/HL from 192.0.2.12. Received 254 and expect 255",
          "(VI_1) received a 0 auth from 192.0.2.12, expecting 1!",
          "(VI_1) received an invalid passwd from 192.0.2.12!",
          "(VI_1) vrrp packet from 192.0.2.12 too short, length 16 and expect 20",
          "(VI_1) wrong VRRP version from 192.0.2.12. Received 5 and expect 2",
        ].toSorted(),
      );
    });
  });

  test.each<[string, Spoilt]>([
    ["another VRID", { advertisement: { vrid: 77 } }],
    ["our VRID with a wrong checksum", { payload: (bytes) => bytes.with(6, 0xbd) }],
  ])("20,000 at once of %s do not move the adverts of a master, nor keep it busy", async (what, spoilt) => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance({ priority: 100, more: PASSWORD }));
      const pid = lb1.childPid("vrrp") ?? 0;
      const [before, from] = [cpu(pid), stand.capture.heard.mark()];
      await send(stand, 0, 20_000, [spoilt]);
      await sleep(3200);
      const spent = cpu(pid) - before;
      console.log(`20,000 packets of ${what}: ${spent} ms of processor time in the vrrp process`);
      for (const gap of stand.advertGaps("lb1", from)) if (gap > 0) expect(Math.abs(gap - 1000)).toBeLessThan(50);
      expect(spent).toBeLessThan(2500);
      expect(lb1.state).toBe("MASTER");
      expect(lb1.log.entries.filter(({ text }) => /checksum/.test(text)).length).toBeLessThanOrEqual(1);
    });
  });

  test("a forged resignation does not make a second master", async () => {
    await Stand.with(async (stand) => {
      await stand.startMaster(instance());
      const lb2 = stand.start("lb2", instance({ priority: 100 }));
      await lb2.waitForLog(/master set to 192.0.2.11/);
      // The kernel drops packets from its own address: the stranger has another.
      await send(stand, 100, 20, [{ advertisement: { priority: 0, authentication: { type: "none" } } }], {
        node: "lb1",
        from: "192.0.2.66",
      });
      await sleep(1500);
      expect(stand.capture.adverts(stand.lan.mac("lb2"))).toEqual([]);
      expect(lb2.state).toBe("BACKUP");
    });
  });
});

/** Sends frames as lb2 (or somebody else) would, spoilt. */
async function send(
  stand: Stand,
  gap: number,
  count: number,
  spoilt: readonly Spoilt[],
  { node = "lb2", from = "192.0.2.12" } = {},
): Promise<void> {
  const frames = spoilt.map((it) => frame(stand.lan.mac(node), from, it));
  await stand.lan.run(node, [process.execPath, SENDER, "eth0", String(gap), String(count), ...frames]);
}

function frame(mac: string, from: string, { advertisement, ttl = 255, to = "224.0.0.18", payload }: Spoilt): string {
  const message = encodeAdvertisement({ ...USUAL, ...advertisement }, { from: ip(from), to: ip(to) });
  const packet = encodeIpv4({
    from: ip(from),
    to: ip(to),
    protocol: 112,
    ttl,
    tos: 0xc0,
    id: 1,
    payload: payload === undefined ? message : payload(message),
  });
  return `01005e000012${mac.replaceAll(":", "")}0800${Buffer.from(packet).toString("hex")}`;
}

/** Processor time of a process so far, milliseconds. */
function cpu(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
