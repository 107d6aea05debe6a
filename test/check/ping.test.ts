import { expect, test } from "vitest";
import type { DatagramQuestion, DatagramResult } from "../../src/base/datagram.ts";
import { ip } from "../../src/base/ip.ts";
import { type Micros, seconds } from "../../src/base/time.ts";
import { type CheckIo, down, type Target, UP, type Verdict } from "../../src/check/checker.ts";
import { pingCheck } from "../../src/check/ping.ts";

const TARGET: Target = {
  address: ip("192.0.2.11"),
  port: 80,
  bindAddress: undefined,
  bindPort: 0,
  bindInterface: undefined,
  fwmark: 0,
};
const NOW: Micros = seconds(7);

type Outcome = Exclude<DatagramResult<never>, { readonly type: "answer" }>;

/** One check of a machine that says these to a request; what `otherwise` says where none of them is the reply to it. */
async function checked(
  answers: (request: Uint8Array) => readonly Uint8Array[],
  otherwise: Outcome = { type: "silence" },
  asked: (question: DatagramQuestion) => void = () => {},
): Promise<Verdict> {
  const never = (): never => {
    throw new Error("not asked for");
  };
  const exchange: CheckIo["exchange"] = async (question, read) => {
    asked(question);
    for (const bytes of answers(question.request)) {
      const answer = read(bytes);
      if (answer !== undefined) return { type: "answer", answer };
    }
    return otherwise;
  };
  const io: CheckIo = { now: () => NOW, wakeAt: never, connect: never, pattern: never, exchange };
  return await pingCheck({ ...TARGET, connectTimeout: seconds(2) }, io, new AbortController().signal);
}

const reply = (request: Uint8Array): Uint8Array => request.with(0, 0);

test("the reply to the request is up, also without the data", async () => {
  expect(await checked((request) => [reply(request)])).toEqual(UP);
  expect(await checked((request) => [reply(request).subarray(0, 8)])).toEqual(UP);
});

test("what is no reply to it is not looked at: the late reply to another, a request, an error, half a header", async () => {
  const others = (request: Uint8Array): Uint8Array[] => [
    reply(request).with(7, (request[7] ?? 0) ^ 1),
    request,
    reply(request).with(0, 3),
    reply(request).subarray(0, 7),
  ];
  expect(await checked(others)).toEqual(down("timeout"));
  expect(await checked((request) => [...others(request), reply(request)])).toEqual(UP);
});

test("it asks a ping socket, until connect_timeout, with another sequence each time", async () => {
  const questions: DatagramQuestion[] = [];
  for (let i = 0; i < 20; i++)
    await checked(
      () => [],
      { type: "silence" },
      (question) => questions.push(question),
    );
  expect(new Set(questions.map(({ protocol, deadline }) => `${protocol} ${deadline}`))).toEqual(
    new Set(["ping 9000000"]),
  );
  expect(new Set(questions.map(({ request }) => String(request.subarray(6, 8)))).size).toBeGreaterThan(15);
});

test("the network's refusal is down, trouble of our own is not", async () => {
  const error = {
    message: "connect: ENETUNREACH (Network is unreachable)",
    errno: 101,
    text: "Network is unreachable",
  };
  for (const type of ["unreachable", "refused"] as const)
    expect(await checked(() => [], { type, error })).toEqual(down(error.message));
  expect(await checked(() => [], { type: "local", error })).toEqual({ up: false, why: error.message, local: true });
});
