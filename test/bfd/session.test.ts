import { describe, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import {
  adoptSession,
  type BfdEvent,
  type BfdParameters,
  type BfdSession,
  type BfdStep,
  bfdDeadline,
  bfdStep,
  startSession,
} from "../../src/bfd/session.ts";
import { detectionTime, transmitInterval } from "../../src/bfd/timing.ts";
import type { BfdPacket } from "../../src/wire/bfd.ts";

const parameters: BfdParameters = {
  minTransmit: milliseconds(50),
  minReceive: milliseconds(50),
  idleTransmit: seconds(1),
  multiplier: 3,
  active: true,
};
const passive: BfdParameters = { ...parameters, active: false };

/** A packet of the neighbour. */
function from(state: BfdPacket["state"], more: Partial<BfdPacket> = {}): BfdPacket {
  const desiredTransmit = state === "up" ? milliseconds(50) : seconds(1);
  return {
    state,
    diagnostic: 0,
    poll: false,
    final: false,
    demand: false,
    multiplier: 3,
    mine: 22,
    yours: state === "down" ? 0 : 11,
    desiredTransmit,
    requiredReceive: milliseconds(50),
    ...more,
  };
}

function hear(session: BfdSession, packet: BfdPacket, now = 0, router = parameters): BfdStep {
  return bfdStep(router, session, { type: "packet", packet }, { now, chance: 0 });
}

function feed(session: BfdSession, event: BfdEvent, now: number, router = parameters): BfdStep {
  return bfdStep(router, session, event, { now, chance: 0 });
}

const timer = { type: "timer" } as const;
const down: BfdSession = { ...startSession(11), sentAt: 0 };
const init = hear(down, from("down")).session;
/** Up, with the poll answered: both send every 50 ms. */
const up = hear(hear(init, from("init")).session, from("up", { final: true })).session;

function sent({ effects }: BfdStep): BfdPacket[] {
  return effects.flatMap((effect) => (effect.type === "send" ? [effect.packet] : []));
}
function notes({ effects }: BfdStep): unknown[] {
  return effects.flatMap((effect) => (effect.type === "note" ? [effect.note] : []));
}

describe("states", () => {
  const NEXT: Record<string, readonly [string, string, string, string]> = {
    // the neighbour says:    admin-down    down    init    up
    down: ["down", "init", "up", "down"],
    init: ["down", "init", "up", "up"],
    up: ["down", "down", "up", "up"],
    "admin-down": ["admin-down", "admin-down", "admin-down", "admin-down"],
  };
  const gone = feed(up, { type: "shutdown" }, 0).session;
  for (const session of [down, init, up, gone])
    for (const [i, said] of (["admin-down", "down", "init", "up"] as const).entries())
      test(`RFC 5880 §6.2, §6.8.6: ${session.state} hears ${said}`, () => {
        expect(hear(session, from(said)).session.state).toBe(NEXT[session.state]?.[i]);
      });

  test("RFC 5880 §6.8.6: the neighbour's down and admin down in up are diagnostic 3, and said", () => {
    for (const said of ["down", "admin-down"] as const) {
      const step = hear(up, from(said, { diagnostic: 1 }));
      expect(step.session).toMatchObject({ state: "down", diagnostic: 3, poll: undefined });
      expect(notes(step)).toContainEqual({ name: "down", local: 3, remote: 1 });
    }
  });

  test("a diagnostic goes with the next change for the better", () => {
    const fallen = hear(up, from("down")).session;
    expect(hear(fallen, from("down")).session).toMatchObject({ state: "init", diagnostic: 0 });
    expect(hear(fallen, from("init")).session).toMatchObject({ state: "up", diagnostic: 0 });
  });

  test("RFC 5880 §6.8.7: a change of state is sent at once", () => {
    expect(sent(hear(down, from("down"), 10))).toMatchObject([{ state: "init", mine: 11, yours: 22 }]);
    expect(sent(hear(init, from("init"), 10))).toMatchObject([{ state: "up", poll: true }]);
    expect(sent(hear(up, from("down"), 10))).toMatchObject([{ state: "down", diagnostic: 3 }]);
  });

  test("what changes nothing is not answered", () => {
    expect(hear(up, from("up"), 10).effects).toEqual([]);
    expect(hear(init, from("down"), 10).effects).toEqual([]);
  });
});

describe("detection", () => {
  test("RFC 5880 §6.8.4: the neighbour's multiplier times the slower of its interval and ours", () => {
    expect(detectionTime(parameters, up)).toBe(milliseconds(150));
    const slower = hear(up, from("up", { multiplier: 5, desiredTransmit: milliseconds(70) })).session;
    expect(detectionTime(parameters, slower)).toBe(milliseconds(350));
    expect(detectionTime({ ...parameters, minReceive: milliseconds(100) }, slower)).toBe(milliseconds(500));
    expect(detectionTime(parameters, down)).toBe(0);
  });

  test("silence ends init and up with diagnostic 1, exactly then", () => {
    for (const session of [init, up]) {
      const time = detectionTime(parameters, session);
      const before = feed({ ...session, sentAt: time - 1 }, timer, time - 1);
      expect(before.session.state).toBe(session.state);
      const after = feed({ ...session, sentAt: time }, timer, time + 96);
      expect(after.session).toMatchObject({ state: "down", diagnostic: 1, remote: undefined, poll: undefined });
      expect(notes(after)).toEqual([
        { name: "expired", after: time, overdue: 96 },
        { name: "down", local: 1, remote: 0 },
      ]);
      expect(sent(after)).toMatchObject([{ state: "down", diagnostic: 1, yours: 0 }]);
    }
  });

  test("every packet begins the wait again", () => {
    const later = hear(up, from("up"), milliseconds(140)).session;
    expect(feed(later, timer, milliseconds(289)).session.state).toBe("up");
    expect(feed(later, timer, milliseconds(290)).session.state).toBe("down");
  });

  test("RFC 5880 §6.8.1: in down silence only makes the neighbour unknown", () => {
    const fallen = hear(up, from("down"), 0).session;
    const step = feed({ ...fallen, sentAt: seconds(3) }, timer, seconds(3));
    expect(step.session).toMatchObject({ state: "down", diagnostic: 3, remote: undefined });
    expect(notes(step)).toEqual([]);
  });
});

describe("periodic packets", () => {
  test("the first goes out at once; then one a second until up, and the agreed interval after", () => {
    const first = feed(startSession(11), timer, 5);
    expect(sent(first)).toMatchObject([
      { state: "down", yours: 0, desiredTransmit: seconds(1), requiredReceive: milliseconds(50) },
    ]);
    expect(bfdDeadline(parameters, first.session)).toBe(seconds(1) + 5);
    expect(bfdDeadline(parameters, { ...up, sentAt: 7 })).toBe(milliseconds(50) + 7);
  });

  test("RFC 5880 §6.8.2: the neighbour's required interval counts where it is longer", () => {
    const slow = hear(up, from("up", { requiredReceive: milliseconds(400) })).session;
    expect(transmitInterval(parameters, slow)).toBe(milliseconds(400));
  });

  test("RFC 5880 §6.8.7: none to a neighbour that requires 0, or that wishes for demand mode while both are up", () => {
    expect(sent(feed(hear(up, from("up", { requiredReceive: 0 })).session, timer, milliseconds(60)))).toEqual([]);
    const demanding = hear(up, from("up", { demand: true })).session;
    expect(sent(feed(demanding, timer, milliseconds(60)))).toEqual([]);
    const polling = { ...demanding, poll: { transmit: 1, receive: 1, again: false } };
    expect(sent(feed(polling, timer, milliseconds(60)))).toHaveLength(1);
    const half = { ...demanding, remote: demanding.remote && { ...demanding.remote, state: "init" as const } };
    expect(sent(feed(half, timer, milliseconds(60)))).toHaveLength(1);
  });

  test("RFC 5880 §6.8.7: a passive session waits for the neighbour, and again when it is gone", () => {
    expect(feed(startSession(11), timer, 5, passive).effects).toEqual([]);
    expect(bfdDeadline(passive, startSession(11))).toBeUndefined();
    const woken = hear(startSession(11), from("down"), 5, passive);
    expect(sent(woken)).toMatchObject([{ state: "init", yours: 22 }]);
    const gone = feed(woken.session, timer, seconds(3) + 5, passive);
    expect(gone.session.state).toBe("down");
    expect(sent(gone)).toEqual([]);
  });

  test("RFC 5880 §6.8.7: jitter shortens by up to 25 %, and by 10 to 25 % where one packet must do", () => {
    const interval = (multiplier: number, chance: number): number | undefined => {
      const one = { ...parameters, multiplier };
      const { session } = bfdStep(one, startSession(11), timer, { now: 0, chance });
      return session.sentAt === undefined ? undefined : bfdDeadline(one, session);
    };
    expect([interval(3, 0), interval(3, 1), interval(1, 0), interval(1, 1)]).toEqual([
      1_000_000, 750_000, 900_000, 750_000,
    ]);
  });
});

describe("poll sequences", () => {
  test("RFC 5880 §6.8.6: a poll is answered at once, and the periodic packets keep their time", () => {
    const step = hear(up, from("up", { poll: true }), 10);
    expect(sent(step)).toMatchObject([{ state: "up", poll: false, final: true }]);
    expect(step.session.sentAt).toBe(up.sentAt);
  });

  test("an answer that is news as well is one packet", () => {
    const step = hear(init, from("up", { poll: true }), 10);
    expect(sent(step)).toMatchObject([{ state: "up", poll: false, final: true }]);
    expect(step.session.sentAt).toBe(10);
  });

  test("going up begins one, which ends with the answer", () => {
    const risen = hear(init, from("init"), 10);
    expect(sent(risen)).toMatchObject([{ poll: true, desiredTransmit: milliseconds(50) }]);
    expect(sent(feed(risen.session, timer, milliseconds(60)))).toMatchObject([{ poll: true }]);
    const over = hear(risen.session, from("up", { final: true }), 20).session;
    expect(over.poll).toBeUndefined();
    expect(sent(feed(over, timer, milliseconds(70)))).toMatchObject([{ poll: false }]);
  });

  test("none where nothing changes", () => {
    const even = { ...parameters, idleTransmit: milliseconds(50) };
    expect(hear(init, from("init"), 10, even).session.poll).toBeUndefined();
  });

  test("RFC 5880 §6.8.3: slower sending and quicker detection wait for the answer", () => {
    const to = { ...parameters, minTransmit: milliseconds(200), minReceive: milliseconds(20) };
    const step = feed(up, { type: "reconfigured", from: parameters }, 10, to);
    expect(sent(step)).toMatchObject([
      { poll: true, desiredTransmit: milliseconds(200), requiredReceive: milliseconds(20) },
    ]);
    expect(transmitInterval(to, step.session)).toBe(milliseconds(50));
    const quick = hear(step.session, from("up", { desiredTransmit: milliseconds(10) }), 11, to).session;
    expect(detectionTime(to, quick)).toBe(milliseconds(150));
    const over = hear(quick, from("up", { final: true, desiredTransmit: milliseconds(10) }), 12, to).session;
    expect(transmitInterval(to, over)).toBe(milliseconds(200));
    expect(detectionTime(to, over)).toBe(milliseconds(60));
  });

  test("quicker sending and slower detection count at once", () => {
    const to = { ...parameters, minTransmit: milliseconds(20), minReceive: milliseconds(200) };
    const slow = hear(up, from("up", { requiredReceive: milliseconds(1) })).session;
    const { session } = feed(slow, { type: "reconfigured", from: parameters }, 10, to);
    expect(transmitInterval(to, session)).toBe(milliseconds(20));
    expect(detectionTime(to, session)).toBe(milliseconds(600));
  });

  test("a change during a poll is polled for again: the answer may have been to the former values", () => {
    const first = { ...parameters, minTransmit: milliseconds(100) };
    const second = { ...parameters, minTransmit: milliseconds(200) };
    const once = feed(up, { type: "reconfigured", from: parameters }, 10, first).session;
    const twice = feed(once, { type: "reconfigured", from: first }, 11, second).session;
    expect(transmitInterval(second, twice)).toBe(milliseconds(50));
    const answered = hear(twice, from("up", { final: true }), 12, second).session;
    expect(answered.poll).toBeDefined();
    expect(hear(answered, from("up", { final: true }), 13, second).session.poll).toBeUndefined();
  });

  test("other settings need none: a multiplier is told, a session that is down polls when it rises", () => {
    const to = { ...parameters, multiplier: 5 };
    const step = feed(up, { type: "reconfigured", from: parameters }, 10, to);
    expect(sent(step)).toMatchObject([{ poll: false, multiplier: 5 }]);
    const slower = { ...parameters, minReceive: milliseconds(70) };
    expect(feed(down, { type: "reconfigured", from: parameters }, 10, slower).session.poll).toBeUndefined();
    expect(feed(up, { type: "reconfigured", from: parameters }, 10).effects).toEqual([]);
  });
});

describe("administratively down", () => {
  test("RFC 5880 §6.8.16: it is said at once with diagnostic 7, at the pace of the session, for a detection time", () => {
    const step = feed(up, { type: "shutdown" }, 10);
    expect(sent(step)).toMatchObject([{ state: "admin-down", diagnostic: 7, yours: 22, desiredTransmit: seconds(1) }]);
    let { session } = step;
    const said: number[] = [];
    for (let at = bfdDeadline(parameters, session); at !== undefined; at = bfdDeadline(parameters, session)) {
      const next = feed(session, timer, at);
      if (sent(next).length > 0) said.push(at);
      session = next.session;
    }
    expect(said).toEqual([milliseconds(50) + 10, milliseconds(100) + 10]);
    expect(session).toMatchObject({ state: "admin-down", silentAt: undefined });
  });

  test("a neighbour with slow timers, or one that nobody has heard, hears it once; a passive session says nothing", () => {
    const slow = hear(up, from("up", { requiredReceive: seconds(1) })).session;
    for (const session of [slow, down]) {
      let step = feed(session, { type: "shutdown" }, 10);
      expect(sent(step)).toHaveLength(1);
      for (let at = bfdDeadline(parameters, step.session); at !== undefined; ) {
        step = feed(step.session, timer, at);
        expect(sent(step)).toEqual([]);
        at = bfdDeadline(parameters, step.session);
      }
    }
    const silent = feed(startSession(11), { type: "shutdown" }, 10, passive);
    expect(sent(silent)).toEqual([]);
    expect(bfdDeadline(passive, silent.session)).toBeUndefined();
  });

  test("the end of a farewell comes for a neighbour that requires 0 too", () => {
    const deaf = hear(up, from("up", { requiredReceive: 0 })).session;
    const { session } = feed(deaf, { type: "shutdown" }, 10);
    const at = bfdDeadline(parameters, session) ?? 0;
    expect(feed(session, timer, at).session.silentAt).toBeUndefined();
  });

  test("RFC 5880 §6.8.6: nothing brings it back, polls are not answered, a second shutdown changes nothing", () => {
    const gone = feed(up, { type: "shutdown" }, 10).session;
    expect(hear(gone, from("up", { poll: true }), 20).effects).toEqual([]);
    expect(feed(gone, { type: "shutdown" }, 20)).toEqual({ session: gone, effects: [] });
  });
});

describe("adoption", () => {
  test("a respawned process goes on: the same discriminators, a packet at once, a whole detection time, a poll", () => {
    const reported = { ...up, sentAt: seconds(9) - 1 };
    const session = adoptSession(parameters, JSON.parse(JSON.stringify(reported)), seconds(9));
    expect(session).toMatchObject({ state: "up", discriminator: 11, remote: { discriminator: 22 } });
    const step = feed(session, timer, seconds(9));
    expect(step.session.state).toBe("up");
    expect(sent(step)).toMatchObject([{ state: "up", poll: true, yours: 22 }]);
    expect(feed(session, timer, seconds(9) + milliseconds(150)).session.state).toBe("down");
    expect(adoptSession(parameters, init, 5)).toMatchObject({ state: "init", poll: undefined });
  });

  test("what was going away, or had never heard anybody, begins anew", () => {
    expect(adoptSession(parameters, feed(up, { type: "shutdown" }, 1).session, 5)).toEqual(startSession(11));
    expect(adoptSession(parameters, down, 5)).toEqual(startSession(11));
  });
});

test("the detection time is said when it is another", () => {
  expect(notes(hear(down, from("down")))).toContainEqual({ name: "detection-time", from: 0, to: seconds(3) });
  expect(notes(hear(up, from("up", { multiplier: 4 })))).toEqual([
    { name: "detection-time", from: milliseconds(150), to: milliseconds(200) },
  ]);
});
