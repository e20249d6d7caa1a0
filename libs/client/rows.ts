interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/** `for await (const sale of rowsOf((cursor) => listSales({ client, query: { cursor } })))`: all pages, one after the other. */
export async function* rowsOf<T>(pageAfter: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<T, void> {
  let cursor: string | undefined;
  do {
    const { data, next_cursor } = await pageAfter(cursor);
    yield* data;
    cursor = next_cursor ?? undefined;
  } while (cursor !== undefined);
}
