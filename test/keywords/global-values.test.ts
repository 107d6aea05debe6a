import { expect, test } from "vitest";
import { reading } from "../config/reading.ts";

test("a port of smtp_server that is none makes the server none", () => {
  const server = (text: string) => reading(`global_defs {\nsmtp_server ${text}\n}\n`).config.global.smtpServer;
  expect(server("192.0.2.25")).toBe("192.0.2.25");
  expect(server("192.0.2.25 587")).toBe("192.0.2.25 587");
  expect(server("192.0.2.25 smtp")).toBeUndefined();
  expect(server("192.0.2.25 65536")).toBeUndefined();
});

test("a policy that is no word and no number is shown with both", () => {
  const [finding] = reading("global_defs {\nvrrp_rx_bufs_policy MTV\n}\n").diagnostics.filter(({ help }) => help);
  expect(finding).toMatchObject({ message: "unknown policy `MTV`", help: "`MTU`, `ADVERT` or a number of bytes" });
});
