import { line, type Table } from "../syntax/table.ts";
import { flag, named, text } from "../syntax/types.ts";
import { CONNECTING } from "./check.ts";
import { ours } from "./ours.ts";
import { readServiceName } from "./read-grpc.ts";
import { VERIFYING } from "./tls.ts";

/** Keywords of `GRPC_CHECK`, which Keepalived does not have. */
export const GRPC_CHECK = ours({
  ...CONNECTING,
  service: line(readServiceName, {
    default: "the server as a whole",
    meaning: "Service whose health is asked for",
  }),
  virtualhost: line(text, {
    default: "real server, then virtual server value",
    meaning: "Name that the server is asked by (:authority)",
  }),
  tls: line(flag, { default: "off", meaning: "Ask over TLS, with HTTP/2 agreed upon by ALPN" }),
  sni_name: line(named("<NAME>"), {
    default: "virtualhost, else none is sent",
    meaning: "TLS SNI name",
  }),
  ...VERIFYING,
} satisfies Table);
