/** Requests made while a read runs are read together afterwards: a repeated import asks for tens of thousands. */
import type { EventStore } from '../event-store/event-store.js';
import { decode } from '../ledger/codec.js';
import type { RecordedEvent } from '../ledger/events.js';

const READS_MAX = 16;
const RUN_MAX = 500;
const GAP_MAX = 8;

/** @throws where the log cannot be read or has no such event */
export type LoadEvent = (position: number) => Promise<RecordedEvent>;

type Asked = Map<number, PromiseWithResolvers<RecordedEvent>>;

export function eventLoader(store: EventStore, stream: string): LoadEvent {
  let asked: Asked = new Map();
  let reading = false;

  async function readAll(): Promise<void> {
    while (asked.size > 0) {
      const now = asked;
      asked = new Map();
      const runs = runsOf([...now.keys()]).values();
      const readRuns = async () => {
        for (const run of runs) await readRun(run, now);
      };
      await Promise.all(Array.from({ length: READS_MAX }, readRuns));
    }
    reading = false;
  }
  async function readRun({ first, last }: Run, wanted: Asked): Promise<void> {
    let reason = 'the log has no such event';
    try {
      for await (const event of store.read(stream, first, { max: last - first + 1 }))
        wanted.get(event.revision)?.resolve(decode(event));
    } catch (error) {
      reason = (error as Error).message;
    }
    for (let position = first; position <= last; position += 1)
      wanted.get(position)?.reject(new Error(`${stream} at ${position}: ${reason}`));
  }

  return (position) => {
    const waiting = asked.get(position) ?? Promise.withResolvers<RecordedEvent>();
    asked.set(position, waiting);
    if (!reading) {
      reading = true;
      setImmediate(() => void readAll());
    }
    return waiting.promise;
  };
}

interface Run {
  first: number;
  last: number;
}
function runsOf(positions: number[]): Run[] {
  const runs: Run[] = [];
  for (const position of positions.sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && position - run.last <= GAP_MAX && position - run.first < RUN_MAX) run.last = position;
    else runs.push({ first: position, last: position });
  }
  return runs;
}
