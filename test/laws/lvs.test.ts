import fc from "fast-check";
import { expect, test } from "vitest";
import { family } from "../../src/base/ip.ts";
import { familyOf, serviceName } from "../../src/base/ipvs.ts";
import { runnable } from "../../src/daemon/runnable.ts";
import { wantedEntries } from "../../src/lvs/pool.ts";
import { reading } from "../config/reading.ts";
import { CASES } from "../lab/lvs-cases.ts";

const LINES = [...new Set(CASES.flatMap(([, text]) => text.split("\n")))];

/** Some files below each other, with lines that are gone, new or doubled. */
const torn = fc
  .tuple(
    fc.array(fc.constantFrom(...CASES), { minLength: 1, maxLength: 4 }),
    fc.array(fc.tuple(fc.nat(), fc.option(fc.constantFrom(...LINES))), { maxLength: 12 }),
  )
  .map(([cases, changes]) => {
    const lines = cases.flatMap(([, text]) => text.split("\n"));
    for (const [at, line] of changes) {
      if (line === null) lines.splice(at % lines.length, 1);
      else lines.splice(at % (lines.length + 1), 0, line);
    }
    return lines.join("\n");
  });

test("whatever becomes of a file about services, its model is data that JSON keeps, and only that runs", () => {
  fc.assert(
    fc.property(torn, (text) => {
      const { config, diagnostics } = reading(text);
      const json = JSON.stringify(config, (_, value) => {
        if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error(`the number ${value}`);
        return value;
      });
      expect(JSON.stringify(JSON.parse(json))).toBe(json);
      const services = runnable(config);
      expect(services.map(({ name }) => name)).toEqual([
        ...config.virtualServers.map(serviceName),
        ...config.fwmarkServers.map(({ fwmark }) => `FWM ${fwmark}`),
        ...config.groupServers.map(({ group, ordinal }) => `[${group}]:${ordinal}`),
      ]);
      expect(new Set(services.map(({ label }) => label)).size).toBe(services.length);
      for (const service of services) {
        const names = service.services.map(serviceName);
        expect(names.length).toBeGreaterThan(0);
        expect(new Set(names).size).toBe(names.length);
        const waiting = { alive: service.realServers.map(() => true), quorumUp: true };
        for (const { service: kernel, destinations } of wantedEntries(service, waiting))
          for (const { address, forwarding } of destinations)
            expect(forwarding === "tun" || family(address) === familyOf(kernel)).toBe(true);
      }
      for (const { realServers, quorum, hysteresis } of [...config.virtualServers, ...config.groupServers]) {
        expect(realServers.length).toBeGreaterThan(0);
        expect(hysteresis).toBeLessThan(quorum);
      }
      for (const { message, help = "", keepalived = "" } of diagnostics)
        expect(`${message}\n${help}\n${keepalived}`).not.toMatch(/undefined|NaN|\[object/);
    }),
    { numRuns: 200 },
  );
});
