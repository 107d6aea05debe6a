/** A configuration of this many services with these servers each, and how they are checked. */
export interface Farm {
  readonly services: number;
  readonly servers: number; //     a service
  readonly extra?: number; //      more, in the last service
  readonly network?: number; //    first octet of the servers' addresses: 127 answers, 10 is looked up
  readonly weight?: (n: number) => number; // of the n-th server of all; 1
  readonly check?: string; //      lines of a checker block; without: nothing is checked
  readonly same?: boolean; //      every service has the same servers
  readonly global?: string; //     a line of global_defs
}

/** The text: services 10.200.x.y, servers N.x.y.z, all on port 80. Another instance may be put in front. */
export function farm({ services, servers, extra = 0, network = 127, ...more }: Farm): string {
  const { weight = () => 1, check = "", same = false, global = "" } = more;
  const lines = ["global_defs {", "    router_id bench", `    ${global}`, "}"];
  let n = 0;
  for (let i = 0; i < services; i++) {
    lines.push(`virtual_server 10.200.${i >> 8}.${i & 255} 80 {`);
    lines.push("    delay_loop 6", "    warmup 6", "    lvs_sched rr", "    lvs_method DR", "    protocol TCP");
    const here = servers + (i === services - 1 ? extra : 0);
    for (let k = 0; k < here; k++, n++) {
      const host = same ? k : n;
      const address = `${network}.${1 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`;
      lines.push(`    real_server ${address} 80 {`, `        weight ${weight(n)}`);
      if (check !== "") lines.push(check);
      lines.push("    }");
    }
    lines.push("}");
  }
  return `${lines.join("\n")}\n`;
}

/** Checkers of a farm, each a block of lines. */
export const CHECKS = {
  tcp: "        TCP_CHECK {\n            connect_timeout 3\n        }",
  http: "        HTTP_GET {\n            url {\n                path /\n                status_code 200\n            }\n            connect_timeout 3\n        }",
  dead: "        TCP_CHECK {\n            connect_timeout 1\n            warmup 0\n        }",
} as const;
