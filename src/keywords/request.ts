import { line, type Table } from "../syntax/table.ts";
import { named } from "../syntax/types.ts";
import { readBody, readCredentials, readHeader, readMethod } from "./read-request.ts";

/** What a request of HTTP_GET and SSL_GET has beside its path; Keepalived sends a GET with headers of its own choice. */
export const REQUEST = {
  method: line(readMethod, {
    default: "GET; POST where there is a body",
    meaning: "Method of the request",
    note: "HEAD asks for no body",
    ours: true,
    missing: "",
  }),
  header: line(readHeader, {
    default: "none",
    meaning: "A header of the request",
    note: "escapes processed; User-Agent replaces ours; a url adds to its checker, or replaces by name",
    repeats: true,
    ours: true,
    missing: "",
  }),
  body: line(readBody, {
    default: "none",
    meaning: "Body of the request",
    note: "escapes processed; Content-Length comes along",
    ours: true,
    missing: "",
  }),
  body_file: line(named("<PATH>"), {
    default: "none",
    meaning: "File that holds the body of the request",
    note: "1 MiB at most; read at each start and reload",
    ours: true,
    missing: "",
  }),
  basic_auth: line(readCredentials, {
    default: "none",
    meaning: "Log in by HTTP's Basic scheme",
    note: "escapes processed",
    ours: true,
    missing: "",
  }),
  basic_auth_file: line(named("<PATH>"), {
    default: "none",
    meaning: "File whose first line is USER:PASSWORD, so that they are not in the configuration",
    note: "read at each start and reload",
    ours: true,
    missing: "",
  }),
} satisfies Table;
