/** Newline-delimited JSON, read as it comes: no more of it is held than one line. */

export interface Line {
  /** From 1, empty lines counted. */
  number: number;
  /** undefined for a line longer than allowed; its bytes are dropped as they come. */
  bytes: Buffer | undefined;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Yields every line that is not empty; the last one needs no newline. */
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
    const bytes =
      held_bytes > bytes_max ? undefined : withoutReturn(held.length === 1 ? held[0]! : Buffer.concat(held));
    held = [];
    held_bytes = 0;
    return { number, bytes };
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
  if (held_bytes > 0) yield take();
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes;
}
