import { expect, test } from "vitest";
import { addressHelp } from "../../src/syntax/address-help.ts";

test.each([
  ["192.0.2.100:80", true, "write `192.0.2.100 80`"],
  ["192.0.2.100:80", false, "write `192.0.2.100`"],
  ["[2001:db8::1]:80", true, "write `2001:db8::1 80`"],
  ["192.0.2.13/24", true, "write `192.0.2.13`"],
  ["2001:db8::/64", false, "write `2001:db8::`"],
  ["www.example.com", true, "write an address: names are not looked up here"],
  ["eth0", false, "write an address: names are not looked up here"],
  ["192.0.2.256", true, undefined],
  ["192.0.2.256:80", true, undefined],
  ["2001:db8::g", true, undefined],
  ["http://192.0.2.1", true, undefined],
  ["", true, undefined],
])("%j where a port belongs too (%s): %s", (text, takesPort, help) => {
  expect(addressHelp(text, takesPort)).toBe(help);
});
