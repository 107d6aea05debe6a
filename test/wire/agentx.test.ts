import { expect, test } from "vitest";
import { viewOf } from "../../src/base/bytes.ts";
import { ip } from "../../src/base/ip.ts";
import { type AgentxRequest, agentxLength, decodeAgentx, encodeAgentx } from "../../src/wire/agentx.ts";
import type { VarBind } from "../../src/wire/agentx-value.ts";
import { golden } from "../golden.ts";

const NET_SNMP = [1, 3, 6, 1, 4, 1, 8072, 3, 2, 10];
const K = [1, 3, 6, 1, 4, 1, 9586, 100, 5];
const text = (value: string) => ({ type: "octets", value: new TextEncoder().encode(value) }) as const;
const ids = (packet: number, transaction = 0, session = 12) => ({ session, transaction, packet });

test.each<[string, AgentxRequest, ReturnType<typeof ids>]>([
  ["open", { type: "open", id: NET_SNMP, description: "Net-SNMP AgentX sub-agent" }, ids(0x71b83f49, 0, 0)],
  ["close", { type: "close", reason: 5 }, ids(0x71b840b1)],
])("what keepalived 2.2.7 sends is written byte for byte: %s", (name, pdu, numbers) => {
  const theirs = golden(`agentx-${name}`);
  expect(encodeAgentx(pdu, numbers)).toEqual(name === "open" ? theirs.with(20, 0) : theirs); // its timeout of 1 s
});

test("a registration of keepalived is ours but for its empty context and its timeout", () => {
  const theirs = golden("agentx-register");
  const ours = encodeAgentx({ type: "register", subtree: [...K, 1, 1] }, ids(0x71b83f4a));
  expect([...ours.slice(20)]).toEqual([0, 127, 0, 0, ...theirs.slice(28)]);
});

test("a notification of keepalived is ours but for sysUpTime, which the master adds", () => {
  const bindings: VarBind[] = [
    { oid: [1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0], value: { type: "oid", value: [...K, 2, 10, 0, 1] } },
    { oid: [...K, 2, 1, 1, 2], value: text("G") },
    { oid: [...K, 2, 1, 1, 3], value: { type: "integer", value: 1 } },
    { oid: [...K, 1, 2, 0], value: text("[unknown]") },
  ];
  const ours = encodeAgentx({ type: "notify", bindings }, ids(0x71b8407a));
  const theirs = golden("agentx-notify").slice(20 + 28);
  expect(ours.slice(20)).toEqual(theirs.with(34, 0)); // `include` has no meaning in a value
});

test("what snmpd asks is read", () => {
  const range = (start: number[], end: number[], include = false) => ({ start, include, end });
  const mib = [1, 3, 6, 1, 2, 1];
  const read = (name: string) => decodeAgentx(golden(`agentx-${name}`));
  expect(read("get")).toEqual({
    ok: true,
    value: {
      ids: ids(0x75b, 0x75a),
      pdu: { type: "get", foreign: false, ranges: [range([...K, 1, 2, 0], []), range([...mib, 207, 1, 2, 1, 0], [])] },
    },
  });
  expect(read("get-next")).toMatchObject({
    ok: true,
    value: { pdu: { type: "get-next", ranges: [range([...mib, 68, 1, 3, 1, 2], [...mib, 68, 1, 3, 1, 3], true)] } },
  });
  expect(read("test-set")).toMatchObject({ ok: true, value: { pdu: { type: "test-set" } } });
  expect(read("cleanup-set")).toMatchObject({ ok: true, value: { pdu: { type: "cleanup-set" } } });
  expect(read("open-response")).toMatchObject({
    ok: true,
    value: { ids: ids(0x71b83f49), pdu: { type: "response", upTime: 0x89f1, error: 0, index: 0 } },
  });
});

test("answers of keepalived are ours, and are read as they were written", () => {
  const bindings: VarBind[] = [
    { oid: [...K, 1, 2, 0], value: text("[unknown]") },
    { oid: [1, 3, 6, 1, 2, 1, 207, 1, 2, 1, 0], value: { type: "counter64", value: 0n } },
  ];
  const response = { type: "response", upTime: 0, error: 0, index: 0, bindings } as const;
  const ours = encodeAgentx(response, ids(0x75b, 0x75a));
  const theirs = golden("agentx-get-response");
  expect([...ours.slice(4, 16), ...ours.slice(20)]).toEqual([...theirs.slice(4, 16), ...theirs.slice(24)]); // behind an empty context
  expect(decodeAgentx(ours)).toEqual({ ok: true, value: { ids: ids(0x75b, 0x75a), pdu: response } });
});

test("every type of value comes back as it went", () => {
  const bindings: VarBind[] = [
    { oid: [1, 3], value: { type: "integer", value: -2147483648 } },
    { oid: [], value: { type: "null" } },
    { oid: [1, 3, 6, 1, 256, 4294967295], value: { type: "oid", value: [0, 0] } },
    { oid: [1, 3, 6, 1, 4], value: { type: "address", value: ip("192.0.2.1") } },
    { oid: [2], value: { type: "counter", value: 4294967295 } },
    { oid: [2], value: { type: "gauge", value: 0 } },
    { oid: [2], value: { type: "ticks", value: 5 } },
    { oid: [2], value: { type: "counter64", value: 2n ** 64n - 1n } },
    { oid: [2], value: text("abcde") },
    { oid: [2], value: { type: "no-such-object" } },
    { oid: [2], value: { type: "no-such-instance" } },
    { oid: [2], value: { type: "end-of-view" } },
  ];
  const bytes = encodeAgentx({ type: "response", upTime: 1, error: 2, index: 3, bindings }, ids(1));
  expect(decodeAgentx(bytes)).toMatchObject({ ok: true, value: { pdu: { upTime: 1, error: 2, index: 3, bindings } } });
});

test("a master may write in network order, RFC 2741 §6.1", () => {
  const bytes = new Uint8Array(28);
  const view = viewOf(bytes);
  bytes.set([1, 18, 0x10]);
  for (const [at, value] of [
    [4, 7],
    [8, 8],
    [12, 9],
    [16, 8],
    [20, 100],
  ] as const)
    view.setUint32(at, value);
  view.setUint16(24, 263);
  expect(agentxLength(bytes)).toBe(28);
  const pdu = { type: "response", upTime: 100, error: 263, index: 0, bindings: [] };
  expect(decodeAgentx(bytes)).toEqual({ ok: true, value: { ids: { session: 7, transaction: 8, packet: 9 }, pdu } });
});

test("a request in another context than the default one is told", () => {
  const get = golden("agentx-get");
  const bytes = new Uint8Array([...get.slice(0, 20), 3, 0, 0, 0, 0x61, 0x62, 0x63, 0, ...get.slice(24)]);
  viewOf(bytes).setUint32(16, bytes.length - 20, true);
  expect(decodeAgentx(bytes)).toMatchObject({ ok: true, value: { pdu: { type: "get", foreign: true } } });
});

test("what is no packet has its reason, wherever it is cut", () => {
  const get = golden("agentx-get");
  expect(decodeAgentx(get.with(0, 2))).toEqual({ ok: false, reason: "version" });
  expect(decodeAgentx(get.with(1, 12))).toEqual({ ok: false, reason: "type" });
  expect(decodeAgentx(get.with(24, 129))).toEqual({ ok: false, reason: "malformed" });
  for (let length = 0; length < get.length; length++) {
    const cut = get.slice(0, length);
    expect(decodeAgentx(cut).ok).toBe(false);
    if (length < 20) continue;
    viewOf(cut).setUint32(16, length - 20, true);
    const { ok } = decodeAgentx(cut);
    if (ok) expect([24, 60]).toContain(length); // behind a whole range, or none
  }
});
