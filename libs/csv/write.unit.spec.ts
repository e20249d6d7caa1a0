import { expect, test } from '@jest/globals';
import Papa from 'papaparse';
import { flatRow, toCsv } from './write.js';

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

const TEXTS = [
  'bottle',
  'a, b; c\td',
  'he said "no"',
  '"',
  '";=1',
  'two\r\nlines',
  'x;=cmd|x',
  'x;  +1',
  'x\t@SUM(A1)',
  'x\n-1',
  'x,=1',
  'x";"=1',
  '＝1',
  '＋1',
  '－1',
  '＠x',
  ' ＝1',
  "'=1",
  '',
];
const FORMULA_AT_START = /^\s*[=+\-@＝＋－＠]/;

test.each([',', ';', '\t'])('read by another parser at %j no cell is a formula', (delimiter) => {
  for (const text of TEXTS) {
    const csv = toCsv(
      ['id', 'name', 'after'],
      [
        { id: 'A-1', name: text, after: 5 },
        { id: text, name: 'x', after: -5 },
      ],
    );
    const rows = Papa.parse<string[]>(csv, { delimiter, skipEmptyLines: true }).data;
    const cells = rows.flat().map((cell) => cell.replace(/^"/, ''));
    expect(cells.filter((cell) => FORMULA_AT_START.test(cell) && !/^-5$/.test(cell))).toEqual([]);
  }
});

test('read by another parser the table holds what was written in it', () => {
  const rows = TEXTS.map((name, n) => ({ id: `${n}`, name, after: n }));
  const { data } = Papa.parse<string[]>(toCsv(['id', 'name', 'after'], rows), { delimiter: ',', skipEmptyLines: true });
  const read = data.slice(1).map(([, name = '']) => name.replaceAll(/(^|[;\t\n])'(?=\s*["']?[=+\-@＝＋－＠])/g, '$1'));
  expect(read).toEqual(TEXTS);
  expect(data.map((row) => row.length)).toEqual(data.map(() => 3));
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
