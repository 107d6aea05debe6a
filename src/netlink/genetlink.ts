import { concat } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { type Attributes, decodeAttributes, readU16, stringAttribute } from "./attributes.ts";
import { CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_CMD_GETFAMILY, GENL_ID_CTRL } from "./constants.ts";
import type { Request } from "./conversation.ts";

/** A generic netlink message inside its nlmsghdr: struct genlmsghdr (command u8, version u8, 16 bits reserved), attributes. */
export interface GenericMessage {
  readonly command: number;
  readonly attributes: Attributes;
}

/** struct genlmsghdr, linux/genetlink.h. */
const GENL_HDRLEN = 4;

/** The body of a generic message. */
export function genericBody(command: number, version: number, ...attributes: readonly Uint8Array[]): Uint8Array {
  return concat(Uint8Array.of(command, version, 0, 0), ...attributes);
}

/** Reads a generic message. Never throws. */
export function decodeGeneric(body: Uint8Array): Decoded<GenericMessage, "truncated"> {
  const [command] = body;
  if (command === undefined || body.length < GENL_HDRLEN) return drop("truncated");
  return accept({ command, attributes: decodeAttributes(body.subarray(GENL_HDRLEN)) });
}

/** Asks for the number of a generic family; the kernel may load its module. ENOENT means that there is none. */
export function getFamily(name: string): Request {
  return {
    type: GENL_ID_CTRL,
    flags: 0,
    body: genericBody(CTRL_CMD_GETFAMILY, 1, stringAttribute(CTRL_ATTR_FAMILY_NAME, name)),
  };
}

/** The family's number in the answer to `getFamily`: the message type of all its requests. */
export function decodeFamilyId(
  messages: readonly { readonly body: Uint8Array }[],
): Decoded<number, "truncated" | "family-id"> {
  const [first] = messages;
  const generic = decodeGeneric(first?.body ?? new Uint8Array());
  if (!generic.ok) return generic;
  const id = readU16(generic.value.attributes, CTRL_ATTR_FAMILY_ID);
  return id === undefined ? drop("family-id") : accept(id);
}
