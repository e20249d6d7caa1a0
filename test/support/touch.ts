import { randomUUID } from 'node:crypto';
import { jsonEvent, type StreamMetadata } from '@eventstore/db-client';
import { openClient } from '../../libs/event-store/client.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';

export interface Touch {
  softDelete(stream: string): Promise<unknown>;
  tombstone(stream: string): Promise<unknown>;
  setMetadata(stream: string, metadata: StreamMetadata): Promise<unknown>;
  repeatLast(stream: string): Promise<unknown>;
  append(stream: string, type: string, data: object, metadata?: object): Promise<unknown>;
  close(): Promise<void>;
}

export function touchLog(eventstore_url: string): Touch {
  const { client, close } = openClient(eventstore_url, 999, () => {});
  const store = connectEventStore({ url: eventstore_url });
  const append: Touch['append'] = (stream, type, data, metadata) =>
    client.appendToStream(
      stream,
      jsonEvent({ id: randomUUID(), type, data, metadata } as Parameters<typeof jsonEvent>[0]),
    );
  return {
    softDelete: (stream) => client.deleteStream(stream),
    tombstone: (stream) => client.tombstoneStream(stream),
    setMetadata: (stream, metadata) => client.setStreamMetadata(stream, metadata),
    async repeatLast(stream) {
      for await (const { type, data, metadata } of store.readBackwards(stream, { max: 1 }))
        await append(stream, type, data as object, metadata as object);
    },
    append,
    close: async () => {
      await store.close();
      await close();
    },
  };
}
