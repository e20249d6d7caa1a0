/** Yields answers in the order of the inputs, those that are ready together, at most `window_max` in progress. `answer` must not reject. */
export async function* mapInOrder<T, A extends string | object>(
  inputs: AsyncIterable<T>,
  answer: (input: T) => Promise<A>,
  window_max: number,
): AsyncGenerator<A[]> {
  const pending: { answer?: A }[] = [];
  let first_ready = Promise.withResolvers<void>();
  let window_moved = Promise.withResolvers<void>();
  let all_read = false;
  let abandoned = false;
  const readAll = async () => {
    for await (const input of inputs) {
      const slot: { answer?: A } = {};
      pending.push(slot);
      void answer(input).then((ready) => {
        slot.answer = ready;
        if (pending[0] === slot) first_ready.resolve();
      });
      while (pending.length >= window_max && !abandoned) {
        window_moved = Promise.withResolvers();
        await window_moved.promise;
      }
      if (abandoned) return;
    }
  };
  const reading = readAll().finally(() => {
    all_read = true;
    first_ready.resolve();
  });
  // Thrown by the await below; before that it must not count as unhandled.
  reading.catch(() => {});
  try {
    for (;;) {
      first_ready = Promise.withResolvers();
      const unready = pending.findIndex((slot) => slot.answer === undefined);
      const ready = pending.splice(0, unready === -1 ? pending.length : unready);
      window_moved.resolve();
      if (ready.length > 0) yield ready.map((slot) => slot.answer!);
      else if (all_read && pending.length === 0) break;
      else await first_ready.promise;
    }
    await reading;
  } finally {
    abandoned = true;
    window_moved.resolve();
  }
}
