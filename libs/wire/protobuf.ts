/** Protobuf's wire format, as far as an event needs it. By hand: docs/decisions/events-as-bytes.md. */

/** Every method throws RangeError where the bytes are no message. */
export class MessageReader {
  private at = 0;
  private end: number;
  private wire_type = 0;

  constructor(private readonly message: Buffer) {
    this.end = message.length;
  }

  next(): number {
    if (this.at === this.end) return 0;
    const tag = this.varint();
    this.wire_type = tag & 7;
    return tag >>> 3;
  }

  find(wanted: number): boolean {
    for (let field = this.next(); field !== 0; field = this.next()) {
      if (field === wanted) return true;
      this.skip();
    }
    return false;
  }

  /** Narrows to a length-prefixed field; pass the result to `leave`. */
  enter(): number {
    const outer = this.end;
    const end = this.varint() + this.at;
    if (end > outer) throw new RangeError('a field is longer than what it is in');
    this.end = end;
    return outer;
  }
  leave(outer: number): void {
    this.at = this.end;
    this.end = outer;
  }

  number(): bigint {
    const start = this.at;
    const value = this.varint();
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let exact = 0n;
    for (let at = this.at - 1; at >= start; at -= 1) exact = (exact << 7n) | BigInt(this.message[at]! & 0x7f);
    return exact;
  }
  bytes(): Buffer {
    const outer = this.enter();
    const bytes = this.message.subarray(this.at, this.end);
    this.leave(outer);
    return bytes;
  }
  text(): string {
    const outer = this.enter();
    const text = this.message.toString('utf8', this.at, this.end);
    this.leave(outer);
    return text;
  }
  textIn(field: number): string {
    const outer = this.enter();
    const text = this.find(field) ? this.text() : '';
    this.leave(outer);
    return text;
  }
  skip(): void {
    if (this.wire_type === 0) this.varint();
    else if (this.wire_type === 2) this.leave(this.enter());
    else if (this.wire_type === 1) this.at += 8;
    else if (this.wire_type === 5) this.at += 4;
    else throw new RangeError(`a field is of wire type ${this.wire_type}`);
    if (this.at > this.end) throw new RangeError('a field is longer than what it is in');
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 63; scale *= 0x80) {
      if (this.at >= this.end) throw new RangeError('a message ends within a number');
      const byte = this.message[this.at]!;
      this.at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number has more than ten bytes');
  }
}

export class MessageWriter {
  private readonly buffer: Buffer;
  private at = 0;

  constructor(size_max: number) {
    this.buffer = Buffer.allocUnsafe(size_max);
  }

  /** A nested message; pass the result to `close`, which writes its length. */
  open(field: number): number {
    this.buffer[this.at++] = (field << 3) | 2;
    this.at += 4;
    return this.at;
  }

  close(start: number): void {
    const length = this.at - start;
    this.buffer[start - 4] = (length & 0x7f) | 0x80;
    this.buffer[start - 3] = ((length >>> 7) & 0x7f) | 0x80;
    this.buffer[start - 2] = ((length >>> 14) & 0x7f) | 0x80;
    this.buffer[start - 1] = (length >>> 21) & 0x7f;
  }

  number(field: number, value: number | bigint): void {
    if (value === 0) return;
    this.buffer[this.at++] = field << 3;
    this.varint(value);
  }

  bytes(field: number, value: Uint8Array): void {
    this.buffer[this.at++] = (field << 3) | 2;
    this.varint(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  text(field: number, value: string): void {
    const start = this.open(field);
    this.at += this.buffer.write(value, start, 'utf8');
    this.close(start);
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  private varint(value: number | bigint): void {
    let rest = value;
    if (typeof rest === 'bigint') {
      for (; rest >= 0x80n; rest >>= 7n) this.buffer[this.at++] = Number(rest & 0x7fn) | 0x80;
    } else {
      // 32-bit shifts would cut off.
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.buffer[this.at++] = (rest % 0x80) | 0x80;
    }
    this.buffer[this.at++] = Number(rest);
  }
}
