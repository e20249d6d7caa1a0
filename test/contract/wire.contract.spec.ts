import { randomUUID } from 'node:crypto';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { appendMessages, identifier, proposed, type RawEvent } from '../support/streams-rpc.js';
import { type ContractServer, contractServer, newEvent, newStream } from './server.js';

let server: ContractServer;
beforeAll(async () => {
  server = await contractServer();
});
afterAll(() => server?.close());

const NIL = '00000000-0000-0000-0000-000000000000';
const JSON_TYPE = 'application/json';
const named = (...properties: [string, string][]): RawEvent => ({
  id: randomUUID(),
  properties: Object.fromEntries(properties),
});
const untyped = named(['content-type', JSON_TYPE]);
const without_content_type = named(['type', 'Counted']);
const with_empty_type = named(['type', ''], ['content-type', JSON_TYPE]);
const large = { id: randomUUID(), data: Buffer.alloc(1_100_000) };
const yesterday = () => new Date(Date.now() - 86_400_000);

interface Sent {
  /** undefined: none; null: a UUID message without one. */
  correlation?: string | null;
  stream?: string | undefined;
  expected?: boolean;
  deadline?: Date;
  events?: RawEvent[];
  final?: boolean;
  more?: boolean;
}

function chunk({
  correlation,
  stream,
  expected = true,
  deadline,
  events = [{ id: randomUUID() }],
  final = true,
  more,
}: Sent) {
  const request = new streams.BatchAppendReq()
    .setProposedMessagesList(events.map((event) => proposed(new streams.BatchAppendReq.ProposedMessage(), event)))
    .setIsFinal(final);
  if (correlation !== undefined) {
    const id = new shared.UUID();
    request.setCorrelationId(correlation === null ? id : id.setString(correlation));
  }
  if (more) return request;
  const options = new streams.BatchAppendReq.Options();
  if (stream !== undefined) options.setStreamIdentifier(identifier(stream));
  if (expected) options.setAny(new emptyPb.Empty());
  if (deadline) options.setDeadline(timestamp.Timestamp.fromDate(deadline));
  return request.setOptions(options);
}

/** `revision N` or the error's name, by the answered stream, as they come. */
async function batchAppend(chunks: Sent[], answers: number, { end = false } = {}): Promise<string[]> {
  const call = server.raw.batchAppend();
  for (const one of chunks) call.write(chunk(one));
  if (end) call.end();
  const said: string[] = [];
  call.on('error', () => {});
  for await (const answer of call as AsyncIterable<streams.BatchAppendResp>) {
    const stream = Buffer.from(answer.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
    const error = answer.getError()?.getDetails()?.getTypeName().split('.').at(-1);
    said.push(`${stream}: ${error ?? `revision ${answer.getSuccess()!.getCurrentRevision()}`}`);
    if (said.length === answers) break;
  }
  call.cancel();
  return said;
}

describe('BatchAppend', () => {
  // The append behind each is carried out.
  test.each<[string, Sent, string]>([
    ['no correlation id', { correlation: undefined }, 'BadRequest'],
    ['an empty correlation id', { correlation: null }, 'BadRequest'],
    ['a correlation id that is none', { correlation: 'x' }, 'BadRequest'],
    ['a correlation id of zeros', { correlation: NIL }, 'BadRequest'],
    ['an empty stream name', { stream: '' }, 'BadRequest'],
    ['an empty stream name, too late', { stream: '', deadline: yesterday() }, 'BadRequest'],
    ['no expected revision', { expected: false }, 'BadRequest'],
    ['no expected revision, too late', { expected: false, deadline: yesterday() }, 'Timeout'],
    ['an event without a type', { events: [untyped] }, 'BadRequest'],
    ['an event with an empty type', { events: [with_empty_type] }, 'BadRequest'],
    ['an event without a content type', { events: [without_content_type] }, 'BadRequest'],
    ['an event id of zeros', { events: [{ id: NIL }] }, 'BadRequest'],
    ['an event id that is none', { events: [{ id: 'x' }] }, 'BadRequest'],
    ['a deadline gone by', { deadline: yesterday() }, 'Timeout'],
    ['a deadline gone by, and too large', { deadline: yesterday(), events: [large] }, 'Timeout'],
    ['too large', { events: [large] }, 'MaximumAppendSizeExceeded'],
  ])('of %j refuses that one', async (_name, sent, error) => {
    const [refused, taken] = [newStream(), newStream()];
    const first = { correlation: randomUUID(), stream: refused, ...sent };
    expect(await batchAppend([first, { correlation: randomUUID(), stream: taken }], 2)).toEqual([
      `${first.stream}: ${error}`,
      `${taken}: revision 0`,
    ]);
  });

  test.each([false, true])(
    'answers an append whose last chunk never comes at its deadline (half-closed: %j)',
    async (end) => {
      const [stream, correlation] = [newStream(), randomUUID()];
      const deadline = new Date(Date.now() + 700);
      expect(await batchAppend([{ correlation, stream, deadline, final: false }], 1, { end })).toEqual([
        `${stream}: Timeout`,
      ]);
    },
  );

  it('answers what was whole when the client has said all it will say', async () => {
    const [stream, correlation] = [newStream(), randomUUID()];
    const chunks = [
      { correlation, stream, final: false },
      { correlation, more: true },
    ];
    expect(await batchAppend(chunks, 1, { end: true })).toEqual([`${stream}: revision 1`]);
  });
});

const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => status.OK,
    (error: ServiceError) => error.code,
  );

describe('Append', () => {
  const options = (stream: string | undefined = newStream(), expected = true) => {
    const made = new streams.AppendReq.Options().setStreamIdentifier(identifier(stream));
    return new streams.AppendReq().setOptions(expected ? made.setAny(new shared.Empty()) : made);
  };
  const event = (raw: RawEvent = { id: randomUUID() }) =>
    new streams.AppendReq().setProposedMessage(proposed(new streams.AppendReq.ProposedMessage(), raw));
  test.each<[string, () => streams.AppendReq[], status]>([
    ['nothing', () => [], status.UNKNOWN],
    ['an event first', () => [event()], status.UNKNOWN],
    ['an empty message first', () => [new streams.AppendReq()], status.UNKNOWN],
    ['the options twice', () => [options(), options()], status.UNKNOWN],
    ['an empty message behind the options', () => [options(), new streams.AppendReq()], status.UNKNOWN],
    [
      'no stream',
      () => [new streams.AppendReq().setOptions(new streams.AppendReq.Options().setAny(new shared.Empty()))],
      status.UNKNOWN,
    ],
    ['an empty stream name', () => [options(''), event()], status.UNKNOWN],
    ['no expected revision', () => [options(newStream(), false), event()], status.INVALID_ARGUMENT],
    ['an event without a type', () => [options(), event(untyped)], status.INVALID_ARGUMENT],
    ['an event with an empty type', () => [options(), event(with_empty_type)], status.UNKNOWN],
    ['an event without a content type', () => [options(), event(without_content_type)], status.INVALID_ARGUMENT],
    ['an event id of zeros', () => [options(), event({ id: NIL })], status.UNKNOWN],
    ['an event id that is none', () => [options(), event({ id: 'x' })], status.UNKNOWN],
  ])('of %s is refused', async (_name, messages, code) => {
    expect(await codeOf(appendMessages(server.raw, messages()))).toBe(code);
  });
});

describe('Delete and Tombstone', () => {
  const settled = (run: (done: (error: ServiceError | null) => void) => unknown) =>
    new Promise<number>((resolve) => void run((error) => resolve(error?.code ?? status.OK)));
  type Options = (all: streams.DeleteReq.Options) => void;
  test.each<[string, Options | undefined, status]>([
    ['nothing', undefined, status.UNKNOWN],
    ['no stream', (options) => options.setAny(new shared.Empty()), status.UNKNOWN],
    ['no expected revision', (options) => options.setStreamIdentifier(identifier('x')), status.INVALID_ARGUMENT],
  ])('of %s are refused', async (_name, set, code) => {
    const [to_delete, to_tombstone] = [new streams.DeleteReq.Options(), new streams.TombstoneReq.Options()];
    set?.(to_delete);
    set?.(to_tombstone as unknown as streams.DeleteReq.Options);
    const deletion = new streams.DeleteReq().setOptions(set && to_delete);
    const tombstone = new streams.TombstoneReq().setOptions(set && to_tombstone);
    expect(await settled((done) => server.raw.delete(deletion, done as never))).toBe(code);
    expect(await settled((done) => server.raw.tombstone(tombstone, done as never))).toBe(code);
  });

  it('tell the revision of a stream that never was in their trailers', async () => {
    for (const expected of ['any', 'revision'] as const) {
      const options = new streams.DeleteReq.Options().setStreamIdentifier(identifier(newStream()));
      if (expected === 'any') options.setAny(new shared.Empty());
      else options.setRevision('3');
      const error = await new Promise<ServiceError>((resolve) => {
        server.raw.delete(new streams.DeleteReq().setOptions(options), ((error: ServiceError) =>
          resolve(error)) as never);
      });
      const told = (key: string) => String(error.metadata.get(key)[0]);
      expect([error.code, told('exception'), told('expected-version'), told('actual-version')]).toEqual([
        status.FAILED_PRECONDITION,
        'wrong-expected-version',
        expected === 'any' ? '-2' : '3',
        '-1',
      ]);
    }
  });
});

describe('Read', () => {
  const stream = newStream();
  beforeAll(() => server.client.appendToStream(stream, newEvent()));
  const ReadOptions = streams.ReadReq.Options;
  const stream_options = (name = stream) =>
    new ReadOptions.StreamOptions().setStreamIdentifier(identifier(name)).setStart(new shared.Empty());
  const all_options = () => new ReadOptions.AllOptions().setStart(new shared.Empty());
  const filter = (regex: string, window = true) => {
    const made = new ReadOptions.FilterOptions()
      .setStreamIdentifier(new ReadOptions.FilterOptions.Expression().setRegex(regex))
      .setCheckpointintervalmultiplier(1);
    return window ? made.setMax(32) : made;
  };
  const subscription = () => new ReadOptions.SubscriptionOptions();
  test.each<[string, ((options: streams.ReadReq.Options) => unknown) | undefined, status]>([
    ['a stream', (options) => options.setStream(stream_options()).setCount('1'), status.OK],
    ['nothing', undefined, status.UNKNOWN],
    ['neither stream nor $all', (options) => options.setCount('1'), status.INVALID_ARGUMENT],
    ['neither count nor subscription', (options) => options.setStream(stream_options()), status.INVALID_ARGUMENT],
    [
      'neither filter nor no filter',
      (options) => options.setStream(stream_options()).setCount('1').clearNoFilter(),
      status.INVALID_ARGUMENT,
    ],
    [
      'a stream without a name',
      (options) => options.setCount('1').setStream(new ReadOptions.StreamOptions().setStart(new shared.Empty())),
      status.UNKNOWN,
    ],
    ['a stream with an empty name', (options) => options.setCount('1').setStream(stream_options('')), status.UNKNOWN],
    [
      'a stream from nowhere',
      (options) =>
        options.setCount('1').setStream(new ReadOptions.StreamOptions().setStreamIdentifier(identifier(stream))),
      status.UNKNOWN,
    ],
    ['$all from nowhere', (options) => options.setCount('1').setAll(new ReadOptions.AllOptions()), status.UNKNOWN],
    [
      'a subscription backwards',
      (options) => options.setStream(stream_options()).setSubscription(subscription()).setReadDirection(1),
      status.INVALID_ARGUMENT,
    ],
    [
      'a filter on a stream',
      (options) => options.setCount('1').setStream(stream_options()).setFilter(filter('a')),
      status.INVALID_ARGUMENT,
    ],
    [
      'a filter of nothing',
      (options) => options.setCount('1').setAll(all_options()).setFilter(new ReadOptions.FilterOptions().setMax(32)),
      status.INVALID_ARGUMENT,
    ],
    [
      'a filter without a window',
      (options) => options.setCount('1').setAll(all_options()).setFilter(filter('a', false)),
      status.INVALID_ARGUMENT,
    ],
    [
      'a filter that is no expression',
      (options) => options.setCount('1').setAll(all_options()).setFilter(filter('(')),
      status.UNKNOWN,
    ],
    [
      'a checkpoint every 0 events',
      (options) =>
        options
          .setSubscription(subscription())
          .setAll(all_options())
          .setFilter(filter('a').setCheckpointintervalmultiplier(0)),
      status.UNKNOWN,
    ],
  ])('of %s is answered with its code', async (_name, set, code) => {
    const options = new ReadOptions().setNoFilter(new shared.Empty());
    set?.(options.setUuidOption(new ReadOptions.UUIDOption().setString(new shared.Empty())));
    const request = new streams.ReadReq().setOptions(set && options);
    const call = server.raw.read(request, new Metadata());
    const read = async () => {
      for await (const _ of call as AsyncIterable<unknown>);
    };
    expect(await codeOf(read())).toBe(code);
  });
});
