import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Implementation } from "./daemon.ts";
import { Relay } from "./relay.ts";
import { run, until } from "./run.ts";
import { instance, read, Stand } from "./stand.ts";

/** `global_defs` of who mails to that relay. */
function globals(more = "", to = "ops@example.com"): string {
  return `global_defs {
    router_id R1
    notification_email {
        ${to}
    }
    notification_email_from keepalived@example.com
    smtp_server 127.0.0.1 2525
    smtp_helo_name helo.example.com
    smtp_connect_timeout 5
    smtp_alert_vrrp
    ${more}
}
`;
}

const life = ["BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER"];
const subject = (state: string): string => `[R1] VRRP Instance VI_1 - Entering ${state} state`;

describe.concurrent("mails", () => {
  test("a life in mails, to a relay of Debian's, is the one that keepalived mails", async () => {
    await Stand.with(async (stand) => {
      const live = async (node: string, implementation: Implementation, vrid: number): Promise<string[]> => {
        const relay = await Relay.start(stand, node);
        const one = instance({ vrid, priority: 200, addresses: [`192.0.2.${vrid}`] });
        const two = instance({
          name: "VI_2",
          vrid: vrid + 1,
          priority: 200,
          addresses: ["192.0.2.99"],
          more: "smtp_alert off",
        });
        const director = stand.start(node, globals() + one + two, { implementation });
        await relay.waitFor(2);
        await stand.lan.setLink(node, "down");
        await relay.waitFor(3);
        await stand.lan.setLink(node, "up");
        await relay.waitFor(5);
        await director.stop();
        return relay.mails
          .filter(({ content }) => !content.includes(" - Stopping"))
          .map((mail) =>
            JSON.stringify(mail).replace(/Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/, "Date: D"),
          );
      };
      const [ours, theirs] = await Promise.all([live("lb1", "ours", 101), live("lb2", "keepalived", 111)]);
      expect(ours).toEqual(theirs);
      expect(ours.map((mail) => /VRRP Instance [^\\]*/.exec(mail)?.[0])).toEqual(
        life.map((state) => subject(state).slice("[R1] ".length)),
      );
    });
  });

  test("a relay that is away when it happens gets the mails when it is there, in order; the end is mailed as well", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(globals() + instance({ priority: 200 }));
      await lb1.waitForLog(/SMTP server \[127\.0\.0\.1\]:2525: .*ECONNREFUSED/);
      const relay = await Relay.start(stand, "lb1");
      await relay.waitFor(2);
      await lb1.waitForLog(/SMTP alerts are sent again/);
      expect(await lb1.stop()).toBe(0);
      expect(relay.subjects).toEqual([subject("BACKUP"), subject("MASTER"), "[R1] VRRP Instance VI_1 - Stopping"]);
    });
  });

  test("a relay that does not answer holds up nothing, and the stop for 2 s", async () => {
    await Stand.with(async (stand) => {
      const deaf = join(stand.lan.folder, "deaf.mjs");
      writeFileSync(
        deaf,
        'import { createServer } from "node:net"; createServer(() => {}).listen(2525, "127.0.0.1", () => console.log("ready"));',
      );
      const said: string[] = [];
      read(stand.lan.spawn("lb1", [process.execPath, deaf]), (line) => said.push(line));
      await until("who is deaf", async () => said.includes("ready"), seconds(10));
      const lb1 = await stand.startMaster(globals() + instance());
      const began = Date.now();
      expect(await lb1.stop()).toBe(0);
      const took = Date.now() - began;
      expect(took).toBeGreaterThan(1500);
      expect(took).toBeLessThan(4000);
      await lb1.waitForLog(/2 SMTP alerts are not sent: the daemon stops/);
    });
  });

  test("with smtp_tls and smtp_auth the mail goes encrypted, with a login, to whom the certificate is good for, or not at all", async () => {
    await Stand.with(async (stand) => {
      const [key, certificate] = [join(stand.lan.folder, "key.pem"), join(stand.lan.folder, "certificate.pem")];
      const made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
      ];
      const named = [
        "-subj",
        "/CN=relay",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        key,
        "-out",
        certificate,
      ];
      await run([...made, ...named]);
      const relay = await Relay.start(stand, "lb1", [certificate, key]);
      const login = "smtp_tls\nsmtp_auth user secret";
      const lb1 = await stand.startMaster(globals(`${login}\nsmtp_tls_ca ${certificate}`) + instance());
      await relay.waitFor(1);
      expect(await lb1.stop()).toBe(0);
      expect(relay.mails.map(({ tls, login: known }) => [tls, known])).toEqual([
        [true, true],
        [true, true],
      ]);
      const stranger = await stand.startMaster(globals(login) + instance());
      await stranger.waitForLog(/SMTP server .*: self-signed certificate/);
      expect(await stranger.stop()).toBe(0);
      const wrong = globals(`smtp_auth user guessed\nsmtp_tls_ca ${certificate}`);
      const guess = await stand.startMaster(wrong + instance());
      await guess.waitForLog(/SMTP server .*: 535 /);
      await guess.waitForLog(
        /SMTP alert `\[R1\] VRRP Instance VI_1 - Entering MASTER state` is lost: the server refused it/,
      );
      expect(await guess.stop()).toBe(0);
      expect(relay.mails).toHaveLength(2);
    });
  });

  test("who is refused is named, and the others get it; a fault is not mailed with no_email_faults", async () => {
    await Stand.with(async (stand) => {
      const relay = await Relay.start(stand, "lb1");
      const to = 'unknown@example.com\n"Ops Team <ops@example.com>"';
      const lb1 = await stand.startMaster(globals("no_email_faults", to) + instance({ priority: 200 }));
      await relay.waitFor(2);
      await stand.lan.setLink("lb1", "down");
      await lb1.waitForState("FAULT");
      await stand.lan.setLink("lb1", "up");
      await relay.waitFor(4);
      expect(relay.subjects).toEqual(["BACKUP", "MASTER", "BACKUP", "MASTER"].map(subject));
      await lb1.waitForLog(/SMTP server .* refused unknown@example\.com: 550 5\.1\.1 no such user/);
      expect(relay.mails.map((mail) => mail.to)).toEqual(relay.mails.map(() => ["ops@example.com"]));
    });
  });
});
