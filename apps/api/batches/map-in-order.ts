/**
 * Answers in the order of the questions, of which at most `window_max` are open at a time; joined, as many as are ready. Questions are
 * asked one after the other without waiting for answers, and answers are given without waiting for questions, so that a client may
 * send all first, or one by one. `answer` never rejects.
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
  // It may fail while nobody reads the answers, and then nobody is there to be told.
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
