import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chance, chanceOf, seedOf } from '../../test/support/random.js';
import { type AppendRequest, Log } from './log.js';
import { LogUnavailable } from './log-file.js';
import { verifyFolder } from './maintenance.js';
import { DamagedLog, type ProposedEvent } from './record.js';

const seed = seedOf();
const trials = Number(process.env.TRIALS ?? 100);
const folder = mkdtempSync(join(tmpdir(), 'event-store-damage-'));
afterAll(() => rmSync(folder, { recursive: true }));

const streams = ['a', 'b', 'ledger-main', 'ünï'];

function newEvent(chance: Chance, n: number): ProposedEvent {
  const size = chance.percent(10) ? chance.whole(4_000, 20_000) : chance.whole(0, 400);
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  return { id, type: `Type${n % 7}`, is_json: false, data: Buffer.alloc(size, n), metadata: Buffer.from(`${n}`) };
}

function fill(log: Log, chance: Chance): void {
  let n = 0;
  for (let transaction = 0; transaction < 60; transaction += 1) {
    const stream = chance.pick(streams);
    const events = Array.from({ length: chance.whole(1, 8) }, () => newEvent(chance, n++));
    const requests: AppendRequest[] = [{ kind: 'append', stream, expected: 'any', events }];
    if (transaction === 20) requests.push({ kind: 'delete', stream: 'b', expected: 'any', events: [] });
    log.commit(requests);
  }
}

function everythingIn(log: Log): string {
  const limits = { events_max: 1_000, bytes_max: 10_000_000 };
  const answers = [
    log.readAll(0, false, limits),
    log.readAll(Number.MAX_SAFE_INTEGER, true, limits),
    ...streams.map((stream) => log.streamStatus(stream)),
    ...streams.map((stream) => log.readStream(stream, 0, false, limits)),
    ...streams.map((stream) => log.readStream(stream, Number.MAX_SAFE_INTEGER, true, limits)),
    ...streams.map((stream) => log.eventAt(stream, 3)),
  ];
  return JSON.stringify(answers);
}

function readFolder(data_dir: string): { everything?: string; sentence?: string } {
  let log: Log | undefined;
  try {
    log = Log.open({ data_dir });
    return { everything: everythingIn(log) };
  } catch (error) {
    if (error instanceof DamagedLog || error instanceof LogUnavailable) return { sentence: error.message };
    throw error;
  } finally {
    log?.close();
  }
}

function flipOneBit(file: string, chance: Chance, from = 0, to = Number.POSITIVE_INFINITY): number {
  const bytes = readFileSync(file);
  const at = chance.whole(from, Math.min(to, bytes.length) - 1);
  bytes[at]! ^= 1 << chance.whole(0, 7);
  writeFileSync(file, bytes);
  return at;
}

test(`a bit flipped in the file of a store that stopped (seed ${seed})`, () => {
  const chance = chanceOf(seed);
  const whole = join(folder, 'stopped');
  const log = Log.open({ data_dir: whole });
  fill(log, chance);
  const expected = everythingIn(log);
  log.close();
  expect(readFolder(whole)).toEqual({ everything: expected });

  let reported = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const copy = join(folder, `stopped-${trial}`);
    cpSync(whole, copy, { recursive: true });
    const at = flipOneBit(join(copy, 'events.db'), chance);
    const { everything, sentence } = readFolder(copy);
    if (sentence) reported += 1;
    else if (everything !== expected) throw new Error(`seed ${seed}: the flip at byte ${at} was served silently`);
    rmSync(copy, { recursive: true });
  }
  expect(reported).toBeGreaterThan(trials / 2);
});

test(`verification finds whatever would be answered wrongly (seed ${seed})`, () => {
  const chance = chanceOf(seed + 1);
  const whole = join(folder, 'verified');
  const log = Log.open({ data_dir: whole });
  fill(log, chance);
  const expected = everythingIn(log);
  log.close();
  for (let trial = 0; trial < trials; trial += 1) {
    const copy = join(folder, `verified-${trial}`);
    cpSync(whole, copy, { recursive: true });
    const at = flipOneBit(join(copy, 'events.db'), chance);
    const verified = verifies(copy);
    if (verified && readFolder(copy).everything !== expected)
      throw new Error(`seed ${seed}: the flip at byte ${at} was not found`);
    rmSync(copy, { recursive: true });
  }
});

function verifies(data_dir: string): boolean {
  try {
    verifyFolder(data_dir);
    return true;
  } catch (error) {
    if (error instanceof DamagedLog || error instanceof LogUnavailable) return false;
    throw error;
  }
}

test(`a bit flipped in the write-ahead log of a store that was killed (seed ${seed})`, () => {
  const chance = chanceOf(seed + 2);
  const running = join(folder, 'running');
  const killed = join(folder, 'killed');
  const log = Log.open({ data_dir: running });
  fill(log, chance);
  const before_last = readFileSync(join(running, 'events.db-wal')).length;
  log.commit([{ kind: 'append', stream: 'a', expected: 'any', events: [newEvent(chance, 999)] }]);
  const expected = everythingIn(log);
  cpSync(running, killed, { recursive: true });
  log.close();

  for (let trial = 0; trial < trials; trial += 1) {
    const copy = join(folder, `killed-${trial}`);
    cpSync(killed, copy, { recursive: true });
    // A flip in the last transaction cannot be told from a torn write.
    const at = flipOneBit(join(copy, 'events.db-wal'), chance, 0, before_last);
    const { everything, sentence } = readFolder(copy);
    if (!sentence && everything !== expected)
      throw new Error(`seed ${seed}: the flip at byte ${at} was served silently`);
    rmSync(copy, { recursive: true });
  }
});

test('every read that meets a lost record misses it', () => {
  const data_dir = join(folder, 'lost');
  const log = Log.open({ data_dir });
  fill(log, chanceOf(1));
  log.close();
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(join(data_dir, 'events.db'));
  database.exec('DELETE FROM events WHERE position = (SELECT position FROM events LIMIT 1 OFFSET 30)');
  database.close();
  expect(readFolder(data_dir).sentence).toMatch(/^The log is damaged: .* missing\.$/);
  expect(verifies(data_dir)).toBe(false);
});

test.each([
  ['not a database', Buffer.alloc(8_192, 7)],
  ['cut short', undefined],
])('a file that is %s is refused at the start', (_name, content) => {
  const data_dir = mkdtempSync(join(folder, 'refused-'));
  const log = Log.open({ data_dir });
  fill(log, chanceOf(1));
  log.close();
  const file = join(data_dir, 'events.db');
  writeFileSync(file, content ?? readFileSync(file).subarray(0, 60_000));
  expect(readFolder(data_dir).sentence).toMatch(/damaged|cannot be/);
});
