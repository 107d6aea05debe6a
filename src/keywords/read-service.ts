import type { Argument } from "../syntax/argument.ts";
import type { ArgumentType } from "../syntax/table.ts";
import { integerWord, UINT, word } from "../syntax/types.ts";
import { type Endpoint, readEndpoint } from "./read-server.ts";

/** What makes connections belong to a `virtual_server`. */
export type ServiceHeader = Endpoint | FwmarkHeader | { readonly group: string };

/** `fwmark N`: a mark of the firewall. */
interface FwmarkHeader {
  readonly fwmark: number; // 1..4294967295
}

/** The header of `virtual_server`: `ADDRESS [PORT]`, `fwmark N`, `group NAME`. */
export const readServiceHeader: ArgumentType<ServiceHeader> = {
  ...readEndpoint,
  read(argument) {
    const { text } = word(argument);
    if (text === "fwmark") return readFwmark(argument);
    return text === "group" ? readGroup(argument) : readEndpoint.read(argument);
  },
};

function readFwmark(argument: Argument): FwmarkHeader | undefined {
  const [name, given] = argument.words;
  if (given === undefined) return missing(argument, name, "`virtual_server fwmark` needs a mark");
  const row = { ...argument.row, refusal: `virtual server fwmark '%w' must be in [0, ${UINT}] - ignoring` };
  const fwmark = integerWord(
    argument.within(argument.words, argument.keyword, row),
    given,
    { min: 0, max: UINT },
    "strict",
  );
  if (fwmark !== 0) return fwmark === undefined ? undefined : { fwmark };
  // Keepalived differs: it makes a UDP service of 255.255.255.255 of it.
  const message = "mark 0 is that of packets without a mark; the virtual_server is left out";
  argument.report.error(["bad-number", message], given.span, { help: `write a mark from 1 to ${UINT}` });
  return undefined;
}

function readGroup(argument: Argument): { readonly group: string } | undefined {
  const [name, given] = argument.words;
  if (given === undefined) return missing(argument, name, "`virtual_server group` needs the name of a group");
  return { group: given.text };
}

/** Keepalived 2.2.7 ends with a signal here. */
function missing({ report, keyword }: Argument, name: Argument["keyword"] = keyword, message = ""): undefined {
  report.error(["missing-argument", message], name.span);
  return undefined;
}
