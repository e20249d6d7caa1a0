import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { haltedLedgers } from './halted.js';

const halted = { ledger_id: 'plant-2', position: 41, reason: 'the stream ledger-plant-2 hides its events' };
const SENTENCE =
  'Ledger plant-2 is halted after position 41 and takes no commands: the stream ledger-plant-2 hides its events. What to do stands in docs/recovery.md, "A halted ledger".';

describe('what a start says of halted ledgers', () => {
  let server: Server;
  let answers: [number, object][];
  const ask = async (...given: [number, object][]) => {
    answers = given;
    const { port } = server.address() as AddressInfo;
    return haltedLedgers(`http://127.0.0.1:${port}`, new AbortController().signal);
  };
  beforeAll(async () => {
    server = createServer((_request, response) => {
      const [status, body] = answers.length > 1 ? answers.shift()! : answers[0]!;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  it('is nothing where all is well', async () => {
    expect(await ask([200, { status: 'ok' }])).toEqual([]);
  });

  it('names each ledger, the reason and where to read on', async () => {
    const never = { ledger_id: 'main', position: -1, reason: 'its first event is gone' };
    expect(await ask([200, { status: 'degraded', halted: [halted, never] }])).toEqual([
      SENTENCE,
      'Ledger main is halted and takes no commands: its first event is gone. What to do stands in docs/recovery.md, "A halted ledger".',
    ]);
  });

  it('is said, too, where no ledger is left', async () => {
    expect(await ask([503, { code: 'unavailable', missing: ['ledgers'], halted: [halted] }])).toEqual([SENTENCE]);
  });

  it('waits while a service is missing', async () => {
    const missing: [number, object] = [503, { code: 'unavailable', missing: ['read_models'] }];
    expect(await ask(missing, missing, [200, { status: 'degraded', halted: [halted] }])).toEqual([SENTENCE]);
  });
});
