import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { encodeEvent } from './event-encoding.js';
import type { Log } from './log.js';
import { encodeUuid, INT64_MAX, readFrom, streamIdentifier, streamName } from './messages.js';
import type { Page, PageLimits } from './pages.js';
import { DamagedLog, type RecordedEvent } from './record.js';
import { invalid, Malformed, Refusal, streamDeleted } from './refusals.js';
import { drained, isOpen } from './write-pressure.js';

type Read = ServerWritableStream<streams.ReadReq, Uint8Array>;
type Options = streams.ReadReq.Options;

const page_limits: PageLimits = { events_max: 256, bytes_max: 1024 * 1024 };
const DEFAULT_FILTER_WINDOW = 32;

interface Source {
  start: number;
  /** Caught up at once, also on a stream that does not exist. */
  from_end: boolean;
  missing(): string | undefined;
  page(from: number, limits: PageLimits): Page;
  live_page(from: number, limits: PageLimits): Page;
}

interface Filter {
  matches(event: RecordedEvent): boolean;
  checkpoint_interval: number;
}

export type ReadableLog = Pick<
  Log,
  'end' | 'streamStatus' | 'readStream' | 'readWritten' | 'readAll' | 'eventAt' | 'watch'
>;

export class Reading {
  constructor(
    private readonly log: ReadableLog,
    private readonly report: (sentence: string) => void,
  ) {}

  async read(call: Read): Promise<void> {
    try {
      const options = call.request.getOptions();
      if (!options) throw new Malformed('Required field Options not set.');
      if (!options.hasFilter() && !options.hasNoFilter()) throw invalid('The read says neither filter nor no filter.');
      if (options.hasSubscription()) await this.subscribe(call, options);
      else if (options.hasCount()) await this.readOnce(call, options);
      else throw invalid('The read has neither a count nor a subscription.');
      if (isOpen(call)) call.end();
    } catch (error) {
      if (isOpen(call)) call.emit('error', this.refusalOf(error as Error));
    }
  }

  private async readOnce(call: Read, options: Options): Promise<void> {
    const source = this.sourceOf(options, false);
    const filter = filterOf(options);
    let left = readFrom(options.getCount());
    let next = source.start;
    for (;;) {
      // Deleted between two pages: the read must not end as if complete.
      const missing = source.missing();
      if (missing !== undefined) {
        const not_found = new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(missing));
        await send(call, new streams.ReadResp().setStreamNotFound(not_found).serializeBinary());
        return;
      }
      if (left === 0) return;
      const events_max = filter ? page_limits.events_max : Math.min(page_limits.events_max, left);
      const page = source.page(next, { ...page_limits, events_max });
      for (const event of page.events) {
        if (filter && !filter.matches(event)) continue;
        if (!(await send(call, this.encode(event, options)))) return;
        left -= 1;
        if (left === 0) return;
      }
      if (page.end) return;
      next = page.next;
      await nextTurn();
    }
  }

  private async subscribe(call: Read, options: Options): Promise<void> {
    if (options.getReadDirection() !== streams.ReadReq.Options.ReadDirection.FORWARDS)
      throw invalid('A subscription reads forwards.');
    const source = this.sourceOf(options, true);
    const filter = filterOf(options);
    source.missing();
    const confirmation = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(crypto.randomUUID());
    await send(call, new streams.ReadResp().setConfirmation(confirmation).serializeBinary());

    const wakeup = new Wakeup(this.log, call);
    let live = false;
    let considered = 0;
    let next = source.start;
    let last: RecordedEvent | undefined;
    const goLive = async () => {
      if (filter && last) await send(call, checkpoint(last));
      await send(call, new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()).serializeBinary());
      live = true;
    };
    try {
      if (source.from_end) await goLive();
      while (isOpen(call)) {
        if (!live && source.missing() !== undefined) {
          await wakeup.next();
          continue;
        }
        const page = live ? source.live_page(next, page_limits) : source.page(next, page_limits);
        for (const event of page.events) {
          if (!filter || filter.matches(event)) await send(call, this.encode(event, options));
          if (event.tombstone && options.hasStream()) throw streamDeleted(event.stream);
          considered += 1;
          last = event;
          if (filter && considered % filter.checkpoint_interval === 0) await send(call, checkpoint(event));
          if (!isOpen(call)) return;
        }
        next = page.next;
        if (!page.end) {
          await nextTurn();
          continue;
        }
        if (!live) await goLive();
        await wakeup.next();
      }
    } finally {
      wakeup.stop();
    }
  }

  private refusalOf(error: Error): Refusal {
    if (error instanceof Refusal) return error;
    this.report(error.message);
    if (error instanceof DamagedLog) return new Refusal(status.DATA_LOSS, error.message);
    return new Refusal(status.UNKNOWN, 'The read failed.');
  }

  private sourceOf(options: Options, exclusive: boolean): Source {
    const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
    const stream = options.getStream();
    if (stream) return this.streamSource(stream, backwards, exclusive);
    const all = options.getAll();
    if (!all) throw invalid('The read names neither a stream nor $all.');
    return this.allSource(all, backwards, exclusive);
  }

  private streamSource(options: streams.ReadReq.Options.StreamOptions, backwards: boolean, exclusive: boolean): Source {
    const name = streamName(options.getStreamIdentifier());
    const { last } = this.log.streamStatus(name);
    const from_end = options.hasEnd();
    if (!options.hasRevision() && !options.hasStart() && !from_end)
      throw new Malformed('The read has no place to start.');
    const start = options.hasRevision()
      ? readFrom(options.getRevision()) + (exclusive ? 1 : 0)
      : options.hasStart()
        ? 0
        : backwards
          ? last
          : last + 1;
    return {
      start,
      from_end,
      missing: () => {
        const { readable } = this.log.streamStatus(name);
        if (readable === 'deleted') throw streamDeleted(name);
        return readable === 'not_found' ? name : undefined;
      },
      page: (from, limits) => this.log.readStream(name, from, backwards, limits),
      live_page: (from, limits) => this.log.readWritten(name, from, limits),
    };
  }

  private allSource(options: streams.ReadReq.Options.AllOptions, backwards: boolean, exclusive: boolean): Source {
    const position = options.getPosition();
    if (!position && !options.hasStart() && !options.hasEnd()) throw new Malformed('The read has no place to start.');
    const start = position
      ? readFrom(position.getCommitPosition()) + (exclusive ? 1 : 0)
      : options.hasStart()
        ? 0
        : this.log.end;
    const page: Source['page'] = (from, limits) => this.log.readAll(from, backwards, limits);
    return { start, from_end: false, missing: () => undefined, page, live_page: page };
  }

  private encode(event: RecordedEvent, options: Options): Buffer {
    const structured_ids = !options.getUuidOption()?.hasString();
    const resolved = options.getResolveLinks() ? this.target(event) : undefined;
    return encodeEvent(event, resolved, (id) => encodeUuid(id, structured_ids));
  }

  /** Of a link (`N@stream`): null when there is no such event; undefined for other events. */
  private target({ type, data }: RecordedEvent): RecordedEvent | null | undefined {
    if (type !== '$>') return undefined;
    const [, digits, target] = /^(\d+)(?:@(.*))?$/s.exec(Buffer.from(data).toString('utf8')) ?? [];
    if (digits === undefined || BigInt(digits) > INT64_MAX) return undefined;
    return target === undefined ? null : (this.log.eventAt(target, readFrom(digits)) ?? null);
  }
}

class Wakeup {
  private changed = false;
  private wake: (() => void) | undefined;
  readonly stop: () => void;

  constructor(log: ReadableLog, call: Read) {
    const notify = () => {
      this.changed = true;
      this.wake?.();
    };
    const unwatch = log.watch(notify);
    call.on('close', notify);
    this.stop = () => {
      unwatch();
      call.off('close', notify);
    };
  }

  async next(): Promise<void> {
    if (!this.changed) await new Promise<void>((resolve) => (this.wake = resolve));
    this.changed = false;
    this.wake = undefined;
  }
}

async function send(call: Read, response: Uint8Array): Promise<boolean> {
  if (!isOpen(call)) return false;
  if (!call.write(response)) await drained(call);
  return isOpen(call);
}

/** Lets waiting appends and other readers run. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function checkpoint(event: RecordedEvent): Uint8Array {
  const position = String(event.position);
  const reached = new streams.ReadResp.Checkpoint().setCommitPosition(position).setPreparePosition(position);
  return new streams.ReadResp().setCheckpoint(reached).serializeBinary();
}

function filterOf(options: Options): Filter | undefined {
  const filter = options.getFilter();
  if (!filter) return undefined;
  if (!options.hasAll()) throw invalid('Only $all can be filtered.');
  const by_stream = filter.getStreamIdentifier();
  const expression = by_stream ?? filter.getEventType();
  if (!expression) throw invalid('The filter names neither streams nor event types.');
  const test = testOf(expression);
  if (!filter.hasMax() && !filter.hasCount()) throw invalid('The filter has no window.');
  const window = filter.hasMax() ? filter.getMax() : DEFAULT_FILTER_WINDOW;
  const checkpoint_interval = window * filter.getCheckpointintervalmultiplier();
  if (checkpoint_interval < 1 && options.hasSubscription())
    throw new Malformed('The checkpoint interval must be at least 1.');
  return { matches: (event) => test(by_stream ? event.stream : event.type), checkpoint_interval };
}

function testOf(expression: streams.ReadReq.Options.FilterOptions.Expression): (text: string) => boolean {
  if (expression.getRegex() === '') {
    const prefixes = expression.getPrefixList();
    return (text) => prefixes.some((prefix) => text.startsWith(prefix));
  }
  try {
    const regex = new RegExp(expression.getRegex());
    return (text) => regex.test(text);
  } catch {
    throw new Malformed(`'${expression.getRegex()}' is not a regular expression.`);
  }
}
