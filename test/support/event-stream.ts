/** A client of server-sent events, with an unrelated parser. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Client } from './http.js';

export interface StreamMessage {
  event: string;
  id: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: specs look into events of every shape.
  data: any;
}

export interface EventStream {
  readonly messages: StreamMessage[];
  readonly last_id: number | undefined;
  readonly retry_ms: number | undefined;
  /** Why it ended, once it has. */
  readonly ended: Promise<'end' | 'cut off'>;
  /** Until a message passes, which is returned. */
  until(passes: (message: StreamMessage) => boolean): Promise<StreamMessage>;
  close(): void;
}

/** @param path below /api/v1 @throws where it is refused */
export async function openStream(
  base: string,
  { token }: Pick<Client, 'token'>,
  path: string,
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const leaving = new AbortController();
  const response = await fetch(`${base}/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: leaving.signal,
  });
  const type = response.headers.get('content-type');
  if (response.status !== 200 || type !== 'text/event-stream; charset=utf-8' || response.body === null)
    throw new Error(`${path}: ${response.status} ${type} ${await response.text()}`);
  const messages: StreamMessage[] = [];
  let last_id: number | undefined;
  let retry_ms: number | undefined;
  let is_over = false;
  const parsed = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(
    new EventSourceParserStream({
      onError: 'terminate',
      onRetry: (ms) => {
        retry_ms = ms;
      },
    }),
  );
  const ended = (async () => {
    try {
      for await (const { event = 'message', id, data } of parsed) {
        if (id !== undefined) last_id = Number(id);
        messages.push({ event, id: id === undefined ? undefined : Number(id), data: JSON.parse(data) });
      }
      return 'end' as const;
    } catch {
      return 'cut off' as const;
    } finally {
      is_over = true;
    }
  })();
  return {
    messages,
    get last_id() {
      return last_id;
    },
    get retry_ms() {
      return retry_ms;
    },
    ended,
    async until(passes) {
      for (const give_up_at_ms = Date.now() + 20_000; ; await sleep(5)) {
        const found = messages.find(passes);
        if (found !== undefined) return found;
        if (is_over || Date.now() > give_up_at_ms)
          throw new Error(`No such message came to ${path}: ${JSON.stringify(messages.slice(-5))}`);
      }
    },
    close: () => leaving.abort(),
  };
}
