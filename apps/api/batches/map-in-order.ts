/**
 * Maps inputs to answers concurrently, at most `window_max` at a time, and yields the answers in the order of the inputs, as many as are
 * ready joined to one text. Reading inputs and yielding answers do not wait for each other, so a client may send everything first or wait
 * for each answer. `answer` must not reject.
 */
export async function* mapInOrder<T>(
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
  // A failure is thrown by the await below; it must not count as unhandled before that, or when the reader has left.
  asking.catch(() => {});
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
  }
}
