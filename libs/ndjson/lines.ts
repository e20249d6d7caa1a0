/** Holds one line at most. A byte order mark is skipped. */

export interface Line {
  /** Empty lines counted. */
  number: number;
  bytes: Buffer | undefined;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Non-empty lines; the last needs no newline. */
export async function* linesOf(source: AsyncIterable<Buffer>, bytes_max: number): AsyncGenerator<Line> {
  let number = 0;
  let held: Buffer[] = [];
  let held_bytes = 0;
  const hold = (part: Buffer) => {
    held_bytes += part.length;
    if (held_bytes > bytes_max) held = [];
    else if (part.length > 0) held.push(part);
  };
  const take = (): Line => {
    number += 1;
    const whole = held_bytes > bytes_max ? undefined : held.length === 1 ? held[0]! : Buffer.concat(held);
    held = [];
    held_bytes = 0;
    return { number, bytes: whole && withoutReturn(number === 1 ? withoutMark(whole) : whole) };
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      hold(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line.bytes?.length !== 0) yield line;
    }
    hold(chunk.subarray(start));
  }
  if (held_bytes === 0) return;
  const last = take();
  if (last.bytes?.length !== 0) yield last;
}

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes;
}
