import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type IpAddress, ip } from "../../../src/base/ip.ts";
import { readCommandLine } from "../../../src/command/ipvs/arguments.ts";
import { type Labels, NUMERIC } from "../../../src/command/ipvs/labels.ts";
import { renderTable } from "../../../src/command/ipvs/list.ts";
import type { Names } from "../../../src/command/ipvs/place.ts";
import { refusalWords } from "../../../src/command/ipvs/refusal.ts";
import { renderSave } from "../../../src/command/ipvs/save.ts";
import { Kernel } from "./kernel.ts";
import { shellWords } from "./shell-words.ts";

/** Lines given to ipvsadm one after the other, and what it said: `| out`, `! error`, `= status`. */
const CAPTURED = readFileSync(new URL("../../golden/ipvsadm-lines.txt", import.meta.url), "utf8")
  .split(/^\$ /m)
  .slice(1)
  .map((step) => {
    const [args = "", ...said] = step.trimEnd().split("\n");
    return { args, said };
  });

const HOSTS: Readonly<Record<string, string>> = {
  "127.0.0.1": "localhost",
  "10.9.0.1": "vip.example.com",
  "10.9.1.1": "rs1.very-long-name.datacenter.example.com",
  "10.9.1.2": "rs2",
  "10.9.0.9": "both",
  "2001:db8::1": "v6vip.example.com",
  "2001:db8::10": "rs6.really-long-host-name.example.com",
};
const PORTS: Readonly<Record<string, string>> = {
  ...{ "80/tcp": "http", "443/tcp": "https", "8080/tcp": "http-alt" },
  ...{ "53/udp": "domain", "5060/udp": "sip" },
};
const NAMED: Labels = {
  host: (address) => HOSTS[address],
  service: (port, protocol) => PORTS[`${port}/${protocol}`],
};
const ADDRESSES = new Map<string, IpAddress | undefined>([
  ...(["vip", "both", "rs1"] as const).map(
    (name, i) => [name, ip(["10.9.0.1", "10.9.0.9", "10.9.1.1"][i] ?? "")] as const,
  ),
  ...["v6vip", "nosuch.invalid", "bogus"].map((name) => [name, undefined] as const),
]);
const NAMES: Names = { hosts: ADDRESSES, port: (name) => (name === "http" ? 80 : undefined) };
const STRERROR: Readonly<Record<number, string>> = { 34: "Numerical result out of range" };

test("services and servers: line after line is answered as by ipvsadm", () => {
  const kernel = new Kernel();
  expect(CAPTURED.length).toBeGreaterThan(90);
  for (const { args, said } of CAPTURED) expect({ args, said: answer(args, kernel) }).toEqual({ args, said });
});

function answer(args: string, kernel: Kernel): string[] {
  const plan = readCommandLine(shellWords(args), NAMES);
  switch (plan.type) {
    case "refuse":
      return shown("!", plan.text, plan.status);
    case "change": {
      const errno = kernel.apply(plan.change);
      if (errno === undefined) return ["= 0"];
      return shown("!", `${refusalWords(plan.change.type, errno, STRERROR[errno] ?? "?")}\n`, 255);
    }
    case "save":
      return shown("|", renderSave(kernel.services, false, plan.numeric ? NUMERIC : NAMED), 0);
    case "ask": {
      if (plan.question.type !== "list") throw new Error(`no list: ${args}`);
      const { place, shown: how } = plan.question;
      const one = place === undefined ? undefined : kernel.find(place);
      if (place !== undefined && one === undefined) return shown("!", `${refusalWords("list", 3, "?")}\n`, 1);
      const head = place === undefined ? { version: 0x010201, size: 4096 } : undefined;
      const services = one === undefined ? kernel.services : [one];
      return shown("|", renderTable({ head, services }, how, how.numeric ? NUMERIC : NAMED), 0);
    }
    default:
      throw new Error(`unexpected plan of ${args}: ${plan.type}`);
  }
}

function shown(sign: string, text: string, status: number): string[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return [...(text === "" ? [] : lines.map((line) => `${sign}${line}`)), `= ${status}`];
}
