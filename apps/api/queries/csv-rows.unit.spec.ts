import 'reflect-metadata';
import { expect, test } from '@jest/globals';
import { csvText } from '../../../libs/csv/write.js';
import { BATCH_COMMANDS } from '../batches/batch-commands.js';
import { csvFieldsOf } from '../batches/csv-mapping.js';
import { documentPage } from '../documents/document.schema.js';
import { page } from '../http/schema.js';
import { Item } from '../items/items.dto.js';
import { JournalEntry } from '../journal-entries/journal-entries.dto.js';
import { columnsOf } from '../reports/report-columns.js';
import { StockMovementReport, SupplierCosts } from '../reports/reports.dto.js';
import { Sale } from '../sales/sales.dto.js';
import { StockCount } from '../stock-counts/stock-counts.dto.js';
import { csvColumnsOf, csvRowsOf, isPaged } from './csv-rows.js';

const namesOf = (answer: object) => csvColumnsOf(answer).map(({ name }) => name);

test('columns are the fields of a row, in their order, without links', () => {
  expect(namesOf(page(Item))).toEqual([
    'item_id',
    'name',
    'kind',
    'active',
    'position',
    'size_ml',
    'grade',
    'unit',
    'reorder_level',
  ]);
  expect(columnsOf(SupplierCosts)).toEqual([
    'month',
    'from',
    'to',
    'supplier_id',
    'name',
    'purchases',
    'purchased',
    'returned',
    'cost',
    'paid',
    'written_off',
    'owed',
  ]);
  const movement = columnsOf(StockMovementReport);
  expect(movement.slice(0, 6)).toEqual([
    'item_id',
    'location_id',
    'opening_quantity',
    'opening_value',
    'in_purchase_quantity',
    'in_purchase_value',
  ]);
  expect(movement.slice(-2)).toEqual(['closing_quantity', 'closing_value']);
  expect([isPaged(page(Item)), isPaged(StockMovementReport), isPaged({ properties: { data: {} } })]).toEqual([
    true,
    true,
    false,
  ]);
});

test('a field within a field, a list of values, an object without fields', () => {
  const answer = {
    properties: {
      data: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            of: {
              type: 'object',
              properties: { quantity: { type: 'integer' }, deep: { type: 'object', properties: { value: {} } } },
            },
            numbers: { type: 'array', items: { type: 'string' } },
            data: { type: 'object', additionalProperties: true },
            active: { type: 'boolean' },
            href: { type: 'string' },
          },
        },
      },
    },
  };
  const columns = csvColumnsOf(answer);
  expect(columns.map(({ name }) => name)).toEqual(['of_quantity', 'of_deep_value', 'numbers', 'data', 'active']);
  const rows = [
    { of: { quantity: 3, deep: { value: null } }, numbers: ['a', 'b'], data: { '=x': [1] }, active: false, href: '/' },
    { numbers: [] },
  ];
  expect(csvText(csvRowsOf(columns, rows))).toBe('3,,a b,"{""=x"":[1]}",false\r\n,,,,\r\n');
});

test('a document has a row for each of its lines', () => {
  const columns = csvColumnsOf(documentPage(Sale));
  const names = columns.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'number',
      'customer_id',
      'line_items_item_id',
      'line_items_profit',
      'total_price',
      'payments',
      'line',
    ]),
  );
  const sale = {
    number: 'SO-1',
    customer_id: 'C',
    line_items: [
      { item_id: 'a', quantity: 1 },
      { item_id: 'b', quantity: 2 },
    ],
    payments: ['PY-1', 'PY-2'],
  };
  const cells = csvRowsOf(columns, [sale, { number: 'SO-2', line_items: [] }]).map((row) =>
    ['number', 'line', 'line_items_item_id', 'payments'].map((name) => row[names.indexOf(name)]),
  );
  expect(cells).toEqual([
    ['SO-1', 1, 'a', 'PY-1 PY-2'],
    ['SO-1', 2, 'b', 'PY-1 PY-2'],
    ['SO-2', 1, null, null],
  ]);
  expect(namesOf(documentPage(StockCount))).toEqual(
    expect.arrayContaining(['counts_item_id', 'adjustments_cause', 'adjustments_counts']),
  );
});

test.each([
  ['sales', Sale],
  ['journal-entries', JournalEntry],
])('an export of %s has every column that an import needs', (type, schema) => {
  const needed = csvFieldsOf(BATCH_COMMANDS.get(type)!.spec).filter(({ required }) => required);
  expect(namesOf(documentPage(schema))).toEqual(expect.arrayContaining(needed.map(({ name }) => name)));
});
