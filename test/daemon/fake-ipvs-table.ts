import type { IpvsEntry } from "../../src/base/ipvs.ts";

/** Every table that a checkers process wrote, newest last: whole ones and single services. */
export const written: (readonly IpvsEntry[])[] = [];

/** Takes the place of `daemon/ipvs-table.ts`: a kernel that takes everything. Test files of one process share it. */
export class IpvsTable {
  weight = (): number => 0;

  apply(entries: readonly IpvsEntry[]): boolean {
    return this.applyAll(entries);
  }

  release(): void {
    this.applyAll([]);
  }

  flush(): boolean {
    return this.applyAll([]);
  }

  *look(): Generator<undefined, undefined> {}

  applyAll(entries: readonly IpvsEntry[]): boolean {
    written.push(entries);
    return true;
  }

  buffer(): void {}

  close(): void {}
}
