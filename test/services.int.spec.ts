import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket, type Server as TcpServer } from 'node:net';
import { resolve } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import pg from 'pg';
import { troubleWithEventStore } from '../libs/event-store/diagnose.js';
import { batchError } from '../libs/event-store-server/append-answers.js';
import { type RunningEventStore, startEventStore } from '../libs/event-store-server/server.js';
import { troubleWithPostgres, waitForServices } from '../libs/process/services.js';
import { type PostgresServer, startPostgres } from './support/postgres.js';

const tls = (file: string) => new URL(`./data/tls/${file}`, import.meta.url).pathname;

let store: RunningEventStore;
let store_port: number;
let postgres: PostgresServer;
let postgres_at: string;
const servers: TcpServer[] = [];
beforeAll(async () => {
  store = await startEventStore({ host: '127.0.0.1', port: 0, data: 'memory', access: 'secret' });
  store_port = Number(new URL(store.url).port);
  postgres = await startPostgres();
  postgres_at = new URL(postgres.url).host;
});
afterAll(async () => {
  for (const server of servers) server.close();
  await Promise.all([store.stop(), postgres.stop()]);
});

async function listening(server: TcpServer, port = 0): Promise<string> {
  servers.push(server);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {}));
  });
  const close = server.close.bind(server);
  server.close = (done) => {
    for (const socket of sockets) socket.destroy();
    return close(done);
  };
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const withTls = (certificate: string) =>
  listening(
    createTlsServer(
      { key: readFileSync(tls('node.key')), cert: readFileSync(tls(certificate)), ALPNProtocols: ['h2'] },
      (socket) => {
        const inner = connect(store_port, '127.0.0.1');
        for (const end of [socket, inner]) end.on('error', () => {});
        socket.on('close', () => inner.destroy());
        socket.pipe(inner).pipe(socket);
      },
    ),
  );
async function freeAddress(): Promise<{ address: string; port: number }> {
  const server = createServer();
  const address = await listening(server);
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return { address, port };
}
const secret = () => new URL(store.url).username && `${new URL(store.url).username}:${new URL(store.url).password}@`;

describe('an event store', () => {
  it('that is well is no trouble, with TLS or without', async () => {
    expect(await troubleWithEventStore(store.url)).toBeUndefined();
    const address = await withTls('node.crt');
    expect(
      await troubleWithEventStore(`esdb://${secret()}${address}?tls=true&tlsCAFile=${tls('ca.crt')}`),
    ).toBeUndefined();
  });

  it('of an authority that only the system knows is trusted', async () => {
    const url = `esdb://${secret()}${await withTls('node.crt')}?tls=true`;
    const troubleWhere = (env: NodeJS.ProcessEnv) => {
      const diagnose = pathToFileURL(resolve('dist/libs/event-store/diagnose.js'));
      const program = `import { troubleWithEventStore } from '${diagnose}';
        console.log(JSON.stringify(await troubleWithEventStore(process.argv[1]) ?? 'none'));`;
      const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program, url];
      // Only its authorities would count.
      const without = { GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: undefined };
      return promisify(execFile)(process.execPath, args, { env: { ...process.env, ...without, ...env } });
    };
    expect((await troubleWhere({ SSL_CERT_FILE: tls('ca.crt') })).stdout).toBe('"none"\n');
    expect((await troubleWhere({ SSL_CERT_FILE: '' })).stdout).toMatch(/an authority that is not trusted/);
  }, 30_000);

  const wrong: [what: string, url: () => string | Promise<string>, says: RegExp, passes: boolean][] = [
    ['nothing listens', async () => `esdb://${(await freeAddress()).address}?tls=false`, /Nothing listens at/, true],
    [
      'an unknown name',
      () => 'esdb://no-such-host.invalid:2113?tls=false',
      /The name .* is not known: correct EVENTSTORE_URL/,
      false,
    ],
    ['another protocol', () => `esdb://${postgres_at}?tls=false`, /something answers that is no event store/, false],
    ['silence', () => listening(createServer(() => {})).then((at) => `esdb://${at}?tls=false`), /says nothing/, true],
    [
      'no TLS where TLS is asked for',
      () => `esdb://127.0.0.1:${store_port}?tls=true`,
      /does not speak TLS: put tls=false/,
      false,
    ],
    [
      'TLS where none is asked for',
      async () => `esdb://${await withTls('node.crt')}?tls=false`,
      /speaks TLS: put tls=true/,
      false,
    ],
    [
      'an unknown authority',
      async () => `esdb://${await withTls('node.crt')}?tls=true`,
      /authority that is not trusted .*tlsCAFile/,
      false,
    ],
    [
      'an expired certificate',
      async () => `esdb://${await withTls('expired.crt')}?tls=true&tlsCAFile=${tls('ca.crt')}`,
      /expired certificate/,
      false,
    ],
    [
      'a certificate for another name',
      async () => `esdb://${await withTls('elsewhere.crt')}?tls=true&tlsCAFile=${tls('ca.crt')}`,
      /certificate for another name/,
      false,
    ],
    [
      'a file that is not there',
      () => `esdb://127.0.0.1:${store_port}?tls=true&tlsCAFile=/nowhere/ca.crt`,
      /The file \/nowhere\/ca\.crt .* cannot be read/,
      false,
    ],
    ['a wrong password', () => `esdb://admin:wrong@127.0.0.1:${store_port}?tls=false`, /refuses us/, false],
    ['no password', () => `esdb://127.0.0.1:${store_port}?tls=false`, /refuses us/, false],
  ];
  it.each(wrong)('%s', async (_, url, says, passes) => {
    expect(await troubleWithEventStore(await url())).toEqual({ sentence: expect.stringMatching(says), passes });
  });

  it('whose user may not do what we need says what, and the group to be in', async () => {
    let denied = '$all';
    const server = new Server();
    const accessDenied = () => {
      const metadata = new Metadata();
      metadata.set('exception', 'access-denied');
      return { code: status.PERMISSION_DENIED, details: 'Access Denied', metadata };
    };
    server.addService(featuresGrpc.ServerFeaturesService, {
      getSupportedMethods: (_call: unknown, answer: (error: null, methods: features.SupportedMethods) => void) => {
        const batch_append = new features.SupportedMethod()
          .setServiceName('event_store.client.streams.Streams')
          .setMethodName('batchappend');
        answer(
          null,
          new features.SupportedMethods().setEventStoreServerVersion('23.10.8').setMethodsList([batch_append]),
        );
      },
    } as never);
    server.addService(streamsGrpc.StreamsService, {
      read: (call: ServerWritableStream<streams.ReadReq, streams.ReadResp>) => {
        if (call.request.getOptions()?.hasAll()) return call.emit('error', accessDenied());
        call.write(new streams.ReadResp().setStreamNotFound(new streams.ReadResp.StreamNotFound()));
        return call.end();
      },
      batchAppend: (call: ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>) =>
        call.on('data', (request: streams.BatchAppendReq) => {
          const refusal =
            denied === 'append'
              ? batchError(7, 'Access Denied', 'event_store.client.AccessDenied', new shared.AccessDenied())
              : batchError(
                  6,
                  'Wrong expected version',
                  'event_store.client.WrongExpectedVersion',
                  new shared.WrongExpectedVersion()
                    .setCurrentNoStream(new emptyPb.Empty())
                    .setExpectedStreamPosition(request.getOptions()?.getStreamPosition() ?? '0'),
                );
          call.write(
            new streams.BatchAppendResp()
              .setCorrelationId(request.getCorrelationId())
              .setStreamIdentifier(request.getOptions()?.getStreamIdentifier())
              .setError(refusal),
          );
        }),
    } as never);
    const port = await new Promise<number>((bound, failed) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, at) =>
        error ? failed(error) : bound(at),
      ),
    );
    const url = `esdb://clerk:secret@127.0.0.1:${port}?tls=false`;
    const reading = await troubleWithEventStore(url);
    denied = 'append';
    const appending = await troubleWithEventStore(url);
    server.forceShutdown();
    expect(reading).toEqual({
      sentence: expect.stringMatching(/may not read \$all: make it a member of \$admins/),
      passes: false,
    });
    expect(appending).toEqual({
      sentence: expect.stringMatching(/may not append to the stream ledger-main .*\$admins/),
      passes: false,
    });
    for (const { sentence } of [reading!, appending!]) expect(sentence).not.toContain('secret');
  });
});

describe('a Postgres', () => {
  it('that is well is no trouble', async () => {
    expect(await troubleWithPostgres(postgres.url)).toBeUndefined();
  });

  const changed = (change: (url: URL) => void) => {
    const url = new URL(postgres.url);
    change(url);
    return url.href;
  };
  const wrong: [what: string, url: () => string | Promise<string>, says: RegExp, passes: boolean][] = [
    ['nothing listens', async () => `postgres://x@${(await freeAddress()).address}/x`, /Nothing listens at/, true],
    ['an unknown name', () => 'postgres://x@no-such-host.invalid/x', /is not known: correct DATABASE_URL/, false],
    ['a wrong password', () => changed((url) => (url.password = 'wrong')), /does not let in the role postgres/, false],
    ['no such database', () => changed((url) => (url.pathname = '/nowhere')), /has no database nowhere/, false],
    [
      'no TLS where TLS is asked for',
      () => changed((url) => url.searchParams.set('sslmode', 'require')),
      /SSL.*sslmode/,
      false,
    ],
    ['silence', () => listening(createServer(() => {})).then((at) => `postgres://x@${at}/x`), /gives no answer/, true],
  ];
  it.each(wrong)('%s', async (_, url, says, passes) => {
    expect(await troubleWithPostgres(await url())).toEqual({ sentence: expect.stringMatching(says), passes });
  });

  it('whose role may make no schemas', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query("CREATE ROLE clerk LOGIN PASSWORD 'clerk'");
    await client.end();
    const url = changed((each) => {
      each.username = 'clerk';
      each.password = 'clerk';
    });
    expect(await troubleWithPostgres(url)).toEqual({
      sentence: expect.stringMatching(/The role clerk may not make schemas .* GRANT CREATE/),
      passes: false,
    });
  });
});

describe('a program that starts', () => {
  it('says once what it waits for, and goes on when that is there', async () => {
    const { address, port } = await freeAddress();
    const said: string[] = [];
    const waiting = waitForServices(
      { eventstore_url: `esdb://${address}?tls=false`, database_url: postgres.url },
      (line) => said.push(line),
    );
    while (said.length === 0) await new Promise((turn) => setTimeout(turn, 20));
    const late = await startEventStore({ host: '127.0.0.1', port, data: 'memory', access: 'open' });
    await waiting;
    await late.stop();
    expect(said).toEqual([`Waiting: Nothing listens at ${address}, where the event store should be (EVENTSTORE_URL).`]);
  });

  it('is refused at once where waiting cannot help', async () => {
    const links = { eventstore_url: `esdb://${postgres_at}?tls=false`, database_url: postgres.url };
    await expect(waitForServices(links, () => {})).rejects.toThrow('that is no event store');
  });
});
