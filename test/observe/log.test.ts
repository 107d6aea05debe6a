import { expect, test } from "vitest";
import { backlog, consoleSink, createLog, jsonSink, type Line, printable, syslogSink } from "../../src/observe/log.ts";

const at = new Date(2026, 10, 1, 9, 36, 52);
const speaker = { ident: "Keepalived_vrrp", pid: 7, facility: 3 };
const line: Line = {
  at,
  level: "info",
  text: "(VI_1) Entering MASTER STATE",
  fields: { iname: "VI_1", state: "MASTER", pid: 1 },
};

test("a text line is the phrase with its fields in it, and what it does not name stays out", () => {
  const lines: string[] = [];
  const log = createLog([({ text }) => lines.push(text)], false);
  log.info("({iname}) Entering {state} STATE", { iname: "VI_1", state: "MASTER", vrid: 51 });
  log.info("a {hole} without a field");
  expect(lines).toEqual(["(VI_1) Entering MASTER STATE", "a {hole} without a field"]);
});

test("what comes from the network cannot forge a line, move a cursor or fill another field", () => {
  expect(printable("a\nb\r\u001b[2J\u007f\u009b\u2028c é")).toBe("a\\x0ab\\x0d\\x1b[2J\\x7f\\x9b\\u2028c é");
  const lines: string[] = [];
  createLog([({ text }) => lines.push(text)], false).warning("{a} {b}", { a: "{b}\n", b: 2 });
  expect(lines).toEqual(["{b}\\x0a 2"]);
});

test("detail is said with -D only, and at the level of information", () => {
  const lines: string[] = [];
  const sink = ({ level, text }: Line): number => lines.push(`${level} ${text}`);
  createLog([sink], false).detail("one");
  createLog([sink], true).detail("two");
  expect(lines).toEqual(["info two"]);
});

test("a sink that throws neither stops the daemon nor the other sinks", () => {
  const lines: string[] = [];
  const broken = (): never => {
    throw new Error("EPIPE");
  };
  createLog([broken, ({ text }) => lines.push(text)], false).error("still said");
  expect(lines).toEqual(["still said"]);
});

test("a backlog writes nothing before the turn ends, then every line in order, to each sink that works", () => {
  const lines: string[] = [];
  const turns: (() => void)[] = [];
  const broken = (): never => {
    throw new Error("EPIPE");
  };
  const { sink, flush } = backlog([broken, ({ text }) => lines.push(text)], (end) => turns.push(end));
  const log = createLog([sink], false);
  log.info("one");
  log.info("two");
  expect([lines, turns.length]).toEqual([[], 1]);
  turns[0]?.();
  expect(lines).toEqual(["one", "two"]);
  log.info("three");
  expect(turns.length).toBe(2);
  flush(); // the process ends within the turn
  turns[1]?.();
  expect(lines).toEqual(["one", "two", "three"]);
});

test("console lines have Keepalived's form, with the day padded by a blank", () => {
  const written: string[] = [];
  consoleSink((text) => written.push(text))(line);
  expect(written).toEqual(["Sun Nov  1 09:36:52 2026: (VI_1) Entering MASTER STATE\n"]);
});

test("syslog lines are those of glibc's syslog(3): facility and severity, time, ident and pid", () => {
  const sent: string[] = [];
  const sink = syslogSink(speaker, (text) => sent.push(text));
  sink(line);
  sink({ ...line, level: "warning" });
  sink({ ...line, level: "error" });
  const rest = "Nov  1 09:36:52 Keepalived_vrrp[7]: (VI_1) Entering MASTER STATE";
  expect(sent).toEqual([`<30>${rest}`, `<28>${rest}`, `<27>${rest}`]);
});

test("a JSON line carries the fields beside the message; a field cannot take the place of a fixed key", async () => {
  const written: string[] = [];
  const sink = await jsonSink(speaker, (text) => written.push(text));
  sink(line);
  sink({ ...line, level: "warning", text: "careful", fields: {} });
  expect(written.map((text) => JSON.parse(text))).toEqual([
    {
      time: at.toISOString(),
      level: "info",
      process: "Keepalived_vrrp",
      pid: 7,
      iname: "VI_1",
      state: "MASTER",
      msg: "(VI_1) Entering MASTER STATE",
    },
    { time: at.toISOString(), level: "warning", process: "Keepalived_vrrp", pid: 7, msg: "careful" },
  ]);
  expect(written.every((text) => text.indexOf("\n") === text.length - 1)).toBe(true);
});
