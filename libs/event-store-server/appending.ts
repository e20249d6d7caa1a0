import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expected } from './append-decision.js';
import { type AppendAnswer, type AppendQueue, DeadlinePassed, QueueFull } from './append-queue.js';
import { LogFull } from './log-file.js';
import { DamagedLog, type ProposedEvent } from './record.js';
import { hides, parseRetention } from './retention.js';
import {
  AccessDenied,
  appendSizeOf,
  batchError,
  expectedRevision,
  invalid,
  Malformed,
  nil_uuid,
  proposedEvent,
  Refusal,
  streamDeleted,
  streamIdentifier,
  streamName,
  TooLarge,
  uuidText,
  wrongExpectedVersion,
} from './wire.js';
import { drained, isOpen } from './write-pressure.js';

export interface AppendLimits {
  /** Data + metadata + 2 × type length of all events of one append. */
  append_bytes_max: number;
  /** Appends of one BatchAppend call whose last chunk has not arrived. */
  unfinished_max: number;
  /** An append waits no longer than this, whatever deadline the client names. */
  wait_ms_max: number;
}

export const default_append_limits: AppendLimits = {
  append_bytes_max: 1024 * 1024,
  unfinished_max: 64,
  wait_ms_max: 60_000,
};

type Append = ServerReadableStream<streams.AppendReq, streams.AppendResp>;
type BatchAppend = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

/** An append whose chunks are still arriving; answered when its deadline passes before the last one comes. */
interface Unfinished {
  timer?: NodeJS.Timeout;
  expire(): void;
  identifier: shared.StreamIdentifier | undefined;
  stream: string;
  expected: Expected;
  deadline_ms: number;
  events: ProposedEvent[];
  bytes: number;
}

/** The four calls that write: Append, BatchAppend, Delete, Tombstone. */
export class Appending {
  constructor(
    private readonly queue: Pick<AppendQueue, 'append'>,
    private readonly limits: AppendLimits,
    private readonly keeps: (stream: string) => boolean = () => false,
  ) {}

  async append(call: Append, answer: sendUnaryData<streams.AppendResp>): Promise<void> {
    try {
      const { stream, expected, events, bytes } = await this.readAppend(call);
      this.refuseToHide(stream, events);
      this.queue.append({ kind: 'append', stream, expected, events }, bytes, deadlineOf(call), (outcome) => {
        if (outcome instanceof Error) answer(callError(outcome));
        else if (outcome.kind === 'stream_deleted') answer(streamDeleted(stream));
        else answer(null, appendResponse(expected, outcome));
      });
    } catch (error) {
      answer(callError(error as Error));
    }
  }

  private async readAppend(call: Append) {
    let options: { stream: string; expected: Expected } | undefined;
    const events: ProposedEvent[] = [];
    let bytes = 0;
    for await (const request of call as AsyncIterable<streams.AppendReq>) {
      const message = request.getProposedMessage();
      if (!options) {
        const sent = request.getOptions();
        if (!sent) throw new Malformed('The first message of an append must be its options.');
        options = { stream: streamName(sent.getStreamIdentifier()), expected: expectedOfAppend(sent) };
      } else if (message) {
        const event = proposedEvent(message);
        bytes += appendSizeOf(event);
        if (bytes > this.limits.append_bytes_max) throw new TooLarge(this.limits.append_bytes_max);
        events.push(event);
      } else throw new Malformed('Each message of an append but the first must be an event.');
    }
    if (!options) throw new Malformed('The append has no options.');
    return { ...options, events, bytes };
  }

  delete(
    call: ServerUnaryCall<streams.DeleteReq, streams.DeleteResp>,
    answer: sendUnaryData<streams.DeleteResp>,
  ): void {
    this.end('delete', call.request.getOptions(), deadlineOf(call), (error, position) => {
      if (error) return answer(error);
      const response = new streams.DeleteResp();
      if (position === undefined) response.setNoPosition(new shared.Empty());
      else response.setPosition(placed(new streams.DeleteResp.Position(), position));
      answer(null, response);
    });
  }

  tombstone(
    call: ServerUnaryCall<streams.TombstoneReq, streams.TombstoneResp>,
    answer: sendUnaryData<streams.TombstoneResp>,
  ): void {
    this.end('tombstone', call.request.getOptions(), deadlineOf(call), (error, position) => {
      if (error) return answer(error);
      const response = new streams.TombstoneResp();
      if (position === undefined) response.setNoPosition(new shared.Empty());
      else response.setPosition(placed(new streams.TombstoneResp.Position(), position));
      answer(null, response);
    });
  }

  private end(
    kind: 'delete' | 'tombstone',
    options: streams.DeleteReq.Options | streams.TombstoneReq.Options | undefined,
    deadline_ms: number,
    done: (error: Refusal | null, position?: number) => void,
  ): void {
    try {
      if (!options) throw new Malformed('Required field Options not set.');
      const stream = streamName(options.getStreamIdentifier());
      const expected = expectedOfAppend(options);
      if (this.keeps(stream) || (stream.startsWith('$$') && this.keeps(stream.slice(2)))) throw kept(stream);
      this.queue.append({ kind, stream, expected, events: [] }, 0, deadline_ms, (outcome) => {
        if (outcome instanceof Error) done(callError(outcome));
        else if (outcome.kind === 'stream_deleted') done(streamDeleted(stream));
        else if (outcome.kind === 'wrong_expected_version')
          done(wrongExpectedVersion(stream, expected, outcome.current));
        else done(null, outcome.position);
      });
    } catch (error) {
      done(callError(error as Error));
    }
  }

  /** What is kept cannot be hidden by its metadata either. */
  private refuseToHide(stream: string, events: readonly ProposedEvent[]): void {
    if (!stream.startsWith('$$') || !this.keeps(stream.slice(2))) return;
    if (events.some((event) => hides(parseRetention(stream.slice(2), event)))) throw kept(stream.slice(2));
  }

  /** Answers each correlation id exactly once, when its append is durable or refused. */
  async batchAppend(call: BatchAppend): Promise<void> {
    const unfinished = new Map<string, Unfinished>();
    const answer = (response: streams.BatchAppendResp) => {
      if (isOpen(call)) call.write(response);
    };
    let open = 0;
    let ended = false;
    const endWhenDone = () => {
      if (ended && open === 0 && isOpen(call)) call.end();
    };
    try {
      // The answers still go out when the requests have ended.
      for await (const request of call.iterator({ destroyOnReturn: false }) as AsyncIterable<streams.BatchAppendReq>) {
        open += 1;
        this.takeChunk(request, unfinished, answer, () => {
          open -= 1;
          endWhenDone();
        });
        // Who does not read the answers may not send more.
        if (call.writableNeedDrain) await drained(call);
      }
    } catch (error) {
      // A client that goes away ends the loop too; nobody waits for that answer.
      if (error instanceof Refusal && isOpen(call)) call.emit('error', error);
    }
    ended = true;
    // Their last chunk can come no more.
    for (const one of unfinished.values()) one.expire();
    endWhenDone();
  }

  /** Takes one chunk. `done` is called once, after the answer if this chunk gets one. */
  private takeChunk(
    request: streams.BatchAppendReq,
    unfinished: Map<string, Unfinished>,
    answer: (response: streams.BatchAppendResp) => void,
    done: () => void,
  ): void {
    const id = request.getCorrelationId();
    let correlation = '';
    let identifier = request.getOptions()?.getStreamIdentifier();
    const send = (response: streams.BatchAppendResp) =>
      answer(response.setCorrelationId(id).setStreamIdentifier(identifier));
    const respond = (response: streams.BatchAppendResp) => {
      send(response);
      done();
    };
    try {
      correlation = uuidText(id);
      identifier ??= unfinished.get(correlation)?.identifier;
      if (correlation === nil_uuid) throw new Malformed('Empty correlationId provided.');
      const expire = () => {
        this.drop(correlation, unfinished);
        send(new streams.BatchAppendResp().setError(batchStatus(tooLate())));
      };
      const one = this.gather(request, correlation, unfinished, expire);
      if (!one) {
        done();
        return;
      }
      const { stream, expected, events, bytes, deadline_ms } = one;
      this.refuseToHide(stream, events);
      this.queue.append({ kind: 'append', stream, expected, events }, bytes, deadline_ms, (outcome) =>
        respond(batchResponse(stream, expected, outcome)),
      );
    } catch (error) {
      this.drop(correlation, unfinished);
      respond(new streams.BatchAppendResp().setError(batchStatus(error as Error)));
    }
  }

  /** Adds a chunk to its append and returns the append when this was its last chunk. */
  private gather(
    request: streams.BatchAppendReq,
    correlation: string,
    unfinished: Map<string, Unfinished>,
    expire: () => void,
  ): Unfinished | undefined {
    const options = request.getOptions();
    const one = unfinished.get(correlation) ?? (options && this.begin(options, expire));
    // A chunk of an append that was refused before: answered already.
    if (!one) return undefined;
    for (const message of request.getProposedMessagesList()) {
      const event = proposedEvent(message);
      one.events.push(event);
      one.bytes += appendSizeOf(event);
    }
    if (one.bytes > this.limits.append_bytes_max) throw new TooLarge(this.limits.append_bytes_max);
    this.drop(correlation, unfinished);
    if (request.getIsFinal()) return one;
    if (unfinished.size >= this.limits.unfinished_max) throw new QueueFull('Too many unfinished appends.');
    unfinished.set(correlation, one);
    one.timer = setTimeout(one.expire, one.deadline_ms - Date.now());
    return undefined;
  }

  private drop(correlation: string, unfinished: Map<string, Unfinished>): void {
    clearTimeout(unfinished.get(correlation)?.timer);
    unfinished.delete(correlation);
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

function expectedOfAppend(
  options: streams.AppendReq.Options | streams.DeleteReq.Options | streams.TombstoneReq.Options,
): Expected {
  if (options.hasRevision()) return expectedRevision(options.getRevision());
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  if (options.hasAny()) return 'any';
  throw invalid('Required field ExpectedStreamRevision not set.');
}

function expectedOfBatch(options: streams.BatchAppendReq.Options): Expected {
  if (options.hasStreamPosition()) return expectedRevision(options.getStreamPosition());
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  if (options.hasAny()) return 'any';
  throw invalid('Required field ExpectedStreamPosition not set.');
}

function kept(stream: string): AccessDenied {
  return new AccessDenied(
    `The events of ${stream} are kept: this event store was not started with the right to delete them.`,
  );
}

function deadlineOf(call: { getDeadline(): Date | number }): number {
  return Number(call.getDeadline());
}

function placed<T extends { setCommitPosition(value: string): T; setPreparePosition(value: string): T }>(
  message: T,
  position: number,
): T {
  return message.setCommitPosition(String(position)).setPreparePosition(String(position));
}

function appendResponse(
  expected: Expected,
  outcome: Exclude<AppendAnswer, { kind: 'stream_deleted' }>,
): streams.AppendResp {
  if (outcome.kind === 'wrong_expected_version') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (outcome.current < 0) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(outcome.current));
    if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
    else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
    else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
    else wrong.setExpectedRevision(String(expected));
    return new streams.AppendResp().setWrongExpectedVersion(wrong);
  }
  const success = new streams.AppendResp.Success();
  if (outcome.revision < 0) success.setNoStream(new shared.Empty());
  else success.setCurrentRevision(String(outcome.revision));
  if (outcome.position === undefined) success.setNoPosition(new shared.Empty());
  else success.setPosition(placed(new streams.AppendResp.Position(), outcome.position));
  return new streams.AppendResp().setSuccess(success);
}

function batchResponse(stream: string, expected: Expected, outcome: AppendAnswer | Error): streams.BatchAppendResp {
  const response = new streams.BatchAppendResp();
  if (outcome instanceof Error) return response.setError(batchStatus(outcome));
  if (outcome.kind === 'stream_deleted') {
    const detail = new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(stream));
    return response.setError(batchError(5, 'Stream deleted', 'event_store.client.StreamDeleted', detail));
  }
  if (outcome.kind === 'wrong_expected_version')
    return response.setError(wrongVersionStatus(expected, outcome.current));
  const success = new streams.BatchAppendResp.Success();
  if (outcome.revision < 0) success.setNoStream(new emptyPb.Empty());
  else success.setCurrentRevision(String(outcome.revision));
  if (outcome.position === undefined) success.setNoPosition(new emptyPb.Empty());
  else success.setPosition(placed(new shared.AllStreamPosition(), outcome.position));
  return response.setSuccess(success);
}

function wrongVersionStatus(expected: Expected, current: number) {
  const detail = new shared.WrongExpectedVersion();
  if (current < 0) detail.setCurrentNoStream(new emptyPb.Empty());
  else detail.setCurrentStreamRevision(String(current));
  if (expected === 'any') detail.setExpectedAny(new emptyPb.Empty());
  else if (expected === 'stream_exists') detail.setExpectedStreamExists(new emptyPb.Empty());
  else if (expected === 'no_stream') detail.setExpectedNoStream(new emptyPb.Empty());
  else detail.setExpectedStreamPosition(String(expected));
  return batchError(6, 'Wrong expected version', 'event_store.client.WrongExpectedVersion', detail);
}

/** How BatchAppend names an error of one append. The client shows the message of a detail it does not know. */
function batchStatus(error: Error) {
  const { code, message } = callError(error);
  if (error instanceof DeadlinePassed)
    return batchError(4, message, 'event_store.client.Timeout', new shared.Timeout());
  if (error instanceof AccessDenied)
    return batchError(7, message, 'event_store.client.AccessDenied', new shared.AccessDenied());
  if (error instanceof TooLarge) {
    const detail = new shared.MaximumAppendSizeExceeded().setMaxappendsize(error.size_max);
    return batchError(3, message, 'event_store.client.MaximumAppendSizeExceeded', detail);
  }
  if (error instanceof Malformed || code === status.INVALID_ARGUMENT)
    return batchError(
      status.INVALID_ARGUMENT,
      message,
      'event_store.client.BadRequest',
      new shared.BadRequest().setMessage(message),
    );
  if (code === status.UNKNOWN) return batchError(code, message, 'event_store.client.Unknown', new shared.Unknown());
  return batchError(code, message, 'google.protobuf.Empty', new emptyPb.Empty());
}

/** How a failed append ends a call of its own. */
function callError(error: Error): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DeadlinePassed) return new Refusal(status.ABORTED, `Operation timed out: ${error.message}`);
  if (error instanceof QueueFull || error instanceof LogFull)
    return new Refusal(status.RESOURCE_EXHAUSTED, error.message);
  if (error instanceof DamagedLog) return new Refusal(status.DATA_LOSS, error.message);
  return new Refusal(status.UNKNOWN, 'The append failed; whether it was written is not known.');
}
