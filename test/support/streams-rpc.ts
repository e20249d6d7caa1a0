import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, type ServiceError } from '@grpc/grpc-js';

/** No state shared between calls, and requests that no client would send. */
export function streamsClient(port: number, host = '127.0.0.1'): StreamsClient {
  return new StreamsClient(`${host}:${port}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': 17 * 1024 * 1024,
    'grpc.max_send_message_length': -1,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 100,
  });
}

export function identifier(stream: string | Uint8Array): shared.StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
}

export interface RawEvent {
  id: string;
  data?: Uint8Array;
  properties?: Record<string, string>;
}

export function proposed<T extends streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage>(
  message: T,
  { id, data, properties }: RawEvent,
): T {
  message.setId(new shared.UUID().setString(id)).setData(data ?? Buffer.from('{}'));
  for (const [key, value] of Object.entries(properties ?? { type: 'Raw', 'content-type': 'application/json' }))
    message.getMetadataMap().set(key, value);
  return message;
}

/** `expected` −1: must not exist. */
export function rawAppend(
  client: StreamsClient,
  stream: string | Uint8Array,
  expected: number,
  events: RawEvent[],
  deadline_ms = 10_000,
): Promise<streams.AppendResp> {
  const options = new streams.AppendReq.Options().setStreamIdentifier(identifier(stream));
  if (expected < 0) options.setNoStream(new shared.Empty());
  else options.setRevision(String(expected));
  const messages = [
    new streams.AppendReq().setOptions(options),
    ...events.map((event) =>
      new streams.AppendReq().setProposedMessage(proposed(new streams.AppendReq.ProposedMessage(), event)),
    ),
  ];
  return appendMessages(client, messages, deadline_ms);
}

export function appendMessages(
  client: StreamsClient,
  messages: streams.AppendReq[],
  deadline_ms = 10_000,
): Promise<streams.AppendResp> {
  return new Promise((resolve, reject) => {
    const call = client.append(
      { deadline: Date.now() + deadline_ms } as never,
      ((error: ServiceError | null, response: streams.AppendResp) =>
        error ? reject(error) : resolve(response)) as never,
    );
    call.on('error', () => {});
    for (const message of messages) call.write(message);
    call.end();
  });
}
