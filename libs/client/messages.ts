import { pause } from './connection.js';
import type { StreamEnd } from './generated/types.gen.js';
import { LedgerError } from './problems.js';

/** What the function of a stream takes besides `client` and `query`. */
export interface StreamOptions {
  headers: { 'Last-Event-ID'?: number };
  signal: AbortSignal;
  sseMaxRetryAttempts: number;
  onSseError: (error: unknown) => void;
  onSseEvent: (event: { id?: string; retry?: number }) => void;
}

const RETRY_MS = 3000;
const COMES_BACK = [429, 503];

/**
 * `for await (const stock of messagesOf((options) => streamStock({ client, ...options })))`: opened again from where it was whenever it ends,
 * until `signal` ends it. @throws LedgerError where it is refused
 */
export async function* messagesOf<M extends object>(
  open: (options: StreamOptions) => Promise<{ stream: AsyncGenerator<M | StreamEnd> }>,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<M, void> {
  let retry_ms = RETRY_MS;
  const headers: StreamOptions['headers'] = {};
  const options = {
    headers,
    signal,
    sseMaxRetryAttempts: 1,
    onSseError(error: unknown) {
      if (error instanceof LedgerError && !COMES_BACK.includes(error.problem.status)) throw error;
    },
    onSseEvent({ id, retry }: { id?: string; retry?: number }) {
      if (id !== undefined) headers['Last-Event-ID'] = Number(id);
      retry_ms = retry ?? retry_ms;
    },
  };
  while (!signal.aborted) {
    const { stream } = await open(options);
    for await (const message of stream) if (!isEnd(message)) yield message;
    if (!signal.aborted) await pause(retry_ms, 0, signal).catch(() => {});
  }
}

function isEnd(message: object): message is StreamEnd {
  return 'code' in message && Object.keys(message).length === 1;
}
