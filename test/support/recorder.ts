/** A proxy that remembers what was asked and answered. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Exchange {
  method: string;
  /** With its query. */
  path: string;
  request: Message;
  status: number;
  answer: Message;
}
interface Message {
  /** Media type without parameters; empty where there is no body. */
  type: string;
  body: string;
}

export interface Recorder {
  url: string;
  exchanges: Exchange[];
  stop(): Promise<void>;
}

export async function startRecorder(target: string): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  const forward = async (incoming: IncomingMessage, reply: ServerResponse) => {
    const { method = '', url: path = '', headers } = incoming;
    const body = await buffer(incoming);
    const outgoing = request(new URL(path, target), { method, headers: { ...headers, host: new URL(target).host } });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const answer = await buffer(response);
    const status = response.statusCode ?? 0;
    exchanges.push({
      method,
      path,
      request: messageOf(headers, body),
      status,
      answer: messageOf(response.headers, answer),
    });
    reply.writeHead(status, response.headers).end(answer);
  };
  const server = createServer((incoming, reply) => {
    forward(incoming, reply).catch((error: Error) => reply.destroy(error));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    async stop() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

function messageOf(headers: IncomingMessage['headers'], body: Buffer): Message {
  return { type: body.length === 0 ? '' : (headers['content-type'] ?? '').split(';', 1)[0]!, body: body.toString() };
}
