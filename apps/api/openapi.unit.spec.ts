/** The document itself; that answers are as it says is held by the end-to-end specs (test/support/contract.ts). */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lintFromString, loadConfig } from '@redocly/openapi-core';
import {
  differences,
  type OpenApi,
  type OperationAt,
  operationsOf,
  parametersOf,
  type Response,
  resolved,
  type Schema,
} from '../../test/support/contract.js';
import { unconnectedApp } from '../../test/support/unconnected-app.js';
import { hasExample } from './http/openapi-document.js';
import { problemSchemaName } from './http/openapi-problems.js';
import { TAGS } from './http/openapi-tags.js';
import { PROBLEMS, type ProblemCode } from './http/problem.js';

/** An operation that is asked rightly is not answered method_not_allowed. */
const CODES = (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => code !== 'method_not_allowed');
const BYTES_OF_OPERATION_MAX = 2_500;

let unconnected: Awaited<ReturnType<typeof unconnectedApp>>;
let document: OpenApi;
let operations: OperationAt[];
let bytes: number;

beforeAll(async () => {
  unconnected = await unconnectedApp();
  const { body } = await unconnected.app.inject('/docs-json');
  bytes = Buffer.byteLength(body);
  document = JSON.parse(body) as OpenApi;
  operations = operationsOf(document);
});
afterAll(() => unconnected.app.close());

function everyOperation(keeps: (at: OperationAt) => boolean): void {
  expect(operations.filter((at) => !keeps(at)).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
}
const twice = (names: readonly string[]) => names.filter((name, at) => names.indexOf(name) !== at);

test('what operations share is written down once', () =>
  expect(bytes / operations.length).toBeLessThan(BYTES_OF_OPERATION_MAX));

test('every operation has a name and a summary of its own', () => {
  expect(twice(operations.map(({ operation }) => operation.operationId))).toEqual([]);
  expect(twice(operations.map(({ operation }) => operation.summary))).toEqual([]);
  everyOperation(({ operation: { operationId, summary } }) => !!operationId && summary.split(' ').length >= 2);
});

test('every operation has one tag, and every tag is described', () => {
  everyOperation(({ operation: { tags } }) => tags.length === 1 && tags[0]! in TAGS);
  const used = new Set(operations.flatMap(({ operation }) => operation.tags));
  expect(Object.keys(TAGS).filter((tag) => !used.has(tag))).toEqual([]);
  expect(document.tags.map(({ name, description }) => [name, description])).toEqual(Object.entries(TAGS));
});

test('every parameter of a path is described, and no other', () => {
  everyOperation(({ path, operation: { parameters = [] } }) => {
    const said = parameters.map((each) => resolved(document, each)).filter((each) => each.in === 'path');
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    return JSON.stringify(said.map(({ name }) => name).toSorted()) === JSON.stringify(named.toSorted());
  });
});

test('every operation says how it succeeds, and every answer with a body says what is in it', () => {
  // A redirect has no body, and says where it leads.
  const leads = (status: string, headers?: object) => /^30[23]$/.test(status) && 'Location' in (headers ?? {});
  const answers = ({ operation }: OperationAt) =>
    Object.entries(operation.responses).map(([status, each]) => ({ status, ...resolved<Response>(document, each) }));
  everyOperation((at) => answers(at).some(({ status, headers }) => status.startsWith('2') || leads(status, headers)));
  everyOperation((at) =>
    answers(at).every(({ status, content = {}, headers }) => {
      const members = Object.values(content).map(({ schema }) => Object.keys(schema ?? {}).length);
      return (
        /^[23]04$/.test(status) || leads(status, headers) || (members.length > 0 && members.every((count) => count > 0))
      );
    }),
  );
});

test('what takes a format answers in each, and what lists or reports takes one', () => {
  const formats = ({ operation }: OperationAt) =>
    parametersOf(document, operation).some(({ name, in: where }) => name === 'format' && where === 'query');
  const tables = ({ operation: { responses } }: OperationAt) => {
    const answer = responses['200'];
    return answer !== undefined && 'text/csv' in (resolved<Response>(document, answer).content ?? {});
  };
  everyOperation((at) => formats(at) === tables(at));
  const lists = operations.filter(({ method, path, operation: { operationId } }) => {
    return method === 'GET' && (/^list/.test(operationId) || path.includes('/reports/'));
  });
  expect(lists.length).toBeGreaterThan(40);
  expect(lists.filter((at) => !tables(at)).map(({ path }) => path)).toEqual([]);
});

test('only what is open to all says that it needs no token; all else names 401 and 403', () => {
  const open = operations.filter(({ operation }) => operation.security !== undefined);
  expect(open.map(({ operation }) => operation.security)).toEqual(open.map(() => []));
  expect(open.map(({ path }) => path).filter((path) => !/health|metrics/.test(path))).toEqual([
    '/api/v1/auth/login',
    '/api/v1/auth/oidc/start',
    '/api/v1/auth/oidc/callback',
    '/api/v1/auth/oidc/token',
    '/api/v1/auth/oidc/backchannel-logout',
  ]);
  everyOperation(({ operation: { security, responses } }) => !!security || ('401' in responses && '403' in responses));
});

test('every reference leads somewhere, and everything that can be referred to is', () => {
  const references = new Set(
    [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/([^"]+)"/g)].map(([, at]) => at!),
  );
  const there = Object.entries(document.components).flatMap(([kind, named]) =>
    kind === 'securitySchemes' ? [] : Object.keys(named).map((name) => `${kind}/${name}`),
  );
  expect([...references].filter((at) => !there.includes(at))).toEqual([]);
  expect(there.filter((at) => !references.has(at))).toEqual([]);
});

test('redocly finds nothing to say', async () => {
  const config = await loadConfig({ configPath: 'redocly.yaml' });
  const found = await lintFromString({ source: JSON.stringify(document), absoluteRef: 'openapi.json', config });
  expect(found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
});

test('what takes a ledger says what becomes of one that there is not', () => {
  const codesAt = ({ operation: { responses } }: OperationAt, status: string) =>
    JSON.stringify(resolved<Response>(document, responses[status] ?? responses.default!).content ?? {});
  everyOperation(
    (at) =>
      !parametersOf(document, at.operation).some(({ name }) => name === 'Ledger') ||
      codesAt(at, '404').includes(problemSchemaName('unknown_ledger')),
  );
});

describe('problems', () => {
  const codesOf = (schema: Schema | undefined): string[] => {
    if (schema === undefined) return [];
    if (schema.oneOf !== undefined) return schema.oneOf.flatMap(codesOf);
    const { allOf = [] } = resolved<Schema>(document, schema);
    return (allOf[1]?.properties?.code?.enum ?? []) as string[];
  };

  test('every one is application/problem+json, and names codes of its status', () => {
    const wrong = operations.flatMap(({ operation: { operationId, responses } }) =>
      Object.entries(responses).flatMap(([status, each]) => {
        if (/^[123]/.test(status)) return [];
        const { content = {} } = resolved<Response>(document, each);
        const codes = codesOf(content['application/problem+json']?.schema) as ProblemCode[];
        const fits = codes.every((code) => status === 'default' || `${PROBLEMS[code].status}` === status);
        return codes.length > 0 && fits && Object.keys(content).length === 1 ? [] : [`${operationId} ${status}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('each has a schema of its own, whose details are typed and have examples that fit', () => {
    const wrong = CODES.flatMap((code) => {
      const { required = [], properties = {} } = document.components.schemas[problemSchemaName(code)]!.allOf![1]!;
      if (!required.includes('code')) return [`${code} has no code`];
      return Object.entries(properties).flatMap(([name, schema]) =>
        schema.$ref !== undefined || schema.enum?.length === 1
          ? []
          : differences(document, schema, schema.example, `${code}.${name}`),
      );
    });
    expect(wrong).toEqual([]);
  });
});

describe('examples', () => {
  /** Content of bodies and of answers that succeed. */
  const contents = () =>
    operations.flatMap(({ method, path, operation: { requestBody, responses } }) => {
      const at = (what: string, content: Response['content'] = {}) =>
        Object.entries(content).map(([type, media]) => ({ what: `${method} ${path} ${what} ${type}`, ...media }));
      const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      return [
        ...at('body', requestBody?.content),
        ...answers.flatMap(([status, each]) => at(status, resolved<Response>(document, each).content)),
      ];
    });

  test('every body and every answer has one', () => {
    const schemas = document.components.schemas as never;
    const without = contents().filter(
      ({ schema, example }) => example === undefined && !hasExample(schema as never, schemas),
    );
    // Send it in docs/walkthrough.http, or else in test/support/other-requests.ts, and run `npm run examples`.
    expect(without.map(({ what }) => `${what} has no example`)).toEqual([]);
  });

  test('each fits its schema', () => {
    const of_schemas = Object.entries(document.components.schemas).map(([what, schema]) => ({
      what,
      schema,
      example: schema.example,
    }));
    const wrong = [...contents(), ...of_schemas].flatMap(({ what, schema, example }) =>
      example === undefined
        ? []
        : differences(document, schema ?? {}, example, '').map((difference) => `${what} ${difference}`),
    );
    expect(wrong).toEqual([]);
  });
});
