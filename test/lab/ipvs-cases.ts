/** A `virtual_server` block in pieces, so that an edit changes one of them. */
export interface Service {
  readonly at: string; //                                    `10.78.1.1 80`
  readonly lines: readonly string[];
  readonly servers: readonly (readonly [at: string, ...lines: string[]])[];
}

/** The block as keepalived.conf(5) wants it. */
export function serviceText({ at, lines, servers }: Service): string {
  const real = servers.map(([where, ...inner]) => block(`real_server ${where}`, inner));
  return `${block(`virtual_server ${at}`, [...lines, ...real])}\n`;
}

function block(head: string, lines: readonly string[]): string {
  return `${head} {\n${lines.map((line) => `  ${line.replaceAll("\n", "\n  ")}\n`).join("")}}`;
}

const TCP = ["protocol TCP"];
const NAT = [...TCP, "lb_algo rr", "lb_kind NAT"];
const PAIR = [["10.88.0.11 80"], ["10.88.0.12 80"]] as const;
const PAIR6 = [["2001:db8:88::11 80"], ["2001:db8:88::12 80"]] as const;

const SCHEDULERS = "rr wrr lc wlc lblc lblcr dh sh mh sed nq fo ovf twos".split(" ");

interface Case {
  readonly lines: readonly string[];
  readonly servers?: Service["servers"];
  readonly address?: string;
  readonly port?: number;
}

const HASHED = ["sh", "mh"].flatMap((scheduler): [string, Case][] =>
  [["port"], ["fallback"], ["port", "fallback"]].map((flags) => [
    `${scheduler} with ${flags.map((flag) => `${scheduler}-${flag}`).join(" and ")}`,
    { lines: [...TCP, `lb_algo ${scheduler}`, "lb_kind DR", ...flags.map((flag) => `${scheduler}-${flag}`)] },
  ]),
);

const TABLE: readonly (readonly [string, Case])[] = [
  ...SCHEDULERS.map((name): [string, Case] => [
    `scheduler ${name}`,
    { lines: [...TCP, `lb_algo ${name}`, "lb_kind NAT"] },
  ]),
  ...HASHED,
  ["scheduler flags by number", { lines: [...NAT, "flag-1", "flag-2", "flag-3"] }],
  ["one-packet scheduling", { lines: ["protocol UDP", "lb_algo rr", "lb_kind NAT", "ops"] }],
  ["one-packet scheduling of a TCP service", { lines: [...NAT, "ops"] }],
  ["sh-port with another scheduler", { lines: [...NAT, "sh-port"] }],
  ["DR", { lines: [...TCP, "lb_algo rr", "lb_kind DR"] }],
  ["TUN", { lines: [...TCP, "lb_algo rr", "lb_kind TUN"] }],
  ["TUN to servers of the other family", { lines: [...TCP, "lb_algo rr", "lb_kind TUN"], servers: PAIR6 }],
  ["TUN with GUE", { lines: [...TCP, "lb_algo rr", "lb_kind TUN type gue port 6080 csum"] }],
  [
    "each server its own tunnel",
    {
      lines: [...TCP, "lb_algo rr", "lb_kind TUN type gre"],
      servers: [
        ["10.88.0.11 80", "lvs_method TUN type gue port 6081 remcsum"],
        ["10.88.0.12 80", "lvs_method TUN type gre csum"],
        ["10.88.0.13 80", "lvs_method TUN type ipip"],
        ["10.88.0.14 80"],
      ],
    },
  ],
  [
    "a persistence engine",
    { lines: ["protocol UDP", "lb_algo rr", "lb_kind NAT", "persistence_timeout 50", "persistence_engine sip"] },
  ],
  [
    "each server its own method",
    {
      lines: [...TCP, "lb_algo rr", "lb_kind DR"],
      servers: [["10.88.0.11 80", "lvs_method NAT"], ["10.88.0.12 80", "lvs_method TUN"], ["10.88.0.13 80"]],
    },
  ],
  ["NAT to other ports", { lines: NAT, servers: [["10.88.0.11 8080"], ["10.88.0.11 8081"], ["10.88.0.12"]] }],
  [
    "DR to another port",
    { lines: [...TCP, "lb_algo rr", "lb_kind DR"], servers: [["10.88.0.11 8080"], ["10.88.0.12"]] },
  ],
  ["SCTP", { lines: ["protocol SCTP", "lb_algo rr", "lb_kind NAT"] }],
  ["UDP", { lines: ["protocol UDP", "lb_algo rr", "lb_kind NAT"] }],
  ["no protocol, scheduler or method", { lines: [] }],
  [
    "weights from 0 to the largest",
    {
      lines: [...TCP, "lb_algo wrr", "lb_kind NAT", "weight 5"],
      servers: ["0", "1", "255", "65535", "2147483647"]
        .map((weight, i) => [`10.88.0.${20 + i} 80`, `weight ${weight}`] as const)
        .concat([["10.88.0.30 80", "weight 5"]]),
    },
  ],
  ["the weight of the service", { lines: [...TCP, "lb_algo wrr", "lb_kind NAT", "weight 7"] }],
  ["a server of weight 0 alone", { lines: NAT, servers: [["10.88.0.11 80", "weight 0"]] }],
  ["persistence", { lines: [...NAT, "persistence_timeout 50"] }],
  ["persistence without a time", { lines: [...NAT, "persistence_timeout"] }],
  ["persistence of networks", { lines: [...NAT, "persistence_timeout 50", "persistence_granularity 255.255.255.0"] }],
  ["persistence of everybody", { lines: [...NAT, "persistence_timeout 50", "persistence_granularity 0.0.0.0"] }],
  ["granularity alone", { lines: [...NAT, "persistence_granularity 255.255.0.0"] }],
  ["every port", { lines: [...NAT, "persistence_timeout 60"], port: 0, servers: [["10.88.0.11"], ["10.88.0.12"]] }],
  ["every port, persistence not said", { lines: NAT, port: 0, servers: [["10.88.0.11"], ["10.88.0.12"]] }],
  [
    "thresholds",
    {
      lines: NAT,
      servers: [
        ["10.88.0.11 80", "uthreshold 100", "lthreshold 50"],
        ["10.88.0.12 80", "uthreshold 7"],
      ],
    },
  ],
  ["a server listed twice", { lines: NAT, servers: [["10.88.0.11 80"], ["10.88.0.11 80", "weight 3"]] }],
  ["a sorry server in reserve", { lines: [...NAT, "sorry_server 10.88.0.99 80"] }],
  ["an inhibited sorry server in reserve", { lines: [...NAT, "sorry_server 10.88.0.99 80", "sorry_server_inhibit"] }],
  ["a sorry server that is a real server", { lines: [...NAT, "sorry_server 10.88.0.12 80"] }],
  [
    "an inhibited sorry server that is a real server",
    { lines: [...NAT, "inhibit_on_failure", "sorry_server 10.88.0.12 80", "sorry_server_inhibit"] },
  ],
  ["a quorum that is not reached", { lines: [...NAT, "quorum 2", "hysteresis 1"] }],
  ["alpha, with nothing that checks", { lines: [...NAT, "alpha"] }],
  ["a server that the kernel refuses", { lines: NAT, servers: [["10.88.0.11 80"], ["224.0.0.5 80"]] }],
  ["a second service of the address", { lines: NAT, address: "10.78.2.200", port: 443 }],
  ["a third service of the address", { lines: ["protocol UDP", "lb_algo sh"], address: "10.78.2.200", port: 443 }],
  ["IPv6 NAT", { lines: NAT, address: "2001:db8:78::1", servers: PAIR6 }],
  ["IPv6 DR", { lines: [...TCP, "lb_algo wlc", "lb_kind DR"], address: "2001:db8:78::2", servers: PAIR6 }],
  ["IPv6 UDP", { lines: ["protocol UDP", "lb_algo mh", "lb_kind NAT"], address: "2001:db8:78::3", servers: PAIR6 }],
  [
    "IPv6 persistence of networks",
    {
      lines: [...NAT, "persistence_timeout 50", "persistence_granularity 64"],
      address: "2001:db8:78::4",
      servers: PAIR6,
    },
  ],
  ["IPv6 persistence", { lines: [...NAT, "persistence_timeout 50"], address: "2001:db8:78::5", servers: PAIR6 }],
  [
    "IPv6 TUN to servers of the other family",
    { lines: [...TCP, "lb_algo rr", "lb_kind TUN"], address: "2001:db8:78::6", servers: PAIR },
  ],
  [
    "weights and a fault by the number in a file",
    {
      lines: [...TCP, "lb_algo wrr", "lb_kind NAT", "weight 5"],
      servers: [
        ["10.88.0.11 80", follows()],
        ["10.88.0.12 80", follows("weight 2"), follows("weight -1")],
        ["10.88.0.13 80", follows("weight 1 reverse")],
        ["10.88.0.14 80", follows("weight -9")],
        ["10.88.0.15 80", follows("weight 0")],
        ["10.88.0.16 80", "inhibit_on_failure", follows("weight 0 noreverse")],
      ],
    },
  ],
];

function follows(...lines: readonly string[]): string {
  return block("FILE_CHECK", ["track_file three", ...lines]);
}

/** What stands above the services: the file that the weights of one follow. Each daemon makes it. */
export const FILES = `${block("track_file three", ["file /tmp/keepalived-ts-lab-three", "init_file 3 overwrite"])}\n`;

/** Services by mark and by group: what one of them is in the table, all of these are. */
export const MARKED: readonly Service[] = [
  {
    at: "fwmark 9",
    lines: ["lb_algo rr", "lb_kind DR", "persistence_timeout 50", "persistence_engine sip"],
    servers: PAIR,
  },
  { at: "fwmark 10", lines: ["lb_algo wlc", "lb_kind NAT"], servers: PAIR },
  { at: "group G", lines: [...NAT, "sorry_server 10.88.0.99 80"], servers: PAIR },
  { at: "group D", lines: [...TCP, "lb_algo rr", "lb_kind DR"], servers: [["10.88.0.11"], ["10.88.0.12"]] },
  { at: "group D", lines: ["protocol UDP", "lb_algo rr", "lb_kind NAT"], servers: [["10.88.0.12 53"]] },
  {
    at: "group F",
    lines: ["lb_algo rr", "lb_kind TUN", "persistence_timeout 60"],
    servers: [["10.88.0.12"], ["2001:db8:88::12"]],
  },
];

/** The groups of those. */
export const GROUPS = `${[
  block("virtual_server_group G", ["10.78.3.1 80", "10.78.3.5-7 80", "10.78.3.254 81", "fwmark 11"]),
  block("virtual_server_group D", ["10.78.4.1 80", "10.78.4.2 81"]),
  block("virtual_server_group F", ["fwmark 12 inet", "fwmark 13 inet6"]),
].join("\n")}\n`;

/** Their lines in a table. */
export function markedLines(table: readonly string[]): string[] {
  return table.filter((line) => /^-[Aa] (-f (9|1\d) |-[tu] 10\.78\.[34]\.)/.test(line));
}

/** The services of the first configuration, by what each shows. No server of theirs is asked. */
export const CASES: ReadonlyMap<string, Service> = new Map(
  TABLE.map(([name, { lines, servers = PAIR, address, port = 80 }], i) => [
    name,
    { at: `${address ?? `10.78.2.${i + 1}`}${port === 0 ? "" : ` ${port}`}`, lines, servers },
  ]),
);

/** The lines of one service in a table. */
export function linesOf(table: readonly string[], { at, lines }: Service): string[] {
  const [address = "", port = "0"] = at.split(" ");
  const option = lines.includes("protocol TCP") ? "-t" : lines.includes("protocol SCTP") ? "--sctp-service" : "-u";
  const shown = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  return table.filter((line) => line.startsWith(`-A ${option} ${shown} `) || line.startsWith(`-a ${option} ${shown} `));
}

/** Services of somebody else; nothing that we do may touch them. */
export const FOREIGN = [
  "-A -t 10.99.0.1:80 -s wrr",
  "-a -t 10.99.0.1:80 -r 10.88.0.11:80 -m -w 3",
  "-A -f 7 -s rr",
  "-a -f 7 -r 10.88.0.12:0 -g -w 1",
];

/** Keywords of a service whose servers are checked every second. */
export const PACE = ["delay_loop 1", "warmup 0", "retry 1", "delay_before_retry 1", "connect_timeout 3"];
