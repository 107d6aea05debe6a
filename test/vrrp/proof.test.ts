import { describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { hmacMd5, hmacSha256 } from "../../src/io/keyed-hash.ts";
import type { VrrpParameters } from "../../src/vrrp/parameters.ts";
import { opened, type ProofState, type Secrets, sealFor, unproven } from "../../src/vrrp/proof.ts";
import { type Opened, receive, type VrrpPacket } from "../../src/vrrp/receive.ts";
import { messageOf, outgoingPackets } from "../../src/vrrp/transmit.ts";
import { IPPROTO_AH } from "../../src/wire/ah.ts";
import { decodeIpv4 } from "../../src/wire/ipv4.ts";
import { IPPROTO_VRRP } from "../../src/wire/vrrp.ts";
import { golden } from "../golden.ts";
import { parameters } from "../stories/lan.ts";

const HASHES = { md5: hmacMd5, sha256: hmacSha256 };
const NOW = seconds(1_700_000_000);
const key = (text: string): Uint8Array => new TextEncoder().encode(text);
const AH: Secrets = { type: "ah", key: key("s3cr3t") };
const HMAC: Secrets = {
  type: "hmac",
  parameters: {
    ...{ keys: new Map([[1, new Uint8Array(32).fill(7)]]), activeKey: 1, window: seconds(5), checksClock: true },
    ...{ acceptsBare: false, sends: true, neighbours: 4 },
  },
};
const V2: VrrpParameters = { ...parameters("V", 100, "192.0.2.1"), authentication: { type: "ah" } };
const V3: VrrpParameters = { ...V2, version: 3, authentication: { type: "none" } };
const V6: VrrpParameters = {
  ...V3,
  ...{ primaryAddress: ip("fe80::1"), multicastGroup: ip("ff02::12"), addresses: [ip("fe80::100")] },
};
const PEERS = [{ address: ip("192.0.2.1"), minTtl: 0, maxTtl: 255 }];
const UNICAST = { unicast: { peers: PEERS, ttl: undefined } };

/** The first packet of an advertisement as it comes in at the other end. */
function sent(
  router: VrrpParameters,
  secrets: Secrets,
  state = unproven(NOW),
): { packet: VrrpPacket; state: ProofState } {
  const said = { from: router.primaryAddress, message: messageOf(router, 100), wallClock: NOW };
  const { seal, state: after } = sealFor(secrets, state, said, HASHES);
  const [first] = outgoingPackets(router, 100, 7, new Set(), seal);
  if (first === undefined) throw new Error("no packet");
  if (first.to.includes(":"))
    return {
      packet: { from: router.primaryAddress, to: first.to, ttl: 255, payload: first.bytes.slice(40) },
      state: after,
    };
  const packet = decodeIpv4(first.bytes);
  if (!packet.ok) throw new Error(packet.reason);
  return { packet: packet.value, state: after };
}

/** Opens and judges it, as a backup of the same configuration does. */
function received(router: VrrpParameters, secrets: Secrets, packet: VrrpPacket, state = unproven(NOW)) {
  let after = state;
  const open = (sealed: VrrpPacket): Opened => {
    const how = { wallClock: NOW, isUnicast: router.unicast !== undefined, hashes: HASHES };
    const { state: next, ...found } = opened(secrets, state, { ...sealed, id: sealed.id ?? 0 }, how);
    after = next;
    return found;
  };
  const backup = {
    ...{
      name: "backup" as const,
      masterDownAt: NOW,
      masterInterval: router.interval,
      master: undefined,
      preemptAt: undefined,
    },
  };
  const result = receive(router, backup, packet, open);
  return { state: after, said: result.type === "dropped" ? result.problem.reason : result.type };
}

describe.each<[string, VrrpParameters, Secrets, string]>([
  ["AH", V2, AH, "ah-replay"],
  ["AH to a peer", { ...V2, ...UNICAST }, AH, "ah-replay"],
  ["auth_hmac", V3, HMAC, "hmac-replay"],
  ["auth_hmac over IPv6", V6, HMAC, "hmac-replay"],
  ["auth_hmac to a peer", { ...V3, ...UNICAST }, HMAC, "hmac-replay"],
])("%s", (_, router, secrets, replay) => {
  test("what is sent is believed, its copy and an older one are not, the next one is", () => {
    const [first, copy] = [sent(router, secrets), sent(router, secrets)];
    const second = sent(router, secrets, first.state);
    const heard = received(router, secrets, first.packet);
    expect(heard.said).toBe("accepted");
    expect(received(router, secrets, copy.packet, heard.state).said).toBe(replay);
    const later = received(router, secrets, second.packet, heard.state);
    expect(later.said).toBe("accepted");
    expect(received(router, secrets, first.packet, later.state).said).toBe(replay);
  });

  test("no byte of it can be changed but the checksum, which is checked by itself, and what is refused is forgotten", () => {
    const { packet } = sent(router, secrets);
    const state = unproven(NOW);
    for (let at = 0; at < packet.payload.length; at++) {
      const payload = packet.payload.with(at, (packet.payload[at] ?? 0) ^ 1);
      const heard = received(router, secrets, { ...packet, payload }, state);
      expect(heard.said, `byte ${at}`).not.toBe("accepted");
      if (/^(ah|hmac)/.test(heard.said)) expect(heard.state).toEqual(state);
    }
  });

  test("who has another key, or none, is not believed", () => {
    const other: Secrets =
      secrets.type === "hmac"
        ? { ...secrets, parameters: { ...secrets.parameters, keys: new Map([[1, new Uint8Array(32)]]) } }
        : { type: "ah", key: key("other") };
    expect(received(router, secrets, sent(router, other).packet).said).toMatch(/icv|invalid-hmac/);
    expect(received(router, secrets, sent(router, { type: "none" }).packet).said).toMatch(/ah-header|hmac-missing/);
  });
});

test("an AH advert has the bytes of keepalived 2.2.7, and is believed", () => {
  const captured = decodeIpv4(golden("vrrp-v2-ah"));
  if (!captured.ok) throw new Error(captured.reason);
  const router = { ...V2, primaryAddress: ip("10.9.0.1"), addresses: [ip("10.9.0.100")] };
  expect(received(router, AH, captured.value).said).toBe("accepted");
  const { packet } = sent(router, AH, { ...unproven(NOW), ah: { sent: 0, heard: [] } });
  expect({ ...packet, id: 1, payload: packet.payload.subarray(24) }).toMatchObject({
    protocol: IPPROTO_AH,
    payload: captured.value.payload.subarray(24),
  });
});

test("an SPI that is not the source is refused, even where the ICV is right", () => {
  const [theirs, ours] = [{ ...V2, primaryAddress: ip("192.0.2.9") }, V2];
  const { packet } = sent(theirs, AH);
  expect(received(ours, AH, packet).said).toBe("accepted");
  expect(received(ours, AH, { ...packet, from: ip("192.0.2.8") }).said).toBe("ah-icv");
});

test("a mode that only receives sends bare packets, and a permissive one believes them", () => {
  const receives: Secrets = { ...HMAC, parameters: { ...HMAC.parameters, sends: false, acceptsBare: true } };
  const { packet } = sent(V3, receives);
  expect(packet.payload).toHaveLength(12);
  expect(received(V3, receives, packet).said).toBe("accepted");
  expect(received(V3, HMAC, packet).said).toBe("hmac-missing");
  expect(received(V3, { ...receives }, { ...packet, payload: packet.payload.subarray(0, 2) }).said).toBe("truncated");
});

test("without secrets a packet stays what it is", () => {
  const { packet, state } = sent(V3, { type: "none" });
  expect(state).toEqual(unproven(NOW));
  expect(packet).toMatchObject({ protocol: IPPROTO_VRRP });
  expect(received(V3, { type: "none" }, packet).said).toBe("accepted");
});
