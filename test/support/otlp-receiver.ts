/** The receiving end of OTLP over HTTP: spans as a collector gets them, decoded from the protobuf that the exporter sends. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import jspb from 'google-protobuf';

export interface ReceivedSpan {
  service: string;
  trace_id: string;
  span_id: string;
  /** '': none. */
  parent_id: string;
  name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  began_ns: bigint;
  ended_ns: bigint;
  attributes: Record<string, string | number | boolean>;
  links: { trace_id: string; span_id: string }[];
  is_failed: boolean;
}

export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  spans: ReceivedSpan[];
  /** All that was sent, as text. */
  text(): string;
  /** @throws after `ms_max` with the names that came */
  until<T>(find: (spans: readonly ReceivedSpan[]) => T | undefined, ms_max?: number): Promise<T>;
  close(): void;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const is_right =
      request.url === '/v1/traces' && request.headers['content-type'] === 'application/x-protobuf' && body.length > 0;
    response.writeHead(is_right ? 200 : 400, { 'content-type': 'application/x-protobuf' }).end();
    if (!is_right) return;
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    bodies.push(plain);
    spans.push(...spansIn(plain));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => Buffer.concat(bodies).toString('latin1'),
    async until(find, ms_max = 15_000) {
      for (const until_ms = performance.now() + ms_max; performance.now() < until_ms; await sleep(20)) {
        const found = find(spans);
        if (found !== undefined) return found;
      }
      throw new Error(`not among the spans: ${spans.map(({ service, name }) => `${service} ${name}`).join(', ')}`);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Fields = Record<number, (reader: jspb.BinaryReader) => void>;

/** opentelemetry/proto/collector/trace/v1: the numbers are those of its fields. */
function spansIn(body: Uint8Array): ReceivedSpan[] {
  const spans: ReceivedSpan[] = [];
  read(body, { 1: (request) => spans.push(...resourceSpans(request.readBytes() as Uint8Array)) });
  return spans;
}

function resourceSpans(bytes: Uint8Array): ReceivedSpan[] {
  const resource: ReceivedSpan['attributes'] = {};
  const spans: ReceivedSpan[] = [];
  const span = (of_scope: jspb.BinaryReader) => spans.push(spanIn(of_scope.readBytes() as Uint8Array));
  read(bytes, {
    1: (reader) => read(reader.readBytes() as Uint8Array, { 1: (pair) => addAttribute(resource, pair) }),
    2: (reader) => read(reader.readBytes() as Uint8Array, { 2: span }),
  });
  return spans.map((each) => ({ ...each, service: `${resource['service.name']}` }));
}

function spanIn(bytes: Uint8Array): ReceivedSpan {
  const span: ReceivedSpan = {
    ...{ service: '', trace_id: '', span_id: '', parent_id: '', name: '', kind: 0, began_ns: 0n, ended_ns: 0n },
    ...{ attributes: {}, links: [], is_failed: false },
  };
  read(bytes, {
    1: (reader) => (span.trace_id = hex(reader)),
    2: (reader) => (span.span_id = hex(reader)),
    4: (reader) => (span.parent_id = hex(reader)),
    5: (reader) => (span.name = reader.readString()),
    6: (reader) => (span.kind = reader.readEnum()),
    7: (reader) => (span.began_ns = BigInt(reader.readFixed64String())),
    8: (reader) => (span.ended_ns = BigInt(reader.readFixed64String())),
    9: (reader) => addAttribute(span.attributes, reader),
    13: (reader) => {
      const link = { trace_id: '', span_id: '' };
      read(reader.readBytes() as Uint8Array, {
        1: (of_link) => (link.trace_id = hex(of_link)),
        2: (of_link) => (link.span_id = hex(of_link)),
      });
      span.links.push(link);
    },
    15: (reader) =>
      read(reader.readBytes() as Uint8Array, { 3: (status) => (span.is_failed = status.readEnum() === 2) }),
  });
  return span;
}

function addAttribute(to: ReceivedSpan['attributes'], reader: jspb.BinaryReader): void {
  let key = '';
  read(reader.readBytes() as Uint8Array, {
    1: (pair) => (key = pair.readString()),
    2: (pair) =>
      read(pair.readBytes() as Uint8Array, {
        1: (value) => (to[key] = value.readString()),
        2: (value) => (to[key] = value.readBool()),
        3: (value) => (to[key] = value.readInt64()),
        4: (value) => (to[key] = value.readDouble()),
      }),
  });
}

function read(bytes: Uint8Array, fields: Fields): void {
  const reader = new jspb.BinaryReader(bytes);
  while (reader.nextField() && !reader.isEndGroup()) {
    const take = fields[reader.getFieldNumber()];
    if (take === undefined) reader.skipField();
    else take(reader);
  }
}
const hex = (reader: jspb.BinaryReader) => Buffer.from(reader.readBytes() as Uint8Array).toString('hex');
