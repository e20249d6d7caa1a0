import { expect, test } from '@jest/globals';
import { flatRow, toCsv } from './csv.js';

test('a table in CSV, its numbers as they are', () => {
  const rows = [
    { key: 'bottle', profit: -50.25 },
    { key: 'a "b", c', profit: 0 },
    { key: null, profit: 1 },
  ];
  expect(toCsv(['key', 'profit'], rows)).toBe('key,profit\r\nbottle,-50.25\r\n"a ""b"", c",0\r\n,1\r\n');
  expect(toCsv(['key'], [])).toBe('key\r\n');
});

test.each(['=cmd|x', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '\n=1'])('%j becomes no formula', (key) => {
  expect(toCsv(['key'], [{ key }]).slice('key\r\n'.length).replace(/^"/, '')).toMatch(/^'/);
});

test('fields of fields are columns of their own, events are the numbers of their documents', () => {
  const row = {
    key: 'bottle',
    in: { purchase: { quantity: 3, value: 1.5 } },
    before: null,
    events: [
      { number: 'SO-260402-0001', position: 7 },
      { number: null, position: 9 },
    ],
  };
  const flat = {
    key: 'bottle',
    in_purchase_quantity: 3,
    in_purchase_value: 1.5,
    before: null,
    events: 'SO-260402-0001 9',
  };
  expect(flatRow(row)).toEqual(flat);
});
