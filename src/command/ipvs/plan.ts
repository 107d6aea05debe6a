import type { IpvsSyncDaemon } from "../../base/ipvs.ts";
import type { RowPlace, RowTimeouts, ServerRow, ServiceRow } from "../../base/ipvs-row.ts";

/** A change of the kernel's table that one line asks for. */
export type Change =
  | { readonly type: "add-service" | "edit-service"; readonly service: ServiceRow }
  | { readonly type: "delete-service"; readonly place: RowPlace }
  | {
      readonly type: "add-server" | "edit-server" | "delete-server";
      readonly place: RowPlace;
      readonly server: ServerRow;
    }
  | { readonly type: "clear" }
  | { readonly type: "zero"; readonly place: RowPlace | undefined }
  | { readonly type: "set-timeouts"; readonly timeouts: RowTimeouts }
  | { readonly type: "start-daemon" | "stop-daemon"; readonly daemon: IpvsSyncDaemon };

/** What is shown of the table. */
export type Columns = "connections" | "stats" | "rate" | "thresholds" | "persistent" | "tunnel";

/** How it is shown. */
export interface Shown {
  readonly columns: Columns;
  readonly numeric: boolean;
  readonly exact: boolean; //  counters whole, not in K, M, G
  readonly sorted: boolean;
}

/** A question, which has an answer on standard output. */
export type Question =
  | { readonly type: "list"; readonly place: RowPlace | undefined; readonly shown: Shown }
  | { readonly type: "connections"; readonly numeric: boolean; readonly engine: boolean }
  | { readonly type: "timeouts" | "daemons" };

/** What a command line asks for. */
export type Plan =
  | { readonly type: "change"; readonly change: Change }
  | {
      readonly type: "ask";
      readonly question: Question;
      readonly json: boolean;
      readonly every: number | undefined; // seconds between two answers; undefined: one
    }
  | { readonly type: "save"; readonly numeric: boolean; readonly thresholds: boolean }
  | { readonly type: "restore" }
  | { readonly type: "answer"; readonly text: string }
  /** Standard error and the exit status: 2 for what cannot be meant, 255 for what is no command at all. */
  | { readonly type: "refuse"; readonly text: string; readonly status: number }
  /** The line names a host whose address must be found first. */
  | { readonly type: "resolve"; readonly host: string };
