import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = new URL('../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');
const page = read('docs/ARCHITECTURE.md');
const quoted = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
/** Cells of each row of the first table behind the text. */
const tableAfter = (text: string) => {
  const [, table = ''] = /(?:^|\n)(\|.*?)\n(?!\|)/s.exec(page.slice(page.indexOf(text))) ?? [];
  const rows = table.split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
};

const rooms = tableAfter('## The rooms');
const named = rooms.flatMap(([folders]) => quoted(folders));

test('the table of rooms matches the tree', () => {
  const there = ['libs', 'projections', 'apps', 'test'].flatMap((top) =>
    readdirSync(new URL(top, root), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${top}/${entry.name}`),
  );
  expect(named.toSorted()).toEqual(there.toSorted());
});

const roomOf = (path: string) => path.split('/').slice(0, 2).join('/');
const IMPORT = /(?:\bfrom|\bimport|\bdeclare module) ?\(? ?'(\.[^']+)'/g;

function importsOf(room: string): string[] {
  const files = globSync(`${room}/**/*.ts`, { cwd: root }).filter((file) => !file.endsWith('.spec.ts'));
  const imported = files.flatMap((file) =>
    [...read(file).matchAll(IMPORT)].map(([, path]) => roomOf(join(file, '..', path!))),
  );
  return [...new Set(imported)].filter((each) => each !== room);
}

const checked = rooms.filter(([folders]) => !quoted(folders)[0]!.startsWith('test/'));

test.each(checked)('%s imports what the table says, and nothing else', (folder, _what, imports) => {
  const [room] = quoted(folder);
  const words = imports === 'nothing' ? [] : imports!.replaceAll(/ \([^)]*\)/g, '').split(', ');
  const said = words.map((word) => named.find((each) => each === `libs/${word}` || each === `projections/${word}`));
  expect(said.toSorted()).toEqual(importsOf(room!).toSorted());
});

test.each(['A sale, from socket to answer', 'An event, from the log to its rows', 'A question about the past'])(
  'the walk: %s',
  (walk) => {
    const hops = tableAfter(walk);
    expect(hops.length).toBeGreaterThan(5);
    expect(hops.length).toBeLessThanOrEqual(10);
    const lost = hops.filter(([, file, name]) => {
      const [[path], [declared]] = [quoted(file), quoted(name)];
      if (!existsSync(new URL(path!, root))) return true;
      return !new RegExp(`(?:function\\*?|class|const) ${declared}\\b|^  (?:async )?${declared}[(<]`, 'm').test(
        read(path!),
      );
    });
    expect(lost).toEqual([]);
  },
);
