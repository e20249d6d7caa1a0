import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const root = new URL('../', import.meta.url);

test('the table of rooms matches the tree', () => {
  const page = readFileSync(new URL('docs/ARCHITECTURE.md', root), 'utf8');
  const table = page.slice(page.indexOf('## The rooms')).split('\n\n')[1] ?? '';
  const named = table
    .split('\n')
    .slice(2)
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, path]) => path!));
  const rooms = ['libs', 'projections', 'apps', 'test'].flatMap((top) =>
    readdirSync(new URL(top, root), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${top}/${entry.name}`),
  );
  expect(named.toSorted()).toEqual(rooms.toSorted());
  expect(named.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
});
