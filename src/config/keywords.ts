import { GLOBAL_DEFS } from "./keywords-global.ts";
import { VIRTUAL_SERVER } from "./keywords-lvs.ts";
import { VRRP_INSTANCE, VRRP_SCRIPT } from "./keywords-vrrp.ts";
import { readServiceHeader } from "./read-server.ts";
import { type BlockRow, block, type Table } from "./table.ts";
import { flag, text } from "./types.ts";

/** Everything at the top level: the language begins here. */
export const TOP = {
  global_defs: block(flag, GLOBAL_DEFS, { default: "", meaning: "settings of the whole daemon" }),
  vrrp_script: block(text, VRRP_SCRIPT, {
    default: "",
    meaning: "a command whose exit status is a condition",
    missing: "vrrp_script must have a name",
  }),
  vrrp_instance: block(text, VRRP_INSTANCE, {
    default: "",
    meaning: "one virtual router on one interface",
    missing: "vrrp_instance must have a name",
  }),
  virtual_server: block(readServiceHeader, VIRTUAL_SERVER, {
    default: "",
    meaning: "one IPVS service",
    refusal: "Invalid virtual server IP address/port %w - skipping",
  }),
} satisfies Table;

/** The whole language as one block, for the parser. */
export const LANGUAGE: BlockRow<true, typeof TOP> = block(flag, TOP, { default: "", meaning: "the file" });
