import { expect, test } from "vitest";
import { DEFAULTS } from "../../src/daemon/options.ts";
import { serviceFiles } from "../../src/daemon/service-files.ts";
import { reading } from "../config/reading.ts";

function files(text: string, options: Partial<typeof DEFAULTS> = {}) {
  return serviceFiles({ ...DEFAULTS, ...options }, reading(text).config.global.daemon);
}

test("pid files stand in /run, and with use_pid_dir in a folder of their own", () => {
  expect(files("")).toMatchObject({
    suffix: "",
    folder: undefined,
    pidFile: "/run/keepalived.pid",
    vrrpPidFile: "/run/vrrp.pid",
  });
  expect(files("use_pid_dir\n")).toMatchObject({
    folder: "/run/keepalived",
    pidFile: "/run/keepalived/keepalived.pid",
    bfdPidFile: "/run/keepalived/bfd.pid",
    reloadMarker: "/run/keepalived/keepalived.reload",
  });
});

test("a daemon with a name, in a namespace, has both in its files and in its log", () => {
  expect(files("net_namespace blue\ninstance east\n")).toMatchObject({
    suffix: "_blue_east",
    pidFile: "/run/keepalived/blue/keepalived_east.pid",
    checkersPidFile: "/run/keepalived/blue/checkers_east.pid",
  });
  expect(files("instance east\n")).toMatchObject({ suffix: "_east", pidFile: "/run/keepalived/keepalived_east.pid" });
});

test("the command line counts before the file", () => {
  expect(files("net_namespace blue\ninstance east\n", { namespace: "red", pidFile: "/p" })).toMatchObject({
    suffix: "_red_east",
    namespace: "red",
    pidFile: "/p",
    vrrpPidFile: "/run/keepalived/red/vrrp_east.pid",
  });
});
