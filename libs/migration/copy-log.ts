/** With ids, bytes and order. The other log must hold a beginning of this one, so an interrupted copy continues. */
import { appendSettled, BATCH_BYTES_MAX, BATCH_EVENTS_MAX, ImportRefused } from '../audit/import.js';
import type { EventStore, NewEvent, StoredEvent } from '../event-store/event-store.js';
import { RECORD_PREFIXES } from '../event-store/streams.js';

export interface Copied {
  events: number;
  streams: number;
  resumed_at: number;
}
export interface CopyOptions {
  signal?: AbortSignal;
  on_progress?: (phase: 'copying' | 'comparing', done: number, of: number) => void;
}

/** @throws ImportRefused: the other log holds something else, or an event is not as it was written */
export async function copyLog(from: EventStore, to: EventStore, options: CopyOptions = {}): Promise<Copied> {
  const resumed_at = await compare(from, to, options);
  const { events, streams } = await copyRest(from, to, resumed_at, options);
  const compared = await compare(from, to, options);
  if (compared !== events) throw new ImportRefused(`The other log has ${compared} of ${events} events.`);
  return { events, streams, resumed_at };
}

/** Each must equal the event at its place here. */
async function compare(from: EventStore, to: EventStore, { signal, on_progress }: CopyOptions): Promise<number> {
  const ours = eventsOf(from, signal);
  let seen = 0;
  for await (const theirs of eventsOf(to, signal)) {
    const { value: event } = await ours.next();
    const difference = event === undefined ? 'is not in this log' : differenceOf(event, theirs);
    if (difference !== undefined)
      throw new ImportRefused(
        `The other log holds something else: event ${theirs.revision} of its stream ${theirs.stream} ${difference}.`,
      );
    seen += 1;
    on_progress?.('comparing', seen, seen);
  }
  await ours.return(undefined);
  return seen;
}

function differenceOf(ours: StoredEvent, theirs: StoredEvent): string | undefined {
  if (ours.stream !== theirs.stream || ours.revision !== theirs.revision)
    return `stands where this log has event ${ours.revision} of ${ours.stream}`;
  return isSame(ours, theirs) ? undefined : 'is another one here';
}

export function isSame(ours: StoredEvent, theirs: StoredEvent): boolean {
  return (
    ours.id === theirs.id &&
    ours.type === theirs.type &&
    ours.bytes.data.equals(theirs.bytes.data) &&
    ours.bytes.metadata.equals(theirs.bytes.metadata)
  );
}

async function copyRest(
  from: EventStore,
  to: EventStore,
  there: number,
  { signal, on_progress }: CopyOptions,
): Promise<{ events: number; streams: number }> {
  const streams = new Set<string>();
  let events = 0;
  const appends = appendTogether(to, signal, () => on_progress?.('copying', events, events));
  for await (const event of eventsOf(from, signal)) {
    streams.add(event.stream);
    if (events >= there) await appends.add(event);
    events += 1;
  }
  await appends.flush();
  return { events, streams: streams.size };
}

/** One append for what follows in one stream; `add` makes the one before where the event does not fit. @throws ImportRefused */
export function appendTogether(to: EventStore, signal?: AbortSignal, on_append: () => void = () => {}) {
  let run: StoredEvent[] = [];
  let bytes = 0;
  const flush = async () => {
    const [first] = run;
    if (first === undefined) return;
    signal?.throwIfAborted();
    await appendSettled(to, first.stream, first.revision - 1, run.map(copyOf));
    on_append();
    run = [];
    bytes = 0;
  };
  return {
    async add(event: StoredEvent) {
      const size = event.bytes.data.length + event.bytes.metadata.length + 2 * event.type.length;
      const fits = run.length < BATCH_EVENTS_MAX && bytes + size <= BATCH_BYTES_MAX;
      if (run[0]?.stream !== event.stream || !fits) await flush();
      run.push(event);
      bytes += size;
    },
    flush,
  };
}

function copyOf({ id, type, data, metadata, bytes }: StoredEvent): NewEvent {
  return { id, type, data, metadata, json: { data: bytes.data.toString(), metadata: bytes.metadata.toString() } };
}

export async function* eventsOf(store: EventStore, signal?: AbortSignal): AsyncGenerator<StoredEvent> {
  for await (const portion of store.readAll(undefined, { stream_prefixes: RECORD_PREFIXES, signal }))
    for (const message of portion) if (message.kind === 'event') yield message.event;
}
