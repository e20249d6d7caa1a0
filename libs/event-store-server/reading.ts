import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { encodeEvent } from './event-encoding.js';
import type { Log, Page, PageLimits } from './log.js';
import { DamagedLog, type RecordedEvent } from './record.js';
import { encodeUuid, invalid, Refusal, readFrom, streamDeleted, streamIdentifier, streamName } from './wire.js';
import { drained, isOpen } from './write-pressure.js';

/** Answers are encoded here and go out as they are. */
type Read = ServerWritableStream<streams.ReadReq, Uint8Array>;
type Options = streams.ReadReq.Options;

const page_limits: PageLimits = { events_max: 256, bytes_max: 1024 * 1024 };
/** The real server's window when the client names none. */
const default_filter_window = 32;

/** One place to read from: a stream or `$all`, one direction. */
interface Source {
  start: number;
  /** Name of the stream when it holds nothing to read. */
  missing?: string;
  page(from: number, limits: PageLimits): Page;
  /** Throws when the place can no longer be read. */
  check(): void;
}

interface Filter {
  matches(event: RecordedEvent): boolean;
  /** Events considered between two checkpoints. */
  checkpoint_interval: number;
}

/** What is read of a log. */
export type ReadableLog = Pick<Log, 'end' | 'streamStatus' | 'readStream' | 'readAll' | 'eventAt' | 'watch'>;

/** Read, in its eight forms: stream or `$all`, both directions, once or as a subscription, filtered or not. */
export class Reading {
  /** `report` gets one sentence when the log cannot be read. */
  constructor(
    private readonly log: ReadableLog,
    private readonly report: (sentence: string) => void,
  ) {}

  async read(call: Read): Promise<void> {
    try {
      const options = call.request.getOptions();
      if (!options) throw invalid('Required field Options not set.');
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
    if (source.missing !== undefined) {
      const missing = new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(source.missing));
      await send(call, new streams.ReadResp().setStreamNotFound(missing).serializeBinary());
      return;
    }
    let left = readFrom(options.getCount());
    let next = source.start;
    source.check();
    while (left > 0) {
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
      await breath();
    }
  }

  private async subscribe(call: Read, options: Options): Promise<void> {
    if (options.getReadDirection() !== streams.ReadReq.Options.ReadDirection.FORWARDS)
      throw invalid('A subscription reads forwards.');
    const source = this.sourceOf(options, true);
    const filter = filterOf(options);
    source.check();
    const confirmation = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(crypto.randomUUID());
    await send(call, new streams.ReadResp().setConfirmation(confirmation).serializeBinary());

    const wakeup = new Wakeup(this.log, call);
    let live = false;
    let considered = 0;
    let next = source.start;
    let last: RecordedEvent | undefined;
    try {
      while (isOpen(call)) {
        source.check();
        const page = source.page(next, page_limits);
        for (const event of page.events) {
          if (!filter || filter.matches(event)) await send(call, this.encode(event, options));
          considered += 1;
          last = event;
          if (filter && considered % filter.checkpoint_interval === 0) await send(call, checkpoint(event));
          if (!isOpen(call)) return;
        }
        next = page.next;
        if (!page.end) {
          live = false;
          await breath();
          continue;
        }
        if (!live) {
          if (filter && last) await send(call, checkpoint(last));
          await send(call, new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()).serializeBinary());
          live = true;
        }
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
    const { last, readable } = this.log.streamStatus(name);
    const start = options.hasRevision()
      ? readFrom(options.getRevision()) + (exclusive ? 1 : 0)
      : options.hasStart()
        ? 0
        : backwards
          ? last
          : last + 1;
    return {
      start,
      missing: readable === 'not_found' ? name : undefined,
      page: (from, limits) => this.log.readStream(name, from, backwards, limits),
      check: () => {
        if (this.log.streamStatus(name).readable === 'deleted') throw streamDeleted(name);
      },
    };
  }

  private allSource(options: streams.ReadReq.Options.AllOptions, backwards: boolean, exclusive: boolean): Source {
    const position = options.getPosition();
    const start = position
      ? readFrom(position.getCommitPosition()) + (exclusive ? 1 : 0)
      : options.hasStart()
        ? 0
        : this.log.end;
    return { start, page: (from, limits) => this.log.readAll(from, backwards, limits), check: () => {} };
  }

  private encode(event: RecordedEvent, options: Options): Buffer {
    const structured_ids = !options.getUuidOption()?.hasString();
    const resolved = options.getResolveLinks() && event.type === '$>' ? this.target(event) : undefined;
    return encodeEvent(event, resolved, (id) => encodeUuid(id, structured_ids));
  }

  /** What a link points to (`N@stream`), null when there is no such event. */
  private target(link: RecordedEvent): RecordedEvent | null {
    const text = Buffer.from(link.data).toString('utf8');
    const at = text.indexOf('@');
    const revision = Number(text.slice(0, at));
    if (at < 1 || !Number.isSafeInteger(revision) || revision < 0) return null;
    return this.log.eventAt(text.slice(at + 1), revision) ?? null;
  }
}

/** Wakes a subscription when something was committed since it last looked, or when its client is gone. */
class Wakeup {
  private changed = false;
  private wake: (() => void) | undefined;
  readonly stop: () => void;

  constructor(log: ReadableLog, call: Read) {
    const ring = () => {
      this.changed = true;
      this.wake?.();
    };
    const unwatch = log.watch(ring);
    call.on('close', ring);
    this.stop = () => {
      unwatch();
      call.off('close', ring);
    };
  }

  async next(): Promise<void> {
    if (!this.changed) await new Promise<void>((resolve) => (this.wake = resolve));
    this.changed = false;
    this.wake = undefined;
  }
}

/** Writes at the client's pace; false when the client is gone. */
async function send(call: Read, response: Uint8Array): Promise<boolean> {
  if (!isOpen(call)) return false;
  if (!call.write(response)) await drained(call);
  return isOpen(call);
}

/** Lets waiting appends and other readers go first. */
function breath(): Promise<void> {
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
  const window = filter.hasMax() ? filter.getMax() : default_filter_window;
  const checkpoint_interval = window * filter.getCheckpointintervalmultiplier();
  if (checkpoint_interval < 1) throw invalid('The checkpoint interval must be at least 1.');
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
    throw invalid(`'${expression.getRegex()}' is not a regular expression.`);
  }
}
