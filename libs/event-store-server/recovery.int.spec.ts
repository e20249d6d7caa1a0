import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';

const synced: string[] = [];
jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  fsyncSync: (descriptor: number) => {
    synced.push(fs.readlinkSync(`/proc/self/fd/${descriptor}`));
    fs.fsyncSync(descriptor);
  },
}));
const { Log } = await import('./log.js');

const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'event-store-recovery-')));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const append = (stream: string, id: string) => ({
  kind: 'append' as const,
  stream,
  expected: 'no_stream' as const,
  events: [{ id, type: 'Counted', is_json: false, data: new Uint8Array(1), metadata: new Uint8Array(0) }],
});

function killed(name: string): string {
  const [alive, left] = [join(folder, `${name}-alive`), join(folder, `${name}-left`)];
  const log = Log.open({ data_dir: alive });
  log.commit([
    append('acknowledged', crypto.randomUUID()),
    append('written-only', '00000000-0000-4000-8000-000000000001'),
  ]);
  fs.cpSync(alive, left, { recursive: true });
  log.close();
  return left;
}

(process.platform === 'linux' ? describe : describe.skip)('a log that was killed', () => {
  it('is on the disk before it is opened: write-ahead log, file and folder', () => {
    const data_dir = killed('opened');
    synced.length = 0;
    const log = Log.open({ data_dir });
    expect(new Set(synced)).toEqual(new Set([join(data_dir, 'events.db'), join(data_dir, 'events.db-wal'), data_dir]));
    log.close();
  });

  it('answers a retry of what was only written, which needs no sync any more', () => {
    const data_dir = killed('retried');
    synced.length = 0;
    const log = Log.open({ data_dir });
    const before = fs.statSync(join(data_dir, 'events.db-wal')).size;
    expect(log.commit([append('written-only', '00000000-0000-4000-8000-000000000001')])).toMatchObject([
      { kind: 'written', revision: 0 },
    ]);
    expect(fs.statSync(join(data_dir, 'events.db-wal')).size).toBe(before);
    expect(synced).toContain(join(data_dir, 'events.db-wal'));
    log.close();
  });
});
