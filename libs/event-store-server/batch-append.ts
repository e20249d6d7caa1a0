import type shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { batchResponse, batchStatus } from './append-answers.js';
import type { Expected } from './append-decision.js';
import type { AppendLimits } from './append-limits.js';
import { type AppendAnswer, DeadlinePassed, QueueFull } from './append-queue.js';
import { appendSizeOf, expectedRevision, NIL_UUID, proposedEvent, streamName, uuidText } from './messages.js';
import type { ProposedEvent } from './record.js';
import { invalid, Malformed, Refusal, TooLarge } from './refusals.js';
import { drained, isOpen } from './write-pressure.js';

export type BatchAppend = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

export interface GatheredAppend {
  stream: string;
  expected: Expected;
  events: ProposedEvent[];
  bytes: number;
  deadline_ms: number;
}

interface Unfinished extends GatheredAppend {
  identifier: shared.StreamIdentifier | undefined;
  expire(): void;
  timer?: NodeJS.Timeout;
}

type Submit = (append: GatheredAppend, settle: (answer: AppendAnswer | Error) => void) => void;

/** Answers each correlation id exactly once. */
export class BatchAppendCall {
  private readonly unfinished = new Map<string, Unfinished>();
  private open = 0;
  private ended = false;

  constructor(
    private readonly call: BatchAppend,
    private readonly limits: AppendLimits,
    private readonly submit: Submit,
  ) {}

  async run(): Promise<void> {
    const { call } = this;
    try {
      // The default would destroy the call with its last request, while answers are still due.
      for await (const request of call.iterator({ destroyOnReturn: false }) as AsyncIterable<streams.BatchAppendReq>) {
        this.open += 1;
        this.takeChunk(request);
        // A client that does not read its answers may not send more.
        if (call.writableNeedDrain) await drained(call);
      }
    } catch (error) {
      if (error instanceof Refusal && isOpen(call)) call.emit('error', error);
    }
    this.ended = true;
    for (const append of this.unfinished.values()) append.expire();
    this.endWhenDone();
  }

  private endWhenDone(): void {
    if (this.ended && this.open === 0 && isOpen(this.call)) this.call.end();
  }

  private done(): void {
    this.open -= 1;
    this.endWhenDone();
  }

  private takeChunk(request: streams.BatchAppendReq): void {
    const id = request.getCorrelationId();
    let correlation = '';
    let identifier = request.getOptions()?.getStreamIdentifier();
    const send = (response: streams.BatchAppendResp) => {
      if (isOpen(this.call)) this.call.write(response.setCorrelationId(id).setStreamIdentifier(identifier));
    };
    const respond = (response: streams.BatchAppendResp) => {
      send(response);
      this.done();
    };
    try {
      correlation = uuidText(id);
      identifier ??= this.unfinished.get(correlation)?.identifier;
      if (correlation === NIL_UUID) throw new Malformed('Empty correlationId provided.');
      const expire = () => {
        this.drop(correlation);
        send(new streams.BatchAppendResp().setError(batchStatus(tooLate())));
      };
      const append = this.gather(request, correlation, expire);
      if (append) this.submit(append, (answer) => respond(batchResponse(append.stream, append.expected, answer)));
      else this.done();
    } catch (error) {
      this.drop(correlation);
      respond(new streams.BatchAppendResp().setError(batchStatus(error as Error)));
    }
  }

  private gather(request: streams.BatchAppendReq, correlation: string, expire: () => void): Unfinished | undefined {
    const options = request.getOptions();
    const append = this.unfinished.get(correlation) ?? (options && this.begin(options, expire));
    if (!append) return undefined;
    for (const message of request.getProposedMessagesList()) {
      const event = proposedEvent(message);
      append.events.push(event);
      append.bytes += appendSizeOf(event);
    }
    if (append.bytes > this.limits.append_bytes_max) throw new TooLarge(this.limits.append_bytes_max);
    this.drop(correlation);
    if (request.getIsFinal()) return append;
    if (this.unfinished.size >= this.limits.unfinished_max) throw new QueueFull('Too many unfinished appends.');
    this.unfinished.set(correlation, append);
    append.timer = setTimeout(append.expire, append.deadline_ms - Date.now());
    return undefined;
  }

  private drop(correlation: string): void {
    clearTimeout(this.unfinished.get(correlation)?.timer);
    this.unfinished.delete(correlation);
  }

  private begin(options: streams.BatchAppendReq.Options, expire: () => void): Unfinished {
    const stream = streamName(options.getStreamIdentifier());
    const now_ms = Date.now();
    const deadline = options.getDeadline()?.toDate().getTime() ?? Number.POSITIVE_INFINITY;
    if (deadline <= now_ms) throw tooLate();
    const deadline_ms = Math.min(deadline, now_ms + this.limits.wait_ms_max);
    const identifier = options.getStreamIdentifier();
    return { stream, identifier, expected: expectedOfBatch(options), deadline_ms, events: [], bytes: 0, expire };
  }
}

const tooLate = () => new DeadlinePassed('The deadline passed before the append was whole.');

function expectedOfBatch(options: streams.BatchAppendReq.Options): Expected {
  if (options.hasStreamPosition()) return expectedRevision(options.getStreamPosition());
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  if (options.hasAny()) return 'any';
  throw invalid('Required field ExpectedStreamPosition not set.');
}
