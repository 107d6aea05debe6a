import { type IpAddress, toBytes } from "../base/ip.ts";
import type { Oid, SnmpValue, VarBind } from "../wire/agentx-value.ts";

/** Integer32; fractions are cut off. */
export function integer(value: number): SnmpValue {
  return { type: "integer", value: Math.trunc(value) };
}

/** Unsigned32 or Gauge32; what is beyond stays at the end, as RFC 2578 §7.1.7 has it. */
export function gauge(value: number): SnmpValue {
  return { type: "gauge", value: Math.max(0, Math.min(0xffff_ffff, Math.trunc(value))) };
}

/** Counter32: begins again behind its end. */
export function counter(value: number): SnmpValue {
  return { type: "counter", value: value % 0x1_0000_0000 };
}

/** Counter64. */
export function counter64(value: number | bigint): SnmpValue {
  return { type: "counter64", value: BigInt.asUintN(64, BigInt(value)) };
}

/** TimeTicks, centiseconds. */
export function ticks(value: number): SnmpValue {
  return { type: "ticks", value: Math.max(0, Math.trunc(value)) % 0x1_0000_0000 };
}

/** DisplayString. */
export function text(value: string): SnmpValue {
  return octets(UTF8.encode(value));
}

const UTF8 = new TextEncoder();

/** OCTET STRING. */
export function octets(value: Uint8Array): SnmpValue {
  return { type: "octets", value };
}

/** InetAddress: 4 or 16 octets. */
export function inetAddress(value: IpAddress): SnmpValue {
  return octets(toBytes(value));
}

/** InetAddressType of a family: ipv4(1), ipv6(2). */
export function inetType(family: 4 | 6): SnmpValue {
  return integer(family === 4 ? 1 : 2);
}

/** TruthValue and all enumerations of Keepalived that say yes with 1 and no with 2. */
export function truth(value: boolean): SnmpValue {
  return value ? YES : NO;
}

const YES = integer(1);
const NO = integer(2);

/** The cells of a row by column; a column without a value is not there. */
export type Cells = Readonly<Record<number, SnmpValue | undefined>>;

/** A row of a table: its index, and what it holds. */
export interface TableRow {
  readonly index: Oid;
  readonly cells: Cells;
}

/** Columns of the widest table. */
const MOST_COLUMNS = 55;

/** The objects of a table: `entry`, column, index; column by column, as they are walked. */
export function table(entry: Oid, rows: readonly TableRow[]): VarBind[] {
  const objects: VarBind[] = [];
  for (let column = 1; column <= MOST_COLUMNS; column++)
    for (const { index, cells } of rows) {
      const value = cells[column];
      if (value !== undefined) objects.push({ oid: entry.concat(column, index), value });
    }
  return objects;
}

/** Objects outside of tables: their instance is 0. */
export function scalars(under: Oid, cells: Cells): VarBind[] {
  return table(under, [{ index: [0], cells }]);
}
