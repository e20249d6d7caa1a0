/** Stands between the payers and a gateway, and keeps calls about single orders where a spec wants them, by the payment reference of the order. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** `lost`: charges do not arrive, and are not answered. The others wait: to arrive, or for the answer to go back. */
export type Hold = 'lost' | 'request' | 'answer' | 'refund answer';

export interface HeldGateway {
  readonly url: string;
  forwardTo(gateway_url: string): void;
  hold(payment_reference: string, hold: Hold): void;
  /** References of calls that wait here. */
  waiting(): string[];
  letGo(payment_reference: string): void;
  letAllGo(): void;
  /** The last charge that was lost is carried out. */
  deliverLost(payment_reference: string): Promise<void>;
  close(): void;
}

export async function startHeldGateway(): Promise<HeldGateway> {
  const holds = new Map<string, { hold: Hold; ended: PromiseWithResolvers<void> }>();
  const references = new Map<string, string>();
  const lost = new Map<string, () => Promise<unknown>>();
  const waiting = new Map<ServerResponse, string>();
  let gateway_url = '';

  async function waitWhile(hold: Hold, reference: string, response: ServerResponse): Promise<void> {
    const held = holds.get(reference);
    if (held?.hold !== hold) return;
    waiting.set(response, reference);
    await Promise.race([held.ended.promise, once(response, 'close')]);
    waiting.delete(response);
  }
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '', headers } = request;
    const body = await text(request);
    const { key, payment_reference } =
      url === '/charges' ? JSON.parse(body) : { key: decodeURIComponent(url.split('/')[2]!) };
    if (payment_reference !== undefined) references.set(key, payment_reference);
    const reference = references.get(key) ?? '';
    const left = new AbortController();
    response.once('close', () => left.abort());
    const { authorization = '', 'content-type': type = 'application/json' } = headers;
    const forward = (signal?: AbortSignal) =>
      fetch(new URL(url, gateway_url), {
        ...{ method, headers: { authorization, 'content-type': type } },
        ...(body !== '' && { body }),
        ...(signal && { signal }),
      });
    if (url === '/charges' && holds.get(reference)?.hold === 'lost') {
      lost.set(reference, forward);
      response.destroy();
      return;
    }
    await waitWhile('request', reference, response);
    if (left.signal.aborted) return;
    const answer = await forward(left.signal);
    const told = await answer.text();
    await waitWhile('answer', reference, response);
    if (url.endsWith('/refund')) await waitWhile('refund answer', reference, response);
    response.writeHead(answer.status, { 'content-type': type }).end(told);
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const letGo = (reference: string) => {
    holds.get(reference)?.ended.resolve();
    holds.delete(reference);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo(url) {
      gateway_url = url;
    },
    hold(reference, hold) {
      letGo(reference);
      holds.set(reference, { hold, ended: Promise.withResolvers() });
    },
    waiting: () => [...waiting.values()].toSorted(),
    letGo,
    letAllGo: () => [...holds.keys()].forEach(letGo),
    async deliverLost(reference) {
      await lost.get(reference)!();
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
