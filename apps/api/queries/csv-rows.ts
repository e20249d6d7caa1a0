/** Any list as a table: the columns follow from the schema of its answer, and so do the cells. */
import type { Cell } from '../../../libs/csv/write.js';
import { componentSchemas } from '../http/schema.js';

interface Schema {
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
}

interface Column {
  name: string;
  path: string[];
  /** Of a list of objects that `path` begins with: one row for each. */
  list?: string;
  /** What has no columns of its own is one cell of JSON. */
  is_json?: boolean;
}
export type CsvColumns = readonly Column[];

/** For people who click; the row says the same. */
const LEFT_OUT = new Set(['href', 'cause_href']);
const LINE = 'line';

/** @param answer whose `data` holds the rows */
export function csvColumnsOf(answer: object): CsvColumns {
  const { items } = resolved(propertiesOf(answer as Schema).data ?? {});
  if (items === undefined) throw new Error('a table has rows in its data');
  const columns = columnsIn(items);
  // Of which row of its document a row is.
  return columns.some(({ list }) => list !== undefined) ? [...columns, { name: LINE, path: [] }] : columns;
}

function columnsIn(row: Schema, within: string[] = []): Column[] {
  return Object.entries(propertiesOf(row)).flatMap(([field, schema]): Column[] => {
    if (LEFT_OUT.has(field)) return [];
    const path = [...within, field];
    const name = path.join('_');
    const { type, items = {} } = resolved(schema);
    const of_items = type === 'array' ? propertiesOf(items) : {};
    if (within.length === 0 && Object.keys(of_items).length > 0)
      return Object.entries(of_items).map(([each, of_each]) => ({
        name: `${name}_${each}`,
        path: [each],
        list: field,
        ...(isJson(of_each) && { is_json: true }),
      }));
    if (Object.keys(propertiesOf(schema)).length > 0) return columnsIn(schema, path);
    return [{ name, path, ...(isJson(schema) && { is_json: true }) }];
  });
}

/** A list of plain values is one cell, with blanks between. */
function isJson(schema: Schema): boolean {
  const { type, items = {}, oneOf } = resolved(schema);
  if (type === 'array') return isJson(items);
  return type === 'object' || oneOf !== undefined;
}

export function isPaged(answer: object): boolean {
  return 'next_cursor' in propertiesOf(answer as Schema);
}

function propertiesOf(schema: Schema): Record<string, Schema> {
  return resolved(schema).properties ?? {};
}
function resolved(schema: Schema): Schema {
  const { $ref, allOf } = schema;
  if ($ref !== undefined) return resolved(componentSchemas()[$ref.split('/').at(-1)!] ?? {});
  return allOf?.length === 1 ? { ...resolved(allOf[0]!), ...schema, allOf: undefined } : schema;
}

type Row = Record<string, unknown>;

/** Lists of an object stand side by side, and its own fields on each of their rows. */
export function csvRowsOf(columns: CsvColumns, data: readonly object[]): Cell[][] {
  const lists = [...new Set(columns.flatMap(({ list }) => list ?? []))];
  return data.flatMap((each) => {
    const row = each as Row;
    const count = Math.max(1, ...lists.map((list) => (row[list] as unknown[] | undefined)?.length ?? 0));
    return Array.from({ length: count }, (_, at) =>
      columns.map(({ path, list, is_json }): Cell => {
        if (path.length === 0) return at + 1;
        const of = list === undefined ? row : (row[list] as Row[] | undefined)?.[at];
        return cellOf(
          path.reduce<unknown>((value, name) => (value as Row | null | undefined)?.[name], of),
          is_json,
        );
      }),
    );
  });
}

function cellOf(value: unknown, is_json = false): Cell {
  if (value === null || value === undefined) return null;
  if (is_json) return JSON.stringify(value);
  return Array.isArray(value) ? value.join(' ') : (value as Cell);
}
