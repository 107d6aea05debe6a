import { expect, test } from "vitest";
import { busSockets, SYSTEM_BUS } from "../../src/dbus/address.ts";

test.each<[string, readonly string[]]>([
  [SYSTEM_BUS, ["/var/run/dbus/system_bus_socket"]],
  ["unix:path=/a/b,guid=0123", ["/a/b"]],
  ["unix:guid=0123,path=/a%20b%2c", ["/a b,"]],
  ["unix:abstract=bus", ["@bus"]],
  ["tcp:host=192.0.2.1,port=1;unix:path=/a;;unix:path=/b", ["/a", "/b"]],
  ["unix:path=%zz;unix:tmpdir=/tmp;/a;", []],
])("%s names the sockets %j", (address, sockets) => {
  expect(busSockets(address)).toEqual(sockets);
});
