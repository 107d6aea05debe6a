import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import type { Implementation } from "./daemon.ts";
import { Journal } from "./journal.ts";
import { run, until, wallClock } from "./run.ts";
import { type AddressEvent, instance, read, Stand, VIP } from "./stand.ts";

/** Routes and rules of a virtual router, and static ones. */
const ROUTES = [
  "10.50.1.0/24 via 192.0.2.12 dev eth0",
  "10.50.2.0/24 dev eth0 scope link src 192.0.2.100 metric 5 table 100",
  "blackhole 10.50.3.0/24",
  "10.50.4.0/24 via 192.0.2.12 dev eth0 mtu lock 1400 advmss 1300 initcwnd 20 features ecn congctl reno",
  "10.50.5.0/24 nexthop via 192.0.2.12 dev eth0 weight 3 nexthop via 192.0.2.13 dev eth0 weight 5",
  "unreachable 10.50.6.0/24 metric 9",
  "10.50.7.0/24 via 192.0.2.12 dev eth0 table 1000 realms 3/4",
  "default via 192.0.2.12 metric 900",
  "10.50.8.0/24 via 192.0.2.12 protocol 77 no_track",
  "10.50.9.0/24 dev eth0 metric 7 append",
];
const RULES = [
  "from 10.60.0.0/24 table 100 priority 1000",
  "to 10.61.0.0/24 from 10.62.0.1 tos 0x10 fwmark 5/0xff iif eth0 table 101 priority 1001",
  "not from 10.63.0.0/24 table main priority 1002",
  "from 10.64.0.0/24 blackhole priority 1003",
  "from 10.64.0.0/24 goto 1005 priority 1004",
  "ipproto tcp sport 10-20 dport 30-40 table 105 priority 1005",
  "uidrange 100-200 oif eth0 table 1000 priority 1006",
  "from all table 103 suppress_prefixlength 8 suppress_ifgroup 3 priority 1007",
];

function block(keyword: string, lines: readonly string[]): string {
  return `${keyword} {\n${lines.join("\n")}\n}\n`;
}
const VIRTUAL = block("virtual_routes", ROUTES) + block("virtual_rules", RULES);
const STATIC =
  block("static_ipaddress", ["10.8.0.1/24 dev eth0 label eth0:s", "10.8.1.1 peer 10.8.1.2 dev eth0"]) +
  block(
    "static_routes",
    ROUTES.map((line) => line.replace("src 192.0.2.100", "src 192.0.2.11")),
  ) +
  block("static_rules", RULES);

async function ip(stand: Stand, ...words: string[]): Promise<string> {
  return await run(["ip", "-n", stand.lan.namespace("lb1"), ...words]);
}

/** Routes and rules that are not the kernel's own, in the kernel's order. */
async function tables(stand: Stand): Promise<{ routes: string[]; rules: string[] }> {
  const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
  const routes = lines(await ip(stand, "-d", "route", "show", "table", "all"));
  const rules = lines(await ip(stand, "-d", "rule"));
  return {
    routes: routes.filter((line) => !/proto kernel/.test(line)).map((line) => line.trim()),
    rules: rules.filter((line) => !/proto kernel/.test(line)),
  };
}

/** What a daemon makes of a configuration, once it is master, and what it leaves. */
async function made(text: string, implementation: Implementation) {
  let [there, left] = [
    { routes: [] as string[], rules: [] as string[] },
    { routes: [] as string[], rules: [] as string[] },
  ];
  let vips: string[] = [];
  await Stand.with(async (stand) => {
    const director = stand.start("lb1", text, { implementation });
    await director.waitForState("MASTER");
    await until("rules", async () => (await tables(stand)).rules.length === RULES.length, seconds(5));
    there = await tables(stand);
    vips = await stand.vips("lb1");
    await director.stop();
    left = await tables(stand);
  });
  return { there, left, vips };
}

describe.concurrent("beside keepalived", () => {
  test.each([
    ["virtual", instance({ more: VIRTUAL })],
    ["static", STATIC + instance()],
  ])("%s routes and rules are those that it makes, in its order, and none is left behind", async (_, text) => {
    const [ours, theirs] = await Promise.all([made(text, "ours"), made(text, "keepalived")]);
    expect(ours.there).toEqual(theirs.there);
    expect(ours.vips).toEqual(theirs.vips);
    expect(ours.there.routes.length).toBeGreaterThanOrEqual(ROUTES.length);
    expect(ours.left).toEqual({ routes: [], rules: [] });
  });
});

describe.concurrent("what somebody removes", () => {
  test("a virtual route or rule is back within 100 ms, said and counted, without a transition", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance({ more: VIRTUAL }));
      const before = await tables(stand);
      const mark = lb1.log.mark();
      const events = await watch(stand);
      for (const each of [
        ["10.50.1.0/24", "route del 10.50.1.0/24"],
        ["10.50.3.0/24", "route del blackhole 10.50.3.0/24"],
        ["default", "route del default metric 900"],
        ["10.50.2.0/24", "route del 10.50.2.0/24 table 100"],
        ["1001:", "rule del pref 1001"],
      ] as const)
        await back(stand, events, each);
      expect(same(await tables(stand), before)).toBe(true);
      await lb1.waitForLog(/virtual routes had been removed, restored: route 10\.50\.1\.0\/24 via/, { from: mark });
      await lb1.waitForLog(/virtual rules had been removed, restored: rule priority 1001/, { from: mark });
      expect(lb1.log.entries.slice(mark).filter(({ text }) => / Entering /.test(text))).toEqual([]);
      const page = await metricsOf(
        stand,
        'keepalived_restored_total{iname="VI_1",intf="eth0",vrid="51",type="rule"} 1',
      );
      expect(page).toMatch(/keepalived_restored_total\{iname="VI_1",[^}]*type="route"\} 4/);
    });
  });

  test("no_track is left alone until the next master", async () => {
    await Stand.with(async (stand) => {
      const vips = [VIP, "192.0.2.101 no_track"];
      const lb1 = await stand.startMaster(instance({ addresses: vips, more: VIRTUAL }));
      await ip(stand, "addr", "del", "192.0.2.101/32", "dev", "eth0");
      await ip(stand, "route", "del", "10.50.8.0/24");
      await ip(stand, "addr", "del", `${VIP}/32`, "dev", "eth0"); // this one comes back, and the others had their chance
      await until("VIP", async () => (await stand.vips("lb1")).some((line) => line.includes(VIP)), seconds(3));
      await sleep(300);
      expect(await stand.vips("lb1")).toHaveLength(1);
      expect((await tables(stand)).routes.filter((line) => line.includes("10.50.8.0"))).toEqual([]);
      expect(lb1.state).toBe("MASTER");
      await lb1.stop();
      expect(await tables(stand)).toEqual({ routes: [], rules: [] });
    });
  });

  test("a route that comes in the place of ours goes again", async () => {
    await Stand.with(async (stand) => {
      await stand.startMaster(instance({ more: VIRTUAL }));
      const before = (await tables(stand)).routes;
      await ip(stand, "route", "replace", "10.50.1.0/24", "via", "192.0.2.99");
      await until(
        "ours in front",
        async () =>
          (await tables(stand)).routes.some((line) => line === before.find((one) => one.includes("10.50.1."))),
        seconds(3),
      );
    });
  });

  test("static items are back within 100 ms, also those that the kernel drops with a link", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(STATIC.replace(/.*no_track\n/g, "") + instance());
      const before = await tables(stand);
      const mark = lb1.log.mark();
      const events = await watch(stand);
      await back(stand, events, ["10.50.1.0/24", "route del 10.50.1.0/24"]);
      await back(stand, events, ["1000:", "rule del pref 1000"]);
      await ip(stand, "addr", "del", "10.8.0.1/24", "dev", "eth0");
      await until(
        "static",
        async () => (await stand.vips("lb1")).some((line) => line.includes("10.8.0.1")),
        seconds(3),
      );
      for (const what of ["address 10.8.0.1/24", "route 10.50.1.0/24", "rule priority 1000"])
        await lb1.waitForLog(new RegExp(`Restoring deleted static ${what}`), { from: mark });
      expect(lb1.log.entries.slice(mark).filter(({ text }) => / Entering /.test(text))).toEqual([]);
      await stand.lan.setLink("lb1", "down");
      await lb1.waitForState("FAULT", { from: mark });
      await stand.lan.setLink("lb1", "up");
      await until("routes", async () => same(await tables(stand), before), seconds(10));
    });
  });

  test("somebody who removes it again and again is not outrun", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance({ more: block("virtual_routes", ["10.50.1.0/24 dev eth0"]) }));
      const mark = lb1.log.mark();
      const fight =
        "n=0; end=$(($(date +%s) + 4)); while [ $(date +%s) -lt $end ]; do ip route del 10.50.1.0/24 2>/dev/null && n=$((n+1)); done; echo $n";
      const removed = Number(await stand.lan.run("lb1", ["sh", "-c", fight]));
      expect(removed).toBeGreaterThan(20);
      expect(removed).toBeLessThan(30);
      await lb1.waitForLog(/another program removes them again and again/, { from: mark });
      const said = lb1.log.entries.slice(mark).filter(({ text }) => text.includes("had been removed"));
      expect(said.length).toBeLessThanOrEqual(20);
      expect(lb1.state).toBe("MASTER");
    });
  });
});

describe.concurrent("what cannot be put back", () => {
  test("a route whose gateway is out of reach is a fault, and no more when it can be reached", async () => {
    await Stand.with(async (stand) => {
      await side(stand);
      const lb1 = await stand.startMaster(
        instance({ more: block("virtual_routes", ["10.50.1.0/24 via 198.51.100.9 dev side0"]) }),
      );
      let mark = lb1.log.mark();
      await ip(stand, "addr", "del", "198.51.100.1/24", "dev", "side0"); // the kernel drops the route with it
      await lb1.waitForLog(/entering FAULT state \(route 10\.50\.1\.0\/24 via 198\.51\.100\.9 was removed and cannot/, {
        from: mark,
      });
      await lb1.waitForState("FAULT", { from: mark });
      expect(await stand.vips("lb1")).toEqual([]);
      mark = lb1.log.mark();
      await ip(stand, "addr", "add", "198.51.100.1/24", "dev", "side0");
      await lb1.waitForState("MASTER", { from: mark });
      await until("route", async () => (await tables(stand)).routes.length === 1, seconds(3));
    });
  });

  test("a static route of a track group: its members are in fault as long, others are not", async () => {
    await Stand.with(async (stand) => {
      await side(stand);
      const group = block("track_group TG", [block("group", ["VI_1"])]);
      const routes = block("static_routes", ["10.50.1.0/24 via 198.51.100.9 dev side0 track_group TG"]);
      const other = instance({ name: "VI_2", vrid: 52, addresses: ["192.0.2.200"] });
      const lb1 = stand.start("lb1", group + routes + instance() + other);
      await lb1.waitForLog(/\(VI_1\) Entering MASTER STATE/);
      await lb1.waitForLog(/\(VI_2\) Entering MASTER STATE/);
      let mark = lb1.log.mark();
      await ip(stand, "addr", "del", "198.51.100.1/24", "dev", "side0");
      await lb1.waitForLog(/\(VI_1\) Entering FAULT STATE/, { from: mark });
      await ip(stand, "addr", "add", "198.51.100.1/24", "dev", "side0");
      await lb1.waitForLog(/\(VI_1\) Entering MASTER STATE/, { from: mark });
      expect(lb1.log.entries.slice(mark).filter(({ text }) => /\(VI_2\) Entering/.test(text))).toEqual([]);
      mark = lb1.log.mark();
    });
  });
});

describe.concurrent("over time", () => {
  test("a new daemon takes away what a killed one left, and nothing that is another's", async () => {
    await Stand.with(async (stand) => {
      const text = instance({ priority: 50, more: VIRTUAL });
      const lb1 = await stand.startMaster(instance({ more: VIRTUAL }));
      await lb1.killAll();
      await ip(stand, "route", "add", "10.99.0.0/24", "dev", "eth0", "proto", "18");
      await ip(stand, "route", "del", "10.50.1.0/24");
      await ip(stand, "route", "add", "10.50.1.0/24", "via", "192.0.2.12", "proto", "static");
      expect((await tables(stand)).rules).toHaveLength(RULES.length);
      const again = stand.start("lb1", text);
      await again.waitForState("BACKUP");
      await until("clean", async () => (await tables(stand)).rules.length === 0, seconds(3));
      expect((await tables(stand)).routes.map((line) => line.split(" ")[1])).toEqual(["10.50.1.0/24", "10.99.0.0/24"]);
      expect(await stand.vips("lb1")).toEqual([]);
    });
  });

  test.each<Implementation>(["ours", "keepalived"])(
    "-V (%s): what is virtual stays at the end, what is static goes",
    async (who) => {
      await Stand.with(async (stand) => {
        const text =
          block("static_routes", ["10.50.1.0/24 dev eth0"]) + block("static_ipaddress", ["10.8.0.1/24 dev eth0"]);
        const virtual = instance({ more: block("virtual_routes", ["10.50.2.0/24 dev eth0"]) });
        const lb1 = stand.start("lb1", text + virtual, { implementation: who, options: ["-V"] });
        await lb1.waitForState("MASTER");
        await until("routes", async () => (await tables(stand)).routes.length === 2, seconds(3));
        await lb1.stop();
        expect((await tables(stand)).routes).toEqual([expect.stringContaining("10.50.2.0/24")]);
        expect(await stand.vips("lb1")).toEqual([expect.stringContaining(VIP)]);
      });
    },
  );

  test("a killed vrrp process of a master and the same file again touch no route, no rule, no address", async () => {
    await Stand.with(async (stand) => {
      const text =
        STATIC.replace(/10\.50\./g, "10.51.")
          .replace(/priority 10/g, "priority 20")
          .replaceAll("goto 1005", "goto 2005") + instance({ more: VIRTUAL });
      const lb1 = await stand.startMaster(text);
      const before = await tables(stand);
      const events = await watch(stand);
      const addresses = await stand.watchAddresses("lb1");
      lb1.killChild("vrrp");
      await lb1.waitForLog(/resuming in MASTER STATE/);
      await stand.reload(lb1, text);
      await sleep(500);
      expect(await tables(stand)).toEqual(before);
      const touched = [...events.entries, ...addresses.entries]
        .map(({ text: line }) => line)
        .filter((line) => line !== "" && !line.includes("127.9."));
      // Those of another protocol cannot be seen coming and going: they are set anew.
      expect(touched.filter((line) => !line.includes("10.50.8.0") && !line.includes("10.51.8.0"))).toEqual([]);
    });
  });

  test("iproute_etc_dir and iproute_usr_dir say where the names of tables stand; another folder moves the routes", async () => {
    await Stand.with(async (stand) => {
      const folder = (name: string, number: number): string => {
        mkdirSync(join(stand.lan.folder, name));
        writeFileSync(join(stand.lan.folder, name, "rt_tables"), `${number} blue\n`);
        return join(stand.lan.folder, name);
      };
      const text = (word: string, path: string): string =>
        `global_defs {\n    ${word} ${path}\n}\n` +
        block("static_rules", ["from 10.70.0.0/24 table blue priority 70"]) +
        instance({ more: block("virtual_routes", ["10.50.1.0/24 dev eth0 table blue"]) });
      const [local, distributed] = [folder("local", 77), folder("distributed", 88)];
      const both = async (number: number): Promise<void> =>
        await until(
          `table ${number}`,
          async () => {
            const { routes, rules } = await tables(stand);
            return (
              routes.join().includes(`table ${number}`) &&
              rules.join().includes(`lookup ${number}`) &&
              routes.length + rules.length === 2
            );
          },
          seconds(3),
        );
      const lb1 = await stand.startMaster(text("iproute_etc_dir", local));
      await both(77);
      await stand.reload(lb1, text("iproute_usr_dir", distributed));
      await both(88);
    });
  });

  test("a reload sets and takes away what differs, and nothing else", async () => {
    await Stand.with(async (stand) => {
      const text = (route: string, rule: string): string =>
        block("static_routes", [route, "10.50.2.0/24 dev eth0"]) +
        instance({ more: block("virtual_rules", [rule, RULES[0] ?? ""]) });
      const lb1 = await stand.startMaster(text("10.50.1.0/24 dev eth0", "from 10.70.0.0/24 table 7 priority 70"));
      const before = await tables(stand);
      const mark = lb1.log.mark();
      await stand.reload(lb1, text("10.50.1.0/24 dev eth0 metric 4", "from 10.70.0.0/24 table 8 priority 70"));
      await until("new", async () => (await tables(stand)).rules.some((line) => line.includes("lookup 8")), seconds(3));
      const after = await tables(stand);
      expect(after.routes).toHaveLength(2);
      expect(after.routes.filter((line) => !before.routes.includes(line))).toEqual([
        expect.stringContaining("metric 4"),
      ]);
      expect(after.rules).toHaveLength(2);
      expect(lb1.log.entries.slice(mark).filter(({ text: line }) => / Entering /.test(line))).toEqual([]);
    });
  });
});

/** Another network, side0, with 198.51.100.1. */
async function side(stand: Stand): Promise<void> {
  await ip(stand, "link", "add", "side0", "type", "veth", "peer", "name", "side1");
  for (const name of ["side0", "side1"]) await ip(stand, "link", "set", name, "up");
  await ip(stand, "addr", "add", "198.51.100.1/24", "dev", "side0");
  await until("side0", async () => (await ip(stand, "-o", "link", "show", "side0")).includes("state UP"), seconds(3));
}

/** What the kernel says of routes and rules from now on: one line each, `Deleted …` where one goes. */
async function watch(stand: Stand): Promise<Journal<AddressEvent>> {
  const journal = new Journal<AddressEvent>(`ip monitor on ${stand.lan.namespace("lb1")}`);
  const monitor = stand.lan.spawn("lb1", ["ip", "-o", "monitor", "route", "rule"]);
  let listens = false;
  read(monitor, (text) => {
    if (text.includes("31000:")) listens = true;
    else if (!/^Error: /.test(text)) journal.push({ at: wallClock(), text });
  });
  // It does not say when it listens: a rule that comes and goes tells.
  await until(
    "ip monitor",
    async () => {
      await ip(stand, "rule", "add", "pref", "31000", "table", "31");
      await ip(stand, "rule", "del", "pref", "31000");
      return listens;
    },
    seconds(5),
  );
  return journal;
}

/** Removes one, and waits until it is there again: within 100 ms. */
async function back(
  stand: Stand,
  events: Journal<AddressEvent>,
  [what, words]: readonly [string, string],
): Promise<void> {
  const from = events.mark();
  await ip(stand, ...words.split(" "));
  const gone = await events.waitFor(`${what} gone`, ({ text }) => text.startsWith("Deleted") && text.includes(what), {
    from,
  });
  const there = await events.waitFor(`${what} back`, ({ text }) => !text.startsWith("Deleted") && text.includes(what), {
    from,
  });
  expect(there.at - gone.at).toBeLessThan(milliseconds(100));
}

function same(a: Awaited<ReturnType<typeof tables>>, b: Awaited<ReturnType<typeof tables>>): boolean {
  const sorted = (all: typeof a): string => JSON.stringify([all.routes.toSorted(), all.rules.toSorted()]);
  return sorted(a) === sorted(b);
}

/** The page, once it has this line. */
async function metricsOf(stand: Stand, line: string): Promise<string> {
  let page = "";
  await until(
    line,
    async () => {
      page = await stand.metrics("lb1");
      return page.includes(line);
    },
    seconds(5),
  );
  return page;
}

describe.concurrent("addresses", () => {
  test("options of addresses are those that keepalived gives", async () => {
    const lines = [
      "10.8.0.1/24 dev eth0 brd + scope link label eth0:s",
      "10.8.1.1 peer 10.8.1.2 dev eth0",
      "10.8.2.1/24 dev eth0 noprefixroute",
      "2001:db8:8::1/64 dev eth0 preferred_lft 0 home",
      "2001:db8:8::2/64 dev eth0",
      "2001:db8:8::3/128 dev eth0 preferred_lft forever",
      "2001:db8:8::4 dev eth0",
      "2001:db8:8::5 peer 2001:db8:8::6 dev eth0",
      "2001:db8:8::7/64 dev eth0 mngtmpaddr noprefixroute",
    ];
    const shown = async (implementation: Implementation): Promise<string[]> => {
      let found: string[] = [];
      await Stand.with(async (stand) => {
        await stand.lan.run("lb1", ["sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=0"]);
        const director = stand.start("lb1", block("static_ipaddress", lines) + instance(), { implementation });
        await director.waitForState("MASTER");
        await until("VIP", async () => (await stand.vips("lb1")).some((line) => line.includes(VIP)), seconds(3));
        found = (await ip(stand, "-d", "addr", "show", "dev", "eth0"))
          .split("\n")
          .filter((line) => /inet6? (10|2001|192)|valid_lft/.test(line) && !line.includes("fe80"))
          .map((line) => line.trim());
      });
      return found;
    };
    const [ours, theirs] = await Promise.all([shown("ours"), shown("keepalived")]);
    expect(ours).toEqual(theirs);
    expect(ours.length).toBeGreaterThan(2 * lines.length);
  });

  test("an IPv6 address that another host has is said, and tried again until it is ours", async () => {
    await Stand.with(async (stand) => {
      for (const node of ["lb1", "lb2"])
        await stand.lan.run(node, ["sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=0"]);
      const there = ["2001:db8::9/64", "dev", "eth0", "nodad"];
      await stand.lan.run("lb2", ["ip", "addr", "add", ...there]);
      const excluded = block("virtual_ipaddress_excluded", ["2001:db8::9/64 -nodad", "2001:db8::8/64"]);
      const lb1 = await stand.startMaster(instance({ more: excluded }));
      await lb1.waitForLog(/\(VI_1\) 2001:db8::9\/64 on interface \d+ is in use by another host/);
      await stand.lan.run("lb2", ["ip", "addr", "del", ...there.slice(0, 3)]);
      await until(
        "address",
        async () => {
          const lines = (await ip(stand, "-6", "-o", "addr", "show", "dev", "eth0")).split("\n");
          return lines.some((line) => line.includes("2001:db8::9/64") && !/dadfailed|tentative/.test(line));
        },
        seconds(20),
      );
      const said = lb1.log.entries.filter(({ text }) => text.includes("is in use by another host"));
      expect(said).toHaveLength(1);
      expect(lb1.state).toBe("MASTER");
    });
  });

  test("a thousand addresses come and go in a few sends, and a flush of them is undone", async () => {
    await Stand.with(async (stand) => {
      const many = Array.from({ length: 1000 }, (_, i) => `10.9.${i >> 8}.${i & 255}/32`);
      const lb1 = stand.start("lb1", instance({ more: block("virtual_ipaddress_excluded", many) }));
      const all = async (): Promise<number> => (await stand.vips("lb1")).length;
      await lb1.waitForState("MASTER");
      await until("all", async () => (await all()) === many.length + 1, seconds(5));
      const mark = lb1.log.mark();
      await ip(stand, "addr", "flush", "dev", "eth0", "to", "10.9.0.0/16");
      await until("all again", async () => (await all()) === many.length + 1, seconds(10));
      await lb1.waitForLog(/virtual addresses had been removed, restored: .* and \d+ more/, { from: mark });
      expect(lb1.log.entries.slice(mark).filter(({ text }) => / Entering /.test(text))).toEqual([]);
      await lb1.stop();
      expect(await all()).toBe(0);
    });
  });
});
