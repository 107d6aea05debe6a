import { choice, type Table } from "../syntax/table.ts";

/** What the kernel does with packets of a route: words before its destination. */
export const ROUTE_TYPES = {
  unicast: choice("A plain route", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  local: choice("Deliver locally", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  nat: choice("Obsolete NAT route", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  broadcast: choice("Broadcast route", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  brd: choice(
    "Broadcast route, short form",
    { default: "unicast", note: "first word before the destination" },
    "<DEST>",
  ),
  anycast: choice("Anycast route", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  multicast: choice("Multicast route", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  prohibit: choice("Reject as prohibited", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  unreachable: choice(
    "Reject as unreachable",
    { default: "unicast", note: "first word before the destination" },
    "<DEST>",
  ),
  blackhole: choice("Drop silently", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  xresolve: choice("External resolver", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  throw: choice(
    "Continue with the next rule",
    { default: "unicast", note: "first word before the destination" },
    "<DEST>",
  ),
} satisfies Table;
