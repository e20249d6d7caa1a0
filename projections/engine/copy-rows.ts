/**
 * Rows for COPY in its binary form (https://www.postgresql.org/docs/18/sql-copy.html). The textual form would make a string of each cell first,
 * and Postgres would parse every number and instant back out of it.
 */
import { type Columns, typeOf } from '../database/tables.js';

export type Cell = string | Uint8Array | number | bigint | null;

/** The signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const day_ms = 86_400_000;
/** Length and value of the longest cell that is no text. */
const cell_bytes = 12;
const chunk_bytes_min = 4096;
const chunk_bytes_max = 65_536;
/** Up to this length writing byte by byte is quicker than a call of the encoder. */
const short_text = 48;

export class CopyRows {
  count = 0;
  private readonly types: ReturnType<typeof typeOf>[];
  private readonly full: Buffer[] = [];
  private bytes = Buffer.allocUnsafe(chunk_bytes_min);
  private view = viewOf(this.bytes);
  private at = 0;

  /** `columns`: those that the cells of each row are for, in their order. */
  constructor(
    readonly table: string,
    readonly columns: Columns,
  ) {
    this.types = Object.values(columns).map(typeOf);
    HEADER.copy(this.bytes);
    this.at = HEADER.length;
  }

  /**
   * Instants and days are ISO 8601; an instant may also be milliseconds since 1970, and a text its UTF-8.
   * @throws RangeError where a cell is no value of its column; the rows must not be sent then
   */
  add(cells: readonly Cell[]): void {
    this.count += 1;
    this.room(2 + cell_bytes * cells.length);
    this.view.setInt16(this.at, cells.length);
    this.at += 2;
    for (let index = 0; index < cells.length; index += 1) {
      const cell = cells[index]!;
      const type = this.types[index];
      if (cell === null) this.int4(-1);
      else if (typeof cell === 'object') this.utf8(cell, cell_bytes * (cells.length - index));
      else if (type === 'timestamptz') this.instant(instantMs(cell) - POSTGRES_EPOCH_MS);
      else if (typeof cell === 'bigint') this.bigint(cell);
      else if (typeof cell === 'number') type === 'integer' ? this.integer(cell) : this.int8(cell);
      else if (type === 'date') this.integer((instantMs(cell) - POSTGRES_EPOCH_MS) / day_ms);
      else this.text(cell, cell_bytes * (cells.length - index));
    }
  }

  /** All rows, for COPY … FROM STDIN (FORMAT binary). No rows may be added afterwards. */
  chunks(): Buffer[] {
    this.room(TRAILER.length);
    TRAILER.copy(this.bytes, this.at);
    return [...this.full, this.bytes.subarray(0, this.at + TRAILER.length)];
  }

  /** Makes room for so many bytes, in a new chunk if need be. */
  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    this.full.push(this.bytes.subarray(0, this.at));
    this.bytes = Buffer.allocUnsafe(Math.max(bytes, Math.min(this.bytes.length * 4, chunk_bytes_max)));
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

  /** In microseconds, which exceed a safe integer from the year 2285 on. */
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

  /** `rest`: bytes for this cell's length and the cells behind it. */
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
    if (length <= short_text) {
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

/** Milliseconds since 1970. Refuses days such as 31 February, which JavaScript reads as 3 March. @throws RangeError */
export function instantMs(iso: string | number | bigint): number {
  if (typeof iso !== 'string') return Number(iso);
  const ms = Date.parse(iso);
  const day = Number(iso.slice(8, 10));
  if (Number.isNaN(ms) || (day > 28 && new Date(ms).getUTCDate() !== day))
    throw new RangeError(`${iso} is out of range for a date`);
  return ms;
}
