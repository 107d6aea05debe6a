import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Director, type DirectorOptions, type Implementation, startDirector } from "./daemon.ts";
import { IpvsJournal } from "./ipvs-journal.ts";
import { standInForIpvs } from "./ipvs-stand-in.ts";
import { Lan } from "./lan.ts";

/** Servers that are there; on 10.88.0.11 somebody listens at port 80. */
const ADDRESSES = ["10.88.0.1/24", "10.88.0.11/24", "10.88.0.12/24"];
const LISTENER = `require("net").createServer((socket) => socket.on("error", () => {}).end()).listen(80, "10.88.0.11", () => console.log("ready"))`;

/** What a director asks of IPVS, in a namespace of its own; the kernel's IPVS is stood in for. */
export class IpvsBench {
  readonly lan: Lan;
  readonly journal: IpvsJournal;
  readonly director: Director;
  readonly #config: string;
  static #standIn: { readonly folder: string; readonly environment: { readonly LD_PRELOAD: string } } | undefined;

  private constructor(lan: Lan, text: string, options: Pick<DirectorOptions, "implementation" | "options">) {
    this.lan = lan;
    this.journal = new IpvsJournal(join(lan.folder, "table"));
    this.#config = join(lan.folder, "lb.conf");
    this.configure(text);
    const environment = { ...IpvsBench.#environment(), IPVS_STAND_IN_TABLE: this.journal.path };
    this.director = startDirector(lan, { node: "lb", config: this.#config, environment, ...options });
  }

  /** Starts it with a configuration, in which `FOLDER` is one of its own, lets `use` work, and leaves nothing behind. */
  static async with(
    { text, implementation, options = [] }: { text: string; implementation: Implementation; options?: string[] },
    use: (bench: IpvsBench) => Promise<void>,
  ): Promise<void> {
    const lan = await Lan.open([{ name: "lb", interface: "eth0", addresses: ADDRESSES }]);
    try {
      const listener = lan.spawn("lb", [process.execPath, "-e", LISTENER]);
      await new Promise((resolve) => listener.stdout?.once("data", resolve));
      await use(new IpvsBench(lan, text, { implementation, options }));
    } finally {
      lan.close();
    }
  }

  /** Removes what all benches have in common. */
  static close(): void {
    if (IpvsBench.#standIn !== undefined) rmSync(IpvsBench.#standIn.folder, { recursive: true });
    IpvsBench.#standIn = undefined;
  }

  /** Compiled once. */
  static #environment(): { readonly LD_PRELOAD: string } {
    const folder = IpvsBench.#standIn?.folder ?? mkdtempSync(join(tmpdir(), "keepalived-ts-ipvs-"));
    IpvsBench.#standIn ??= { folder, environment: standInForIpvs(folder) };
    return IpvsBench.#standIn.environment;
  }

  configure(text: string): void {
    writeFileSync(this.#config, text.replaceAll("FOLDER", this.lan.folder));
  }

  /** Puts another configuration in force. */
  async reload(text: string): Promise<void> {
    const from = this.director.log.mark();
    this.configure(text);
    this.director.reload();
    await this.director.waitForLog(/Reload complete/, { from });
  }
}
