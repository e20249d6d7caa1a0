import { expect, test } from '@jest/globals';
import { REFUSALS, type RefusalCode } from '../../../libs/ledger/refusals.js';
import { PROBLEMS, Problem } from './problem.js';

test('every refusal of the ledger is a problem with its own words, and a fault of the client', () => {
  for (const [code, { title, retry }] of Object.entries(REFUSALS)) {
    const problem = PROBLEMS[code as RefusalCode];
    expect({ code, title: problem.title, retry: problem.retry }).toEqual({ code, title, retry });
    expect(problem.status).toBeGreaterThanOrEqual(400);
    expect(problem.status).toBeLessThan(500);
  }
});

test('a problem document says the rule, the details and where to look', () => {
  const details = { item_id: 'bottle-1500ml-a', location_id: 'main', available: 200, requested: 500, shortage: 300 };
  expect(Problem.of({ code: 'insufficient_stock', details }).toDocument('f00d')).toEqual({
    type: '/docs/problems#insufficient_stock',
    title: 'Not enough stock',
    status: 409,
    detail: 'Not enough stock: item_id bottle-1500ml-a, location_id main, available 200, requested 500, shortage 300.',
    code: 'insufficient_stock',
    error: 'Not enough stock',
    retry: true,
    trace_id: 'f00d',
    ...details,
  });
});

test.each<[RefusalCode, Record<string, unknown>, string]>([
  [
    'period_closed',
    { month: '2026-02', closed_through: '2026-02', first_open_month: '2026-03' },
    'The month is closed, and nothing can be dated in it any more: month 2026-02, closed_through 2026-02, first_open_month 2026-03.',
  ],
  [
    'has_returns',
    { number: 'SO-260302-0001', returns: ['RT-260302-0001', 'RT-260302-0002'] },
    'The bill has returns, which must be void before it can be: number SO-260302-0001, returns RT-260302-0001 and RT-260302-0002.',
  ],
  [
    'amount_out_of_bounds',
    { account_id: 'cash', at_most: 9_999_999_999_999.99 },
    'More than the books can hold: account_id cash, at_most 9999999999999.99.',
  ],
])('%s says what is wrong and what to do about it', (code, details, detail) => {
  expect(Problem.of({ code, details }).toDocument('f00d').detail).toBe(detail);
});

test('no detail can replace a standard member', () => {
  const document = new Problem('unknown_item', { status: 200, code: 'fine', title: 'x', trace_id: 'y' }).toDocument(
    'f00d',
  );
  expect(document).toMatchObject({ status: 404, code: 'unknown_item', title: 'No such item', trace_id: 'f00d' });
});

test('many bad fields are all listed, and briefly in the text', () => {
  const errors = Array.from({ length: 12 }, (_, at) => ({ path: `line_items.${at}.quantity`, message: 'is required' }));
  const { detail, ...document } = new Problem('validation', { errors }).toDocument('f00d');
  expect(document.errors).toHaveLength(12);
  expect(detail).toMatch(/line_items\.9\.quantity: is required, and 2 more\.$/);
});
