import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDataFolder } from './data-folder.js';

it('is removed with its database, also where that is elsewhere', async () => {
  const [dir, home] = await Promise.all(['data-', 'database-'].map((name) => mkdtemp(join(tmpdir(), name))));
  await writeFile(join(dir!, 'postgres.json'), JSON.stringify({ home, password: 'x' }));
  await removeDataFolder(dir!);
  expect([dir, home].filter((each) => existsSync(each!))).toEqual([]);
  await removeDataFolder(dir!);
});
