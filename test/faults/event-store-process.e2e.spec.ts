import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { openClient } from '../../libs/event-store/client.js';
import { type EventStoreProcess, startEventStoreProcess } from '../support/event-store.js';
import { type Chance, chanceOf, seedOf } from '../support/random.js';
import { type RawEvent, rawAppend, streamsClient } from '../support/streams-rpc.js';

const seed = seedOf();
/** Reliability asks for 100. */
const kills = Number(process.env.KILLS ?? 5);
const program = resolve('dist/apps/eventstore/main.js');
const folder = mkdtempSync(join(tmpdir(), 'event-store-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Lane {
  stream: string;
  acknowledged: string[];
  unknown: RawEvent[] | undefined;
}

/** What was under way when the store dies stays unknown. */
async function write(lane: Lane, client: StreamsClient, chance: Chance, tell: () => void): Promise<void> {
  for (;;) {
    const events =
      lane.unknown ??
      Array.from({ length: chance.whole(1, 20) }, () => ({ id: randomUUID(), data: Buffer.alloc(200) }));
    lane.unknown = events;
    const answer = await rawAppend(client, lane.stream, lane.acknowledged.length - 1, events).catch(() => undefined);
    if (!answer) return;
    // Retried or not, these ids succeed exactly once.
    if (!answer.hasSuccess()) throw new Error(`${lane.stream}: the append was refused`);
    if (Number(answer.getSuccess()!.getCurrentRevision()) !== lane.acknowledged.length + events.length - 1)
      throw new Error(`${lane.stream}: the append answered another revision`);
    lane.acknowledged.push(...events.map(({ id }) => id));
    lane.unknown = undefined;
    tell();
  }
}

async function idsIn(client: EventStoreDBClient, stream: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { event } of client.readStream(stream)) {
    if (Number(event!.revision) !== ids.length)
      throw new Error(`${stream}: revision ${event!.revision} is out of place`);
    ids.push(event!.id);
  }
  return ids;
}

describe('kill -9', () => {
  let store: EventStoreProcess;
  afterAll(() => store?.stop());

  it(`${kills} times under load loses nothing acknowledged and halves no append (seed ${seed})`, async () => {
    const chance = chanceOf(seed);
    store = await startEventStoreProcess();
    const lanes: Lane[] = Array.from({ length: 12 }, (_, n) => ({
      stream: `lane-${n}`,
      acknowledged: [],
      unknown: undefined,
    }));
    for (let kill = 0; kill < kills; kill += 1) {
      if (kill > 0) await store.restart();
      const client = streamsClient(store.port);
      // After so many answers, however fast the machine, and a moment more.
      let answers_left = chance.whole(1, 60);
      const busy = Promise.withResolvers<void>();
      const tell = () => {
        answers_left -= 1;
        if (answers_left === 0) busy.resolve();
      };
      const writing = Promise.all(lanes.map((lane) => write(lane, client, chance, tell)));
      await Promise.race([busy.promise, writing]);
      await new Promise((wait) => setTimeout(wait, chance.whole(0, 10)));
      await store.kill();
      await writing;
      client.close();
    }
    await store.restart();
    const reader = EventStoreDBClient.connectionString(store.url);
    for (const { stream, acknowledged, unknown } of lanes) {
      const ids = (await idsIn(reader, stream).catch((error) => {
        if (acknowledged.length === 0 && error.type === 'stream-not-found') return [];
        throw error;
      })) as string[];
      const last = ids.slice(acknowledged.length);
      expect(ids.slice(0, acknowledged.length)).toEqual(acknowledged);
      // The last unknown append is whole or absent.
      expect([[], unknown?.map(({ id }) => id)]).toContainEqual(last);
    }
    const positions: bigint[] = [];
    for await (const { event } of reader.readAll()) positions.push(event!.position!.commit);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => (a < b ? -1 : 1)));
    expect(positions.length).toBeGreaterThan(1_000);
    await reader.dispose();
  }, 600_000);
});

function run(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, out: stdout, err: stderr.replaceAll(/^.*(ExperimentalWarning|--trace-warnings).*\n/gm, '') };
}

async function serve(flags: string[], ...args: string[]): Promise<{ child: ChildProcess; line: string; port: number }> {
  const child = spawn(process.execPath, [program, '--port', '0', ...flags, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [data] = (await once(child.stdout!, 'data')) as [Buffer];
  const line = data.toString();
  return { child, line, port: Number(/:(\d+)\?/.exec(line)?.[1]) };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

describe('the command', () => {
  it('prints one line when it is ready, and ends with 0 on SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const data_dir = join(folder, signal);
      const { child, line } = await serve(['--open'], '--data-dir', data_dir);
      expect(JSON.parse(line)).toMatchObject({
        message: 'The event store is ready',
        address: expect.stringMatching(/^esdb:\/\/127\.0\.0\.1:\d+\?tls=false$/),
        data: data_dir,
      });
      child.kill(signal);
      expect(await ended(child)).toBe(0);
    }
  });

  it('lets in who shows the secret of its folder, and nobody deletes a ledger, unless told so at its start', async () => {
    const data_dir = join(folder, 'closed');
    const tried = async (url: string, stream: string) => {
      const { client, close } = openClient(url, 500, () => {});
      const type = (error: { type?: string }) => error.type;
      const append = jsonEvent({ type: 'Counted', data: {} });
      const written = await client.appendToStream(stream, append).then(() => 'written', type);
      const deleted = await client.deleteStream(stream).then(() => 'deleted', type);
      await close();
      return [written, deleted];
    };
    const stores: [string[], string, boolean, string[]][] = [
      [[], 'ledger-main', false, ['access-denied', 'access-denied']],
      [[], 'ledger-main', true, ['written', 'access-denied']],
      [[], 'other', true, ['written', 'deleted']],
      [['--open'], 'checkpoints-main', false, ['written', 'access-denied']],
      [['--open'], 'security', false, ['written', 'access-denied']],
      [['--open', '--allow-delete'], 'ledger-main', false, ['written', 'deleted']],
    ];
    for (const [flags, stream, with_secret, outcome] of stores) {
      const { child, port } = await serve(flags, '--data-dir', data_dir);
      const secret = with_secret ? `ledger:${readFileSync(join(data_dir, 'secret'), 'utf8')}@` : '';
      expect([flags, stream, await tried(`esdb://${secret}127.0.0.1:${port}?tls=false`, stream)]).toEqual([
        flags,
        stream,
        outcome,
      ]);
      child.kill();
      await ended(child);
    }
    expect(run('--port', '0', '--memory', '--host', '0.0.0.0')).toEqual({
      status: 1,
      out: '',
      err: '0.0.0.0 is not an address of this machine alone, and what is sent is not encrypted.\n',
    });
  });

  it('refuses a folder in use, a port in use, and what is no folder, each in one sentence', async () => {
    const data_dir = join(folder, 'mine');
    const { child, port } = await serve(['--open'], '--data-dir', data_dir);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const refusals = [
      run('--port', '0', '--data-dir', data_dir),
      run('--port', String(port), '--memory'),
      run('--port', '0', '--data-dir', file),
      run('--port', '0', '--data-dir', join(file, 'below')),
      run('--port', '0', '--data-dir', '/proc/nothing'),
    ];
    child.kill();
    await ended(child);
    expect(refusals.map(({ status, out }) => [status, out])).toEqual(refusals.map(() => [1, '']));
    const sentences = refusals.map(({ err }) => err);
    expect(sentences[0]).toBe(`The data folder ${data_dir} is in use by another event store.\n`);
    expect(sentences[1]).toBe(`Port ${port} of 127.0.0.1 is in use by another program.\n`);
    for (const sentence of sentences.slice(2)) expect(sentence).toMatch(/^The data folder \S+ cannot be used: .*\.\n$/);
  });

  it('refuses a damaged folder, leaves it as it is, and verify names it too', async () => {
    const data_dir = join(folder, 'damaged');
    mkdirSync(data_dir);
    const content = Buffer.alloc(16_384, 'not a database ');
    writeFileSync(join(data_dir, 'events.db'), content);
    for (const args of [['--port', '0'], ['verify']]) {
      const { status, out, err } = run(...args, '--data-dir', data_dir);
      expect([status, out]).toEqual([1, '']);
      const [file = '', said] = err.split(': The log is damaged: ');
      expect([file, said]).toEqual([
        join(data_dir, 'events.db'),
        expect.stringMatching(/^.*\. See docs\/recovery\.md\.\n$/),
      ]);
    }
    expect(readFileSync(join(data_dir, 'events.db')).equals(content)).toBe(true);
  });

  it('backs up a running store into one file that opens as a store', async () => {
    const data_dir = join(folder, 'backed-up');
    const { child, port } = await serve(['--open'], '--data-dir', data_dir);
    const client = streamsClient(port);
    const events = Array.from({ length: 50 }, () => ({ id: randomUUID() }));
    await rawAppend(client, 's', -1, events);
    const copy = join(folder, 'copy.db');
    expect(run('backup', '--data-dir', data_dir, '--to', copy)).toEqual({
      status: 0,
      out: expect.stringMatching(/^50 events of 1 streams up to position \d+ copied and verified\.\n$/),
      err: '',
    });
    expect(run('backup', '--data-dir', data_dir, '--to', copy)).toMatchObject({ status: 1, out: '' });
    await rawAppend(client, 's', 49, [{ id: randomUUID() }]);
    client.close();
    child.kill();
    await ended(child);

    const restored_dir = join(folder, 'restored');
    mkdirSync(restored_dir);
    writeFileSync(join(restored_dir, 'events.db'), readFileSync(copy));
    const restored = await serve(['--open'], '--data-dir', restored_dir);
    const reader = EventStoreDBClient.connectionString`esdb://127.0.0.1:${restored.port}?tls=false`;
    expect(await idsIn(reader, 's')).toEqual(events.map(({ id }) => id));
    await reader.dispose();
    restored.child.kill();
    await ended(restored.child);
  });
});

/** A few MiB that only the store sees, in its own mount namespace. */
const mount_point = join(folder, 'small-disk');
const namespace = ['unshare', ['-Urm', 'sh', '-c']] as const;
const can_mount =
  spawnSync(namespace[0], [...namespace[1], `mount -t tmpfs -o size=1m tmpfs ${tmpdir()}`], { timeout: 10_000 })
    .status === 0;

(can_mount ? describe : describe.skip)('a full disk (where a user may mount in a namespace)', () => {
  it('refuses appends and keeps reading, and takes appends again once there is room', async () => {
    mkdirSync(mount_point, { recursive: true });
    const script = `mount -t tmpfs -o size=12m tmpfs ${mount_point} && head -c 6m /dev/zero > ${mount_point}/filler && exec "$0" ${program} --port 0 --open --data-dir ${mount_point}/data`;
    const child = spawn(namespace[0], [...namespace[1], script, process.execPath], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(/:(\d+)\?/.exec(line.toString())?.[1]);
    let told = '';
    child.stderr.on('data', (data: Buffer) => {
      told += data;
    });

    const client = streamsClient(port);
    const written: string[] = [];
    const append = async () => {
      const event = { id: randomUUID(), data: Buffer.alloc(100_000, 1) };
      await rawAppend(client, 's', written.length - 1, [event]);
      written.push(event.id);
    };
    const refusals: number[] = [];
    while (refusals.length < 20) await append().catch(({ code }) => refusals.push(code));
    expect(new Set(refusals)).toEqual(new Set([8])); // RESOURCE_EXHAUSTED
    expect(told).toContain('There is no room on the disk for the event log.');

    const reader = EventStoreDBClient.connectionString`esdb://127.0.0.1:${port}?tls=false`;
    expect(await idsIn(reader, 's')).toEqual(written);
    rmSync(`/proc/${child.pid}/root${mount_point}/filler`);
    for (let n = 0; n < 10; n += 1) await append();
    expect(await idsIn(reader, 's')).toEqual(written);
    await reader.dispose();
    client.close();
    child.kill();
    expect(await ended(child)).toBe(0);
  });
});
