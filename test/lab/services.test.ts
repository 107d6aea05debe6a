import { beforeAll } from "vitest";
import { judge } from "./services/judge.ts";
import { STAND_IN } from "./services/pace.ts";
import type { ServicesRecord } from "./services/record.ts";
import { playCorpus } from "./services/run.ts";

/** The richest of the corpus; all of it is played by test/long/services.test.ts, in the emulated kernel too. */
const RICHEST = [
  ...["lvs/(inhibit|quorum|tunnel-types|group-addresses)", "checkers/(check-file|check-misc|check-bfd)"],
  ...["services/(weights-by-script|sorry-other-way|fwmark-web|dual-stack-tunnels|mail-dr|syslog-both|ipv6-group)"],
];

let record: ServicesRecord;

beforeAll(async () => {
  record = await playCorpus({ ...STAND_IN, only: new RegExp(`^(${RICHEST.join("|")})$`) });
});

judge(() => record, { files: 14, complete: false });
