/** Columns of a table to fields of a command's body. What a value may be is for the rules of the body alone. */
import type { CsvRecord } from '../../../libs/csv/read.js';
import type { CommandSpec } from '../commands/ledger-command.js';
import { decimalText } from '../http/decimals.js';
import { fieldsOfShape, type ShapeField, type Written } from '../http/fields.js';
import { type FieldError, invalidFields, invalidParameters, shortName } from '../http/problem.js';

type Spec = Pick<CommandSpec, 'body' | 'path_field'>;
type Value = string | number | boolean;
export type Decimal = '.' | ',';

export interface Mapping {
  /** The file's column for a field, where it is called otherwise. */
  columns?: Record<string, string>;
  /** For a field that has no column, and where its cell is empty. */
  values?: Record<string, Value>;
}

export interface CsvField {
  /** `line_items_quantity` of the field `quantity` in the list `line_items`. */
  name: string;
  /** `quantity`, where no other field is called so. */
  short_name: string | undefined;
  list: string | undefined;
  field: string;
  written: Written;
  required: boolean;
}

/** Everything that a command of this kind can be given in a table. */
export function csvFieldsOf({ body, path_field }: Spec): CsvField[] {
  const shape = body === undefined ? [] : fieldsOfShape(body);
  const named: ShapeField[] =
    path_field === undefined ? [] : [{ name: path_field.name, written: 'word', optional: false }];
  const fields = [...named, ...shape].flatMap(({ name, written, optional, lines }): Omit<CsvField, 'short_name'>[] =>
    lines === undefined
      ? written === 'list'
        ? []
        : [{ name, list: undefined, field: name, written, required: !optional }]
      : lines.fields.map((each) => ({
          name: `${name}_${each.name}`,
          list: name,
          field: each.name,
          written: each.written,
          required: !each.optional && !lines.may_be_empty,
        })),
  );
  const uses = (field: string) => fields.filter((each) => each.field === field || each.name === field).length;
  return fields.map((each) => ({ ...each, short_name: uses(each.field) === 1 ? each.field : undefined }));
}

interface Column extends CsvField {
  /** In the file; without one the value is used. */
  at: number | undefined;
  /** As the file calls it. */
  column: string;
  value: Value | undefined;
}

export interface Columns {
  columns: Column[];
  lists: string[];
  /** Of the column whose cells say which lines belong together. */
  reference_at: number | undefined;
  ignored: string[];
  count: number;
}

/** What our own exports call a document. */
const NUMBER = 'number';

/** @throws Problem invalid_parameter for a mapping of other fields; validation for a file that lacks a column */
export function columnsIn(header: readonly string[], spec: Spec, mapping: Mapping, reference?: string): Columns {
  const fields = csvFieldsOf(spec);
  assertKnown(fields, mapping);
  const errors: FieldError[] = [];
  const names = header.map(normalized);
  const find = (path: string, wanted: readonly string[], is_needed: boolean): number | undefined => {
    for (const name of wanted.map(normalized)) {
      const at = names.indexOf(name);
      if (at === -1) continue;
      if (names.indexOf(name, at + 1) !== -1)
        errors.push({ path, message: `the file has two columns ${shortName(header[at]!)}` });
      return at;
    }
    if (is_needed) errors.push({ path, message: `the file has no column ${wanted.map(shortName).join(' or ')}` });
    return undefined;
  };
  const columns = fields.map((field): Column => {
    const { name, short_name, required } = field;
    const value = given(mapping.values, field);
    const mapped = given(mapping.columns, field);
    const wanted = mapped === undefined ? [name, ...(short_name === undefined ? [] : [short_name])] : [mapped];
    const at = find(name, wanted, mapped !== undefined || (required && value === undefined));
    return { ...field, at, column: at === undefined ? name : header[at]!, value };
  });
  const lists = [...new Set(fields.flatMap(({ list }) => list ?? []))];
  const reference_at =
    reference === undefined
      ? lists.length === 0
        ? undefined
        : columnAt(names, NUMBER)
      : find('reference', [reference], true);
  if (errors.length > 0) throw invalidFields(errors);
  const used = new Set([reference_at, ...columns.map(({ at }) => at)]);
  return {
    columns,
    lists,
    reference_at,
    ignored: header.filter((name, at) => name !== '' && !used.has(at)),
    count: header.length,
  };
}

function columnAt(names: readonly string[], name: string): number | undefined {
  const at = names.indexOf(name);
  return at === -1 ? undefined : at;
}

/** "Item ID" is item_id. */
function normalized(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
}

function given<T>(of: Record<string, T> = {}, { name, short_name }: CsvField): T | undefined {
  if (Object.hasOwn(of, name)) return of[name];
  return short_name !== undefined && Object.hasOwn(of, short_name) ? of[short_name] : undefined;
}

function assertKnown(fields: readonly CsvField[], mapping: Mapping): void {
  const known = new Set(fields.flatMap(({ name, short_name = name }) => [name, short_name]));
  const errors = (['columns', 'values'] as const).flatMap((part) =>
    Object.keys(mapping[part] ?? {})
      .filter((name) => !known.has(name))
      .map((name) => ({
        path: `mapping.${part}.${shortName(name)}`,
        message: `is no field; there are ${fields.map((each) => each.short_name ?? each.name).join(', ')}`,
      })),
  );
  if (errors.length > 0) throw invalidParameters(errors);
}

export interface CellError {
  line: number;
  /** As the file calls it. */
  column: string | null;
  message: string;
}

type Data = Record<string, unknown>;

export interface MappedBody {
  body: Data;
  errors: CellError[];
  /** The lines of each list, and the records that they are of. */
  records_of: Map<string, CsvRecord[]>;
}

/** One document. Empty cells are fields that are not given. */
export function bodyOf(
  records: readonly CsvRecord[],
  { columns, lists, count }: Columns,
  decimal: Decimal,
): MappedBody {
  const body: Data = {};
  const errors: CellError[] = [];
  const records_of = new Map(lists.map((list): [string, CsvRecord[]] => [list, []]));
  for (const list of lists) body[list] = [];
  for (const { line, cells } of records)
    if (cells.slice(count).some((cell) => cell !== ''))
      errors.push({
        line,
        column: null,
        message: 'has more cells than there are columns: quote cells that hold the separator',
      });
  const read = ({ written, column }: Column, line: number, cell: string): unknown => {
    const value = valueIn(cell, written, decimal);
    if (value !== undefined) return value;
    errors.push({ line, column, message: notNumber(cell, decimal) });
    return undefined;
  };
  for (const column of columns.filter(({ list }) => list === undefined)) {
    const filled = records.filter((record) => cellOf(record, column) !== '');
    const first = filled[0];
    if (first === undefined) {
      if (column.value !== undefined) body[column.field] = constantOf(column, decimal);
      continue;
    }
    const cell = cellOf(first, column);
    for (const other of filled)
      if (cellOf(other, column) !== cell)
        errors.push({
          line: other.line,
          column: column.column,
          message: `differs from line ${first.line} of the same document`,
        });
    body[column.field] = read(column, first.line, cell);
  }
  for (const list of lists) {
    const of_list = columns.filter((column) => column.list === list);
    for (const record of records) {
      if (of_list.every((column) => cellOf(record, column) === '')) continue;
      const line: Data = {};
      for (const column of of_list) {
        const cell = cellOf(record, column);
        if (cell !== '') line[column.field] = read(column, record.line, cell);
        else if (column.value !== undefined) line[column.field] = constantOf(column, decimal);
      }
      (body[list] as Data[]).push(line);
      records_of.get(list)!.push(record);
    }
  }
  return { body, errors, records_of };
}

function cellOf({ cells }: CsvRecord, { at, written }: Pick<Column, 'at' | 'written'>): string {
  const cell = at === undefined ? '' : (cells[at] ?? '');
  return written === 'text' && cell.trim() !== '' ? cell : cell.trim();
}

function constantOf({ value, written }: Column, decimal: Decimal): unknown {
  return typeof value === 'string' ? (valueIn(value, written, decimal) ?? value) : value;
}

/** undefined: no number. */
function valueIn(cell: string, written: Written, decimal: Decimal): unknown {
  if (written === 'number') return numberIn(cell, decimal);
  if (written === 'flag') return FLAGS.get(cell.toLowerCase()) ?? cell;
  return cell;
}
const FLAGS = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);

/** Without thousands separators, which the other half of the world takes for decimal marks; never rounded. */
export function numberIn(cell: string, decimal: Decimal): number | undefined {
  const parts = (decimal === ',' ? /^(-?)(\d+)(?:,(\d+))?$/ : /^(-?)(\d+)(?:\.(\d+))?$/).exec(cell);
  if (parts === null) return undefined;
  const [, sign, whole = '', fraction = ''] = parts;
  const digits = [whole.replace(/^0+(?=\d)/, ''), fraction.replace(/0+$/, '')].filter((each) => each !== '').join('.');
  const number = Number(`${sign}${digits}`);
  return decimalText(number) === `${sign}${digits}` ? number : undefined;
}

function notNumber(cell: string, decimal: Decimal): string {
  const mark = decimal === ',' ? 'comma' : 'point';
  return `${shortName(cell)} is no number of at most 15 digits with a decimal ${mark} and without thousands separators`;
}

export interface Cell {
  line: number;
  column: string | null;
}

/** Of a path such as line_items.3.quantity. */
export function cellAt(path: string, { columns }: Columns, { records_of }: MappedBody): Partial<Cell> {
  const [first = '', at = '', field] = path.split('.');
  const is_in_list = field !== undefined;
  const found = columns.find((each) =>
    is_in_list ? each.list === first && each.field === field : each.list === undefined && each.field === first,
  );
  const line = is_in_list ? records_of.get(first)?.[Number(at)]?.line : undefined;
  return { ...(line !== undefined && { line }), ...(found !== undefined && { column: found.column }) };
}

/** Where a refusal says a value such as item_id: the first cell that holds it. */
export function cellWith(
  details: Record<string, unknown>,
  { columns }: Columns,
  records: readonly CsvRecord[],
): Partial<Cell> {
  for (const [name, value] of Object.entries(details))
    for (const column of columns) {
      if (column.field !== name || typeof value !== 'string') continue;
      const record = records.find((each) => cellOf(each, column) === value);
      if (record !== undefined) return { line: record.line, column: column.column };
    }
  return {};
}
