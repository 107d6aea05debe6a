import { readFileSync } from "node:fs";

/** A configuration whose parts refer to or exclude each other, and what `keepalived -t` 2.2.7 says about it. */
export interface VrrpCase {
  readonly name: string;
  readonly text: string;
  readonly status: number;
  readonly lines: readonly string[]; // each once: `-t` reads some blocks for several processes
}

/** What `@definitions` stands for: a script, a file and a BFD session with and without a weight. */
const DEFINITIONS = `global_defs {
enable_script_security
script_user root
}
vrrp_script S {
script /bin/true
}
vrrp_script SW {
script /bin/true
weight 10
}
track_file F {
file /etc/hostname
}
track_file F0 {
file /etc/hostname
weight 0
}
bfd_instance B {
neighbor_ip 192.0.2.8
}
bfd_instance BW {
neighbor_ip 192.0.2.9
weight 7
}
`;

/** The cases of `vrrp-cases.txt`: `=== NAME`, the text, `--- exit STATUS`, the lines. */
export function vrrpCases(): readonly VrrpCase[] {
  const [, ...parts] = readFileSync("test/config/vrrp-cases.txt", "utf8").split(/^=== /m);
  return parts.map((part) => {
    const [head = "", tail = ""] = part.split(/^--- exit /m);
    const [name = "", ...text] = head.split("\n");
    const [status = "", ...lines] = tail.trimEnd().split("\n");
    return { name, text: expand(text.join("\n")), status: Number(status), lines };
  });
}

/** `@instance NAME VRID LINE;LINE` is an instance on eth0 with these lines. */
function expand(text: string): string {
  return text
    .replaceAll("@definitions\n", DEFINITIONS)
    .replace(/^@instance (\S+) (\d+) ?(.*)$/gm, (_, name: string, vrid: string, lines: string) =>
      [
        `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}`,
        `virtual_ipaddress {\n192.0.2.${100 + Number(vrid)}\n}`,
        ...(lines === "" ? [] : lines.split(";")),
        "}",
      ].join("\n"),
    );
}

/** Lines and statuses where we differ, by the names of cases, and why. */
export const DIFFERENT_CASES: readonly (readonly [RegExp, string])[] = [
  [
    /^(no member|track_group empty|garp group: (list twice|empty list))/,
    "of a list Keepalived names the line of its closing brace, we name the word that is wrong",
  ],
  [/^vrrp_track_file$/, "2.2.7 does not call it deprecated; later versions do"],
];
