import shared from '@eventstore/db-client/generated/shared_pb.js';
import google from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { status } from '@grpc/grpc-js';
import type { Message } from 'google-protobuf';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expected } from './append-decision.js';
import { type AppendAnswer, DeadlinePassed, QueueFull } from './append-queue.js';
import { LogFull } from './log-file.js';
import { streamIdentifier } from './messages.js';
import { DamagedLog } from './record.js';
import { AccessDenied, Malformed, Refusal, TooLarge } from './refusals.js';

export function placed<T extends { setCommitPosition(value: string): T; setPreparePosition(value: string): T }>(
  message: T,
  position: number,
): T {
  return message.setCommitPosition(String(position)).setPreparePosition(String(position));
}

export function appendResponse(
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

export function batchResponse(
  stream: string,
  expected: Expected,
  outcome: AppendAnswer | Error,
): streams.BatchAppendResp {
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

export function batchStatus(error: Error) {
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

export function callError(error: Error): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DeadlinePassed) return new Refusal(status.ABORTED, `Operation timed out: ${error.message}`);
  if (error instanceof QueueFull || error instanceof LogFull)
    return new Refusal(status.RESOURCE_EXHAUSTED, error.message);
  if (error instanceof DamagedLog) return new Refusal(status.DATA_LOSS, error.message);
  return new Refusal(status.UNKNOWN, 'The append failed; whether it was written is not known.');
}

export function batchError(code: status, message: string, type: string, detail: Message) {
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), type);
  return new google.Status()
    .setCode(code as number)
    .setMessage(message)
    .setDetails(packed);
}
