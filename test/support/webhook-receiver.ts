/** Receives webhooks, and checks each signature with the library of Standard Webhooks. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';

export interface ReceivedMessage {
  id: string;
  position: number;
  previous_position: number | null;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: the whole message.
  body: any;
}
export interface WebhookReceiver {
  url: string;
  secret: string;
  /** Those whose signature is right. */
  received: ReceivedMessage[];
  refused: number;
  /** Without one: 204. */
  answer?: ((response: ServerResponse, message: ReceivedMessage) => void) | undefined;
  /** Under way at a time, at most. */
  together: number;
  close(): void;
}

export async function startReceiver(secret = ''): Promise<WebhookReceiver> {
  const server = createServer((request, response) => void take(request, response));
  const receiver: WebhookReceiver = {
    ...{ url: '', secret, received: [], refused: 0, together: 0 },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  let now = 0;
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    now += 1;
    receiver.together = Math.max(receiver.together, now);
    response.once('close', () => {
      now -= 1;
    });
    try {
      let text = '';
      for await (const chunk of request) text += chunk;
      const headers = request.headers as Record<string, string>;
      const body = new Verifier(receiver.secret).verify(text, headers) as ReceivedMessage['body'];
      const { position, previous_position } = body;
      const message = { id: headers['webhook-id']!, position, previous_position, headers, body };
      receiver.received.push(message);
      if (receiver.answer === undefined) response.writeHead(204).end();
      else receiver.answer(response, message);
    } catch {
      receiver.refused += 1;
      response.writeHead(401).end();
    }
  }
  await once(server.listen(0, '127.0.0.1'), 'listening');
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return receiver;
}
