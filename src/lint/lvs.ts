import { last } from "../syntax/table.ts";
import { byReader, type Finding, type Lint, type LintInput, warning } from "./lint.ts";

/** How traffic reaches the real servers. */
export const LVS_LINTS: readonly Lint[] = [
  {
    code: "K001",
    name: "port-reset",
    meaning: "direct routing and tunnelling cannot rewrite ports",
    severity: ["warning"],
    reader: ["port-reset"],
    check: byReader,
  },
  {
    code: "K002",
    name: "persistence-hides-scheduler",
    meaning: "persistence keeps a client on one real server, whatever round robin says",
    severity: ["hint"],
    reader: ["persistence-hides-scheduler"],
    check: byReader,
  },
  {
    code: "K021",
    name: "quorum-reduced",
    meaning: "the quorum is above the sum of the weights",
    severity: ["warning"],
    reader: ["quorum-reduced"],
    check: byReader,
  },
  {
    code: "K022",
    name: "sorry-is-real",
    meaning: "the sorry server is one of the real servers whose failure it is for",
    severity: ["warning"],
    check: sorryIsReal,
  },
];

function* sorryIsReal({ services }: LintInput): Iterable<Finding> {
  for (const { service, body } of services) {
    const { sorryServer: sorry, realServers } = service;
    const place = last(body.value.settings.sorry_server);
    if (sorry === undefined || place === undefined) continue;
    if (!realServers.some(({ address, port }) => address === sorry.address && port === sorry.port)) continue;
    const message = `the sorry server \`${sorry.address} ${sorry.port}\` is a real server: it is down when it is needed`;
    yield warning(message, place.span, "use a server of its own, such as a local one that says sorry");
  }
}
