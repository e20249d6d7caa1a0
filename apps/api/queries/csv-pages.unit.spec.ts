import 'reflect-metadata';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import type { CallHandler, ExecutionContext, StreamableFile } from '@nestjs/common';
import { defer, lastValueFrom } from 'rxjs';
import Type from 'typebox';
import { Problem } from '../http/problem.js';
import { id, page } from '../http/schema.js';
import { CsvPages } from './csv-pages.js';

const PAGES = 3;
type Query = Record<string, string>;

/** Three pages of a row each, and what was asked for them. */
function list(query: Query, { of_one_position = false, signed_in = PAGES, failing = PAGES } = {}) {
  const asked: Query[] = [];
  let checks = 0;
  const request = {
    query,
    routeOptions: { config: { of_one_position } },
    server: {
      authenticateAgain: async () => {
        checks += 1;
        if (checks > signed_in) throw new Problem('unauthenticated');
      },
    },
  };
  const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
  const handler: CallHandler = {
    handle: () =>
      defer(async () => {
        asked.push({ ...request.query });
        const at = asked.length;
        if (at > failing) throw new Problem('projection_behind');
        return { data: [{ item_id: `=${at}` }], next_cursor: at < PAGES ? `after-${at}` : null, position: 70 + at };
      }),
  };
  const answer = lastValueFrom(new CsvPages(page(Type.Object({ item_id: id })), 'items').intercept(context, handler));
  return { asked, answer: answer as Promise<StreamableFile> };
}
const csvOf = async ({ answer }: ReturnType<typeof list>) => text((await answer).getStream());

test('all pages are one table, whatever page was asked for', async () => {
  const asked = list({ format: 'csv', limit: '1', cursor: 'x', from: '2026-01-01' });
  expect(await csvOf(asked)).toBe("item_id\r\n'=1\r\n'=2\r\n'=3\r\n");
  expect(asked.asked).toEqual([
    { limit: '1000', from: '2026-01-01' },
    { limit: '1000', from: '2026-01-01', cursor: 'after-1' },
    { limit: '1000', from: '2026-01-01', cursor: 'after-2' },
  ]);
  expect((await asked.answer).getHeaders()).toMatchObject({
    type: 'text/csv; charset=utf-8',
    disposition: 'attachment; filename="items.csv"',
  });
});

test('of one position, unless another moment is asked for, or what is of the present only', async () => {
  const positions = async (query: Query) => {
    const asked = list({ format: 'csv', ...query }, { of_one_position: true });
    await csvOf(asked);
    return asked.asked.map(({ position }) => position);
  };
  expect(await positions({ active: 'true', as_of: '2026-01-01' })).toEqual([undefined, '71', '71']);
  expect(await positions({ position: '5' })).toEqual(['5', '5', '5']);
  const others: Query[] = [{ known_at: '2026-01-01' }, { sort: 'name' }, { q: 'x' }, { grade: 'A' }];
  for (const query of others) expect(await positions(query)).toEqual([undefined, undefined, undefined]);
});

test('JSON is one page, and the list does not see the word', async () => {
  const asked = list({ format: 'json', limit: '1' });
  expect(await asked.answer).toEqual({ data: [{ item_id: '=1' }], next_cursor: 'after-1', position: 71 });
  expect(asked.asked).toEqual([{ limit: '1' }]);
  const wrong = list({ format: 'xml' });
  await wrong.answer;
  expect(wrong.asked).toEqual([{ format: 'xml' }]);
});

test('a refusal is a problem; later the table is cut off, as when the session has ended', async () => {
  await expect(list({ format: 'csv' }, { failing: 0 }).answer).rejects.toThrow(Problem);
  await expect(csvOf(list({ format: 'csv' }, { failing: 1 }))).rejects.toThrow(Problem);
  await expect(csvOf(list({ format: 'csv' }, { signed_in: 1 }))).rejects.toThrow(Problem);
});
