/** A change of a configuration that a reload carries out: the new text, undefined where the file has nothing to change so. */
export type Edit = (text: string) => string | undefined;

/** A block of a text: its lines are from `start` to before `end`. */
interface Block {
  readonly start: number;
  readonly end: number;
}

const lines = (text: string): string[] => text.split("\n");

/** The blocks that open with a line like this, within another or anywhere. Files of the corpus close on a line of their own. */
function blocks(all: readonly string[], head: RegExp, within: Block = { start: 0, end: all.length }): Block[] {
  const found: Block[] = [];
  for (let start = within.start; start < within.end; start++) {
    const line = all[start] ?? "";
    if (!head.test(line) || !line.trimEnd().endsWith("{")) continue;
    const close = `${/^ */.exec(line)?.[0]}}`;
    const end = all.findIndex((other, i) => i > start && other.startsWith(close)) + 1;
    if (end > 0) found.push({ start, end });
  }
  return found;
}

const services = (all: readonly string[]): Block[] => blocks(all, /^virtual_server (?!group_)/);
const servers = (all: readonly string[], service: Block): Block[] => blocks(all, /^ +real_server /, service);
const taken = (all: readonly string[], { start, end }: Block): string[] => all.slice(start, end);
const without = (all: readonly string[], { start, end }: Block): string =>
  [...all.slice(0, start), ...all.slice(end)].join("\n");
const inserted = (all: readonly string[], at: number, more: readonly string[]): string =>
  [...all.slice(0, at), ...more, ...all.slice(at)].join("\n");

/** The first service's own lines without those that match, and with others at its head. */
function said(text: string, replaced: RegExp, ...more: readonly string[]): string | undefined {
  const all = lines(text);
  const [service] = services(all);
  if (service === undefined) return undefined;
  const own = taken(all, service).filter((line, i) => i === 0 || !/^ {4}\S/.test(line) || !replaced.test(line));
  const [head = "", ...rest] = own;
  const edited = [head, ...more.map((line) => `    ${line}`), ...rest];
  return [...all.slice(0, service.start), ...edited, ...all.slice(service.end)].join("\n");
}

/** What the first service says behind a keyword. */
function value(text: string, keyword: RegExp): string | undefined {
  const all = lines(text);
  const [service] = services(all);
  if (service === undefined) return undefined;
  const line = taken(all, service).find((each) => /^ {4}\S/.test(each) && keyword.test(each));
  return line
    ?.replace(/ [#!].*/, "")
    .trim()
    .split(/\s+/)
    .slice(1)
    .join(" ");
}

const SCHEDULER = /^ +(lb_algo|lvs_sched) /;
const METHOD = /^ +(lb_kind|lvs_method) /;

/** The kinds of edit, by name: each of one service, the first of the file. */
export const EDITS: Readonly<Record<string, Edit>> = {
  "server added"(text) {
    const all = lines(text);
    const [service] = services(all);
    const [server] = service === undefined ? [] : servers(all, service);
    if (server === undefined) return undefined;
    const [head = "", ...rest] = taken(all, server);
    return inserted(all, server.end, [head.replace(/(real_server \S*[.:])(\w+)/, "$1177"), ...rest]);
  },
  "server removed"(text) {
    const all = lines(text);
    const [service] = services(all);
    const [first, second] = service === undefined ? [] : servers(all, service);
    return first === undefined || second === undefined ? undefined : without(all, first);
  },
  weight(text) {
    const all = lines(text);
    const [service] = services(all);
    const [server] = service === undefined ? [] : servers(all, service);
    if (server === undefined) return undefined;
    const rest = taken(all, server).slice(1);
    const edited = ["        weight 37", ...rest.filter((line) => !/^ {8}weight /.test(line))];
    return [...all.slice(0, server.start + 1), ...edited, ...all.slice(server.end)].join("\n");
  },
  scheduler(text) {
    const to = value(text, SCHEDULER) === "wrr" ? "lc" : "wrr";
    return said(text, /^ +(lb_algo|lvs_sched|sh-\w+|mh-\w+)( |$)/, `lb_algo ${to}`);
  },
  persistence(text) {
    const has = value(text, /^ +persistence_timeout/) !== undefined;
    return said(text, /^ +persistence_timeout/, `persistence_timeout ${has ? 77 : 50}`);
  },
  "forwarding method"(text) {
    const [method = "NAT"] = value(text, METHOD)?.split(" ") ?? [];
    return said(text, METHOD, `lb_kind ${method === "NAT" ? "TUN" : method === "TUN" ? "DR" : "NAT"}`);
  },
  protocol(text) {
    const is = value(text, /^ +protocol /)?.toUpperCase();
    return is === undefined ? undefined : said(text, /^ +protocol /, `protocol ${is === "TCP" ? "UDP" : "TCP"}`);
  },
  "service added"(text) {
    return `${text}
virtual_server 192.0.2.177 7777 {
    lb_algo sed
    lb_kind NAT
    protocol TCP
    real_server 192.0.2.178 7778 {
        weight 7
    }
    real_server 192.0.2.179 7779 {
    }
}
`;
  },
  "service removed"(text) {
    const all = lines(text);
    const [first, second] = services(all);
    return first === undefined || second === undefined ? undefined : without(all, first);
  },
  "kind of check"(text) {
    const all = lines(text);
    const [service] = services(all);
    const [server] = service === undefined ? [] : servers(all, service);
    const [check] = server === undefined ? [] : blocks(all, /^ {8}[A-Z]+_(CHECK|GET) /, server);
    if (check === undefined) return undefined;
    const kind = /PING_CHECK/.test(all[check.start] ?? "") ? "TCP_CHECK" : "PING_CHECK";
    return inserted(lines(without(all, check)), check.start, [`        ${kind} {`, "        }"]);
  },
  "sorry server"(text) {
    if (value(text, /^ +sorry_server /) !== undefined) return said(text, /^ +sorry_server/);
    const all = lines(text);
    const [service] = services(all);
    const six = service !== undefined && /^ +real_server \S*:/m.test(taken(all, service).join("\n"));
    return said(text, /^ +sorry_server/, `sorry_server ${six ? "2001:db8::177" : "192.0.2.177"} 80`);
  },
  quorum(text) {
    return said(text, /^ +(quorum|hysteresis) /, "quorum 2", "hysteresis 1");
  },
};
