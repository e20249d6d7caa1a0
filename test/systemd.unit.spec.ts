/** deploy/systemd, as systemd itself reads it; skipped where there is none. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = 'deploy/systemd';
const withSystemd = spawnSync('systemd-analyze', ['--version']).status === 0 ? test : test.skip;

test('each unit runs a program that is there', async () => {
  for (const file of (await readdir(FOLDER)).filter((name) => name.endsWith('.service'))) {
    const [, app] =
      /^ExecStart=\/usr\/bin\/node dist\/apps\/([\w-]+)\/main\.js/m.exec(await readFile(join(FOLDER, file), 'utf8')) ??
      [];
    expect([file, existsSync(`apps/${app}/main.ts`)]).toEqual([file, true]);
  }
});

withSystemd('systemd finds no fault with them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'systemd-'));
  try {
    const files = await readdir(FOLDER);
    for (const file of files) {
      const text = await readFile(join(FOLDER, file), 'utf8');
      await writeFile(join(folder, file), text.replace('/usr/bin/node', process.execPath));
    }
    const units = files.map((file) => join(folder, file));
    const verify = (paths: string[]) =>
      spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' });
    const found = ({ stderr }: { stderr: string }) =>
      stderr.split('\n').filter((line) => line.includes(folder) || line.includes('factory-ledger'));
    expect(found(verify(units))).toEqual([]);
    const slip = units.find((path) => path.endsWith('.timer'))!;
    await writeFile(slip, '[Timer]\nOnCalender=daily\n');
    expect(found(verify([slip]))).not.toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
