import { expect, test } from '@jest/globals';
import type { OpenApi, Schema } from '../support/contract.js';
import { breakingChanges } from './breaking-changes.js';

const text: Schema = { type: 'string' };
function documentOf(body: Schema, answer: Schema, more: { query?: object[]; path?: string } = {}): OpenApi {
  const { query = [], path = '/things' } = more;
  const operation = {
    parameters: query,
    requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Body' } } } },
    responses: { 201: { description: '', content: { 'application/json': { schema: answer } } } },
  };
  return { paths: { [path]: { post: operation } }, components: { schemas: { Body: body } } } as unknown as OpenApi;
}
const body = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
});
const before = documentOf(
  body({ name: text, kind: { type: 'string', enum: ['a', 'b'] } }, ['name']),
  body({ id: text, rows: { type: 'array', items: body({ n: { type: 'integer' } }, ['n']) } }, ['id']),
);

test('the same document breaks nothing, nor do new operations, optional inputs and new fields of answers', () => {
  expect(breakingChanges(before, before)).toEqual([]);
  const after = documentOf(
    body({ name: text, kind: { type: 'string', enum: ['a', 'b', 'c'] }, note: text }, ['name']),
    body({ id: text, more: text, rows: { type: 'array', items: body({ n: { type: 'integer' } }, ['n']) } }, [
      'id',
      'more',
    ]),
    { query: [{ name: 'dry_run', in: 'query', schema: { type: 'boolean' } }] },
  );
  after.paths['/others'] = after.paths['/things']!;
  expect(breakingChanges(before, after)).toEqual([]);
});

test('what is gone, what is asked for now, and what is of another type is told where it stands', () => {
  const after = documentOf(
    body({ name: { type: 'integer' }, kind: { type: 'string', enum: ['a'] }, who: text }, ['name', 'kind', 'who']),
    body({ id: text, rows: { type: 'array', items: body({ m: { type: 'integer' } }) } }),
    { query: [{ name: 'as', in: 'query', required: true, schema: text }] },
  );
  expect(breakingChanges(before, after)).toEqual([
    'POST /things 201 application/json.id: may be absent now',
    'POST /things 201 application/json.rows[].n: removed',
    'POST /things body.kind: is required now',
    'POST /things body.kind: no b any more',
    'POST /things body.name: string became integer',
    'POST /things body.who: a new input that is required',
    'POST /things query as: a new input that is required',
  ]);
});

test('an operation that is gone is told once', () => {
  const after = documentOf(body({}), body({}), { path: '/elsewhere' });
  expect(breakingChanges(before, after)).toEqual(['POST /things: removed']);
});
