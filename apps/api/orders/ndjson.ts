/** Lines in, answers out, at the pace of the slower side: nothing here grows with the length of a batch. */

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

/**
 * Answers in the order of the questions, of which at most `window_max` are open at a time; joined, as many as are ready. Questions are
 * asked one after the other without waiting for answers, and answers are given without waiting for questions, so that a client may
 * send all first, or one by one. `answer` never rejects.
 */
export async function* inOrder<T>(
  questions: AsyncIterable<T>,
  answer: (question: T) => Promise<string>,
  window_max: number,
): AsyncGenerator<string> {
  const open: { text?: string }[] = [];
  let something = Promise.withResolvers<void>();
  let room = Promise.withResolvers<void>();
  let ended = false;
  let left = false;
  const ask = async () => {
    for await (const question of questions) {
      const slot: { text?: string } = {};
      open.push(slot);
      void answer(question).then((text) => {
        slot.text = text;
        if (open[0] === slot) something.resolve();
      });
      while (open.length >= window_max && !left) {
        room = Promise.withResolvers();
        await room.promise;
      }
      if (left) return;
    }
  };
  const asking = ask().finally(() => {
    ended = true;
    something.resolve();
  });
  try {
    for (;;) {
      something = Promise.withResolvers();
      const pending = open.findIndex(({ text }) => text === undefined);
      const ready = open.splice(0, pending === -1 ? open.length : pending);
      room.resolve();
      if (ready.length > 0) yield ready.map(({ text }) => text).join('');
      else if (ended && open.length === 0) break;
      else await something.promise;
    }
    await asking;
  } finally {
    left = true;
    room.resolve();
    // Whoever reads the answers has gone: what still comes in, or fails to, concerns nobody.
    asking.catch(() => {});
  }
}
