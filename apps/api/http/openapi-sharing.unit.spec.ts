import { expect, test } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { shareParameters, shareSchemas } from './openapi-sharing.js';

const text = { type: 'string' };
const object = (properties: object, required: string[]) => ({ type: 'object', required, properties });
const to = (name: string) => ({ $ref: `#/components/schemas/${name}` });

function shared(answer: object, schemas: Record<string, object>, bases: string[] = []) {
  const document = { paths: { '/': answer }, components: { schemas } } as unknown as OpenAPIObject;
  shareSchemas(document, bases);
  return { answer: document.paths['/'], schemas: document.components!.schemas! };
}

test('an inline schema that is a component is a reference to it, whatever the order of its fields', () => {
  const User = { ...object({ name: text }, ['name']), description: 'a user' };
  const inline = { description: 'a user', properties: { name: text }, required: ['name'], type: 'object' };
  const list = { items: inline, example: inline };
  expect(shared(list, { User, Other: object({ user: inline }, ['user']) })).toEqual({
    answer: { items: to('User'), example: inline },
    schemas: { User, Other: object({ user: to('User') }, ['user']) },
  });
});

test('what has all fields of a base extends it, and all else stays', () => {
  const Page = object({ next: text, prev: text }, ['next']);
  const data = { type: 'array', items: text };
  const pages = { whole: object({ data, next: text, prev: text }, ['data', 'next']), description: 'x' };
  const others = {
    required: object({ data, next: text, prev: text }, ['data', 'next', 'prev']),
    type: object({ next: { type: 'integer' }, prev: text }, ['next']),
    missing: object({ data, next: text }, ['next']),
  };
  expect(shared({ ...pages, ...others }, { Page }, ['Page'])).toEqual({
    answer: { whole: { allOf: [to('Page'), object({ data }, ['data'])] }, description: 'x', ...others },
    schemas: { Page },
  });
});

test('of several bases each is extended, and one extends none with its own fields', () => {
  const schemas = { Big: object({ a: text, b: text }, ['a']), Small: object({ c: text }, ['c']) };
  const both = { ...object({ c: text, a: text, b: text }, ['c', 'a']), description: 'both' };
  expect(shared({ both }, schemas, ['Big', 'Small'])).toEqual({
    answer: { both: { description: 'both', allOf: [to('Big'), to('Small')] } },
    schemas,
  });
});

test('of parameters with one name the most used has it, another that of its first operation as well', () => {
  const sort = (...words: string[]) => ({ name: 'sort', in: 'query', schema: { ...text, enum: words } });
  const operations = [
    { operationId: 'listA', parameters: [sort('x')] },
    { operationId: 'listB', parameters: [sort('y')] },
    { operationId: 'listC', parameters: [sort('y')] },
    { operationId: 'listD', parameters: [sort('x')] },
    { operationId: 'listE', parameters: [sort('x')] },
    { operationId: 'listF', parameters: [sort('alone')] },
  ];
  expect(shareParameters(operations)).toEqual({ sort: sort('x'), 'listB.sort': sort('y') });
  expect(operations.map(({ parameters }) => parameters[0])).toEqual([
    ...[{ $ref: '#/components/parameters/sort' }, { $ref: '#/components/parameters/listB.sort' }],
    ...[{ $ref: '#/components/parameters/listB.sort' }, { $ref: '#/components/parameters/sort' }],
    ...[{ $ref: '#/components/parameters/sort' }, sort('alone')],
  ]);
});
