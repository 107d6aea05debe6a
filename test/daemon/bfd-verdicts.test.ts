import { expect, test } from "vitest";
import type { Config } from "../../src/config/model/model.ts";
import { listeningPlaces } from "../../src/daemon/bfd-listeners.ts";
import { BfdTracker } from "../../src/daemon/bfd-tracker.ts";
import { BfdVerdicts } from "../../src/daemon/bfd-verdicts.ts";
import { createLog } from "../../src/observe/log.ts";
import { reading } from "../config/reading.ts";

const session = (name: string, n: number, more = ""): string =>
  `bfd_instance ${name} {\nneighbor_ip 10.0.0.${n}\n${more}\n}\n`;
const instance = (name: string, vrid: number, tracked: string): string =>
  `vrrp_instance ${name} {\ninterface lo\nvirtual_router_id ${vrid}\npriority 100\n${tracked}\n` +
  `virtual_ipaddress {\n10.1.0.${vrid}\n}\n}\n`;
const config = (text: string): Config => JSON.parse(JSON.stringify(reading(text).config));
const SESSIONS = session("a", 1) + session("b", 2, "vrrp") + session("c", 3, "checker");

test("each follower hears of the sessions that are for it, and one that starts late of all that is known", () => {
  const verdicts = new BfdVerdicts();
  verdicts.follow(config(SESSIONS));
  const all = ["a", "b", "c", "nobody"].map((name) => ({ name, up: true }));
  const [a, b, c] = all;
  expect(verdicts.heard(all)).toEqual({ vrrp: [a, b], checkers: [a, c] });
  expect(verdicts.known("vrrp")).toEqual([a, b]);
  verdicts.heard([{ name: "a", up: false }]);
  expect(verdicts.known("checkers")).toEqual([{ name: "a", up: false }, c]);
});

test("a session that a reload removes is forgotten: when it comes back, it is not up by hearsay", () => {
  const verdicts = new BfdVerdicts();
  verdicts.follow(config(SESSIONS));
  verdicts.heard([{ name: "a", up: true }]);
  verdicts.follow(config(session("b", 2)));
  verdicts.follow(config(SESSIONS));
  expect(verdicts.known("vrrp")).toEqual([]);
});

test("a session is down until it is said to be up; every turn is said once to each instance that tracks it", () => {
  const text = SESSIONS + instance("V", 1, "track_bfd {\na\n}") + instance("W", 2, "track_bfd {\na weight 3\nb\n}");
  const said: string[] = [];
  const tracker = new BfdTracker(createLog([(l) => said.push(l.text)], true));
  tracker.configure(config(text), [{ name: "b", up: true }]);
  const verdicts = (): unknown[] => ["a", "b"].map((name) => `${name} ${tracker.isUp(name) ? "up" : "down"}`);
  expect(verdicts()).toEqual(["a down", "b up"]);
  expect(tracker.heard([{ name: "a", up: false }])).toBe(false);
  expect(tracker.heard([{ name: "a", up: true }])).toBe(true);
  expect(tracker.heard([{ name: "a", up: true }])).toBe(false);
  expect(verdicts()).toEqual(["a up", "b up"]);
  expect(said).toEqual(["V", "W"].map((name) => `VRRP_Instance(${name}) Tracked BFD instance a is UP`));
  tracker.configure(config(session("b", 2) + instance("W", 2, "track_bfd {\nb\n}")), []);
  tracker.configure(config(text), []);
  expect(verdicts()).toEqual(["a down", "b up"]);
});

test("sessions share sockets: one a source, or one for all where a session of the family has none", () => {
  const places = (text: string): string[] =>
    listeningPlaces(config(text).bfdInstances).map((one) => `${one.family} ${one.address ?? "*"} ${one.port}`);
  const bound = session("a", 1, "source_ip 10.0.0.9") + session("b", 2, "source_ip 10.0.0.9");
  expect(places(bound + session("c", 3, "source_ip 10.0.0.8"))).toEqual(["4 10.0.0.9 3784", "4 10.0.0.8 3784"]);
  expect(places(bound + session("c", 3))).toEqual(["4 * 3784"]);
  expect(places(bound + session("c", 3, "multihop"))).toEqual(["4 10.0.0.9 3784", "4 * 4784"]);
  expect(places(`bfd_instance d {\nneighbor_ip fd00::1\n}\n${bound}`)).toEqual(["6 * 3784", "4 10.0.0.9 3784"]);
});
