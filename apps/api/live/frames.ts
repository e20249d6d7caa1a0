/** Server-sent events as bytes, made once for all streams that are sent them. */

export interface Message {
  event: string;
  /** A position of the ledger; a client that comes back sends the last one in Last-Event-ID. */
  id?: number;
  data: unknown;
}

export function frameOf({ event, id, data }: Message): Buffer {
  // JSON holds no line feed.
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

export function retryFrame(ms: number): Buffer {
  return Buffer.from(`retry: ${ms}\n\n`);
}

/** A comment, which clients ignore. */
export const HEARTBEAT = Buffer.from(':\n\n');
