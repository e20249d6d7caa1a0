/**
 * COPY's binary form: no text is made of each cell and parsed again (https://www.postgresql.org/docs/18/sql-copy.html).
 */
import { type Columns, typeOf } from '../database/tables.js';

export type Cell = string | Uint8Array | number | bigint | null;

/** Signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
/** Of the longest cell that is no text, with its length. */
const CELL_BYTES = 12;
const CHUNK_BYTES_MIN = 4096;
const CHUNK_BYTES_MAX = 65_536;
/** Up to here writing byte by byte beats the encoder. */
const SHORT_TEXT = 48;

export class CopyRows {
  count = 0;
  private readonly types: ReturnType<typeof typeOf>[];
  private readonly full: Buffer[] = [];
  private bytes = Buffer.allocUnsafe(CHUNK_BYTES_MIN);
  private view = viewOf(this.bytes);
  private at = 0;

  constructor(
    readonly table: string,
    readonly columns: Columns,
  ) {
    this.types = Object.values(columns).map(typeOf);
    HEADER.copy(this.bytes);
    this.at = HEADER.length;
  }

  /** Instants: ISO 8601 or milliseconds; texts: also UTF-8. @throws RangeError; the rows must not be sent then */
  add(cells: readonly Cell[]): void {
    this.count += 1;
    this.room(2 + CELL_BYTES * cells.length);
    this.view.setInt16(this.at, cells.length);
    this.at += 2;
    for (let index = 0; index < cells.length; index += 1) {
      const cell = cells[index]!;
      const type = this.types[index];
      if (cell === null) this.int4(-1);
      else if (typeof cell === 'object') this.utf8(cell, CELL_BYTES * (cells.length - index));
      else if (type === 'timestamptz') this.instant(instantMs(cell) - POSTGRES_EPOCH_MS);
      else if (typeof cell === 'bigint') this.bigint(cell);
      else if (typeof cell === 'number') type === 'integer' ? this.integer(cell) : this.int8(cell);
      else if (type === 'date') this.integer((instantMs(cell) - POSTGRES_EPOCH_MS) / DAY_MS);
      else this.text(cell, CELL_BYTES * (cells.length - index));
    }
  }

  chunks(): Buffer[] {
    this.room(TRAILER.length);
    TRAILER.copy(this.bytes, this.at);
    return [...this.full, this.bytes.subarray(0, this.at + TRAILER.length)];
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    this.full.push(this.bytes.subarray(0, this.at));
    this.bytes = Buffer.allocUnsafe(Math.max(bytes, Math.min(this.bytes.length * 4, CHUNK_BYTES_MAX)));
    this.view = viewOf(this.bytes);
    this.at = 0;
  }

  private int4(value: number): void {
    this.view.setInt32(this.at, value);
    this.at += 4;
  }

  private integer(value: number): void {
    if ((value | 0) !== value) throw new RangeError(`${value} is out of range for an integer`);
    this.int4(4);
    this.int4(value);
  }

  /** Microseconds exceed a safe integer from 2285 on. */
  private instant(ms: number): void {
    if (Number.isSafeInteger(ms * 1000)) this.int8(ms * 1000);
    else this.bigint(BigInt(ms) * 1000n);
  }

  private int8(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number that JavaScript can count to`);
    const high = Math.floor(value / 2 ** 32);
    this.int4(8);
    this.int4(high);
    this.view.setUint32(this.at, value - high * 2 ** 32);
    this.at += 4;
  }

  private bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} is out of range for a bigint`);
    this.int4(8);
    this.view.setBigInt64(this.at, value);
    this.at += 8;
  }

  private utf8(bytes: Uint8Array, rest: number): void {
    this.room(bytes.length + rest);
    this.int4(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  private text(text: string, rest: number): void {
    const { length } = text;
    this.room(3 * length + rest);
    const start = this.at + 4;
    let end = start;
    if (length <= SHORT_TEXT) {
      for (; end - start < length; end += 1) {
        const code = text.charCodeAt(end - start);
        if (code > 0x7f) break;
        this.bytes[end] = code;
      }
    }
    if (end - start < length) end = start + this.bytes.write(text, start);
    this.int4(end - start);
    this.at = end;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** @throws RangeError, also for 31 February, which JavaScript reads as 3 March */
export function instantMs(iso: string | number | bigint): number {
  if (typeof iso !== 'string') return Number(iso);
  const ms = Date.parse(iso);
  const day = Number(iso.slice(8, 10));
  if (Number.isNaN(ms) || (day > 28 && new Date(ms).getUTCDate() !== day))
    throw new RangeError(`${iso} is out of range for a date`);
  return ms;
}
