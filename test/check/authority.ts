import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate with its key: PEM, and the files that hold them. `chain`: with that of who signed it, the root's aside. */
export interface Issued {
  readonly certificate: string;
  readonly chain: string;
  readonly key: string;
  readonly files: { readonly chain: string; readonly key: string };
}

/** What a certificate says. Days from now; a start that lies before its end lies in the past. */
export interface Wish {
  readonly name: string;
  readonly names?: string; // subjectAltName, as OpenSSL reads it; else DNS: and the name
  readonly from?: number;
  readonly to?: number;
  readonly authority?: true; // it may sign others
  readonly digest?: string;
}

const DAY = 86_400_000; // milliseconds

/** An authority that signs certificates with openssl(1), in a folder of the test. */
export class Authority {
  readonly certificate: string;
  readonly file: string; // of its certificate
  readonly #folder: string;
  readonly #key: string; // file
  readonly #above: string; // the chain from it up, without the root
  #serial = 1;

  private constructor(folder: string, issued: Issued, above: string) {
    this.#folder = folder;
    this.certificate = issued.certificate;
    this.#key = issued.files.key;
    this.#above = above;
    this.file = join(folder, "authority.pem");
    writeFileSync(this.file, issued.certificate);
    writeFileSync(join(folder, "index"), "");
  }

  /** One that nobody has signed but itself. */
  static root(folder: string, name: string): Authority {
    mkdirSync(folder, { recursive: true });
    const [chain, key] = [join(folder, "root.pem"), join(folder, "root.key")];
    openssl("req", "-x509", ...NEW_KEY, "-keyout", key, "-out", chain, "-subj", `/O=Tests/CN=${name}`, "-days", "30");
    const certificate = readFileSync(chain, "utf8");
    const issued = { certificate, chain: certificate, key: readFileSync(key, "utf8"), files: { chain, key } };
    return new Authority(folder, issued, "");
  }

  /** One below it. */
  authority(name: string, wish: Omit<Wish, "name"> = {}): Authority {
    const issued = this.issue({ ...wish, name, authority: true });
    const folder = join(this.#folder, `below-${this.#serial}`);
    mkdirSync(folder);
    return new Authority(folder, issued, issued.certificate + this.#above);
  }

  /** Signs a certificate. */
  issue({ name, names = `DNS:${name}`, from = -1, to = 20, authority, digest = "sha256" }: Wish): Issued {
    const serial = ++this.#serial;
    const path = (ending: string): string => join(this.#folder, `${serial}.${ending}`);
    const says = authority === undefined ? `CA:FALSE\nsubjectAltName=${names}` : "critical,CA:TRUE";
    writeFileSync(
      path("cnf"),
      `[ca]\ndatabase=${this.#folder}/index\nnew_certs_dir=${this.#folder}\nrand_serial=yes\nunique_subject=no\n` +
        `policy=any\nx509_extensions=says\n[any]\ncommonName=supplied\n[says]\nbasicConstraints=${says}\n`,
    );
    openssl("req", "-new", ...NEW_KEY, "-keyout", path("key"), "-out", path("csr"), "-subj", `/CN=${name}`);
    openssl(
      ...["ca", "-batch", "-notext", "-name", "ca", "-config", path("cnf"), "-md", digest, "-in", path("csr")],
      ...[
        "-cert",
        this.file,
        "-keyfile",
        this.#key,
        "-startdate",
        time(from),
        "-enddate",
        time(to),
        "-out",
        path("pem"),
      ],
    );
    const certificate = readFileSync(path("pem"), "utf8");
    const chain = certificate + this.#above;
    writeFileSync(path("chain"), chain);
    const files = { chain: path("chain"), key: path("key") };
    return { certificate, chain, key: readFileSync(files.key, "utf8"), files };
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}

/** `20261122084357Z`, so many days from now. */
function time(days: number): string {
  return `${new Date(Date.now() + days * DAY).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
}
