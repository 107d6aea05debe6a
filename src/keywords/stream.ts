import type { Table } from "../syntax/table.ts";
import { CONNECTING } from "./check.ts";

/** What a checker takes that asks over TCP. */
export const STREAM = {
  ...CONNECTING,
} satisfies Table;
