import { concat } from "../base/bytes.ts";
import { Stopper } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import {
  encodeRequest,
  endResponse,
  HTTP_START,
  type HttpRequest,
  type HttpResponse,
  readResponse,
} from "../wire/http.ts";
import { CERTIFICATE } from "./certificate.ts";
import type { CheckIo } from "./checker.ts";

/** What a server is asked for. */
export interface PageRequest {
  readonly target: Parameters<CheckIo["connect"]>[0];
  readonly request: HttpRequest;
  readonly patience: Micros; // for the connection, and for each wait for data
}

/** A page as it came, whatever its status; or in Keepalived's words why there is none. */
export type Page =
  | { readonly ok: true; readonly head: Uint8Array; readonly body: Uint8Array } // the body with its chunk framing
  | { readonly ok: false; readonly why: string };

/** Requests a page, with the reader that the checks have. Never rejects. */
export async function fetchPage({ target, request, patience }: PageRequest, io: CheckIo): Promise<Page> {
  const signal = new Stopper();
  const connected = await io.connect(target, io.now() + patience, signal);
  if (!connected.ok) {
    const why = connected.during === undefined || connected.local ? connected.why : UNCONNECTED[connected.during];
    return { ok: false, why };
  }
  const { connection } = connected;
  return await new Promise((resolve) => {
    const received: Uint8Array[] = [];
    const body: Uint8Array[] = [];
    let response: HttpResponse = HTTP_START;
    let cancelWake = (): void => {};
    const finish = (page: Page): void => {
      connection.close();
      cancelWake();
      resolve(page);
    };
    const wait = (): void => {
      cancelWake();
      const what = target.tls === undefined ? (received.length === 0 ? "WEB" : "HTTP") : "SSL";
      cancelWake = io.wakeAt(io.now() + patience, () => finish({ ok: false, why: `Timeout ${what} read` }));
    };
    wait();
    connection.write(encodeRequest(request));
    connection.onData((chunk) => {
      if (chunk instanceof Error) {
        const words = target.tls === undefined ? "Read error with" : "SSL read error from";
        return finish({ ok: false, why: `${words} server: ${chunk.message}` });
      }
      if (chunk === "end") response = endResponse(response);
      else {
        const step = readResponse(response, chunk);
        if (response.name === "head") received.push(chunk.slice());
        body.push(step.raw.slice());
        response = step.response;
      }
      if (response.name === "failed") finish({ ok: false, why: "no data received from remote webserver" });
      else if (response.name === "done") finish({ ok: true, head: headOf(concat(...received)), body: concat(...body) });
      else wait();
    });
  });
}

const UNCONNECTED = {
  connecting: "Connection failed",
  waiting: "Timeout connecting",
  handshake: "SSL handshake/communication error connecting to server",
  certificate: `${CERTIFICATE} server`,
} as const;

/** As far as the first CRLFCRLF. */
function headOf(bytes: Uint8Array): Uint8Array {
  for (let at = 3; at < bytes.length; at++)
    if (bytes[at] === 10 && bytes[at - 1] === 13 && bytes[at - 2] === 10 && bytes[at - 3] === 13)
      return bytes.subarray(0, at + 1);
  return bytes;
}
