import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerReadableStream, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { appendResponse, callError, placed } from './append-answers.js';
import type { Expected } from './append-decision.js';
import type { AppendLimits } from './append-limits.js';
import type { AppendQueue } from './append-queue.js';
import { type BatchAppend, BatchAppendCall } from './batch-append.js';
import { appendSizeOf, expectedRevision, proposedEvent, streamName } from './messages.js';
import type { ProposedEvent } from './record.js';
import {
  AccessDenied,
  invalid,
  Malformed,
  type Refusal,
  streamDeleted,
  TooLarge,
  wrongExpectedVersion,
} from './refusals.js';
import { hides, parseRetention } from './retention.js';

type Append = ServerReadableStream<streams.AppendReq, streams.AppendResp>;

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

  private refuseToHide(stream: string, events: readonly ProposedEvent[]): void {
    if (!stream.startsWith('$$') || !this.keeps(stream.slice(2))) return;
    if (events.some((event) => hides(parseRetention(stream.slice(2), event)))) throw kept(stream.slice(2));
  }

  batchAppend(call: BatchAppend): Promise<void> {
    return new BatchAppendCall(call, this.limits, ({ stream, expected, events, bytes, deadline_ms }, settle) => {
      this.refuseToHide(stream, events);
      this.queue.append({ kind: 'append', stream, expected, events }, bytes, deadline_ms, settle);
    }).run();
  }
}

function expectedOfAppend(
  options: streams.AppendReq.Options | streams.DeleteReq.Options | streams.TombstoneReq.Options,
): Expected {
  if (options.hasRevision()) return expectedRevision(options.getRevision());
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  if (options.hasAny()) return 'any';
  throw invalid('Required field ExpectedStreamRevision not set.');
}

function kept(stream: string): AccessDenied {
  return new AccessDenied(
    `The events of ${stream} are kept: this event store was not started with the right to delete them.`,
  );
}

function deadlineOf(call: { getDeadline(): Date | number }): number {
  return Number(call.getDeadline());
}
