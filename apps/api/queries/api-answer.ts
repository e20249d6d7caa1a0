import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from '../http/openapi.js';
import type { ProblemCode } from '../http/problem.js';
import { AddRouteConfig } from '../http/route-config.js';
import { CsvPages } from './csv-pages.js';

type Schema = object;

export function ApiAnswer(operation: string, summary: string, schema: Schema, ...refusals: ProblemCode[]) {
  return about(operation, summary, schema, {}, refusals);
}
/** Of one record of master data, whose tag a change may name in If-Match. */
export function ApiRecord(operation: string, summary: string, schema: Schema, ...refusals: ProblemCode[]) {
  return applyDecorators(ApiAnswer(operation, summary, schema, ...refusals), AddRouteConfig({ validated: 'record' }));
}
export function ApiReport(operation: string, summary: string, schema: Schema) {
  return about(operation, summary, schema, CSV, []);
}
/** Its parameters have a `format`. @param schema of a page, or of all rows at once: `data` */
export function ApiList(operation: string, summary: string, schema: Schema, ...refusals: ProblemCode[]) {
  return applyDecorators(
    about(operation, summary, schema, CSV, refusals),
    UseInterceptors(new CsvPages(schema, fileNameOf(operation))),
  );
}
/** 200, as JSON or CSV, of a list that no position of a ledger is asked for. Its parameters have a `format`. */
export function ApiTable(operation: string, schema: Schema) {
  return applyDecorators(
    ApiResponse({ status: 200, description: 'the answer', content: { 'application/json': { schema }, ...CSV } }),
    UseInterceptors(new CsvPages(schema, fileNameOf(operation))),
  );
}
/** Of a list of how things are: pages of a CSV file are all of the first one's position. */
export const OfOnePosition = () => AddRouteConfig({ of_one_position: true });

const CSV = { 'text/csv': { schema: { type: 'string' } } };

/** listStockCounts: stock-counts. */
function fileNameOf(operation: string): string {
  return operation
    .replace(/^(list|get)/, '')
    .replaceAll(/(?!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
}

type Content = Record<string, { schema: Schema }>;
function about(operation: string, summary: string, schema: Schema, also: Content, refusals: ProblemCode[]) {
  return applyDecorators(
    AddRouteConfig({ validated: 'answer' }),
    ApiOperation({ operationId: operation, summary }),
    ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } }),
    ApiHeader({
      name: 'Ledger-Position',
      required: false,
      description: 'as min_position: of the answer to a command, to read what it wrote',
      schema: { type: 'integer', format: 'int64' },
    }),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'ETag of an answer that is known: 304 where it is still so',
      schema: { type: 'string' },
    }),
    ApiResponse({ status: 200, description: 'the answer', content: { 'application/json': { schema }, ...also } }),
    ApiResponse({ status: 304, description: 'what If-None-Match names' }),
    ApiProblems('invalid_parameter', 'unknown_ledger', 'projection_halted', 'projection_behind', ...refusals),
  );
}
