/**
 * March 2026 of a small factory, command by command, with each answer. Figures are computed by hand. Data only, for
 * rules, HTTP and walk-through alike. Answers are in major units. A command takes the number of a document from the
 * step that made it.
 */
import type { Command, Role } from '../../libs/ledger/commands.js';
import type { RefusalCode } from '../../libs/ledger/refusals.js';

export interface MonthStep {
  /** Later steps find its document by this. */
  name: string;
  at: string;
  by: { actor: string; role: Role };
  /** `the`: the number of a step's document. */
  order: (the: (name: string) => string) => Command;
  /** Of the answer. */
  expect: Record<string, unknown> | { refused: RefusalCode; details: Record<string, unknown> };
  /** This step's reservation must have expired. */
  waits_for?: string;
}

const ADA = { actor: 'ada', role: 'admin' } as const;
const MIA = { actor: 'mia', role: 'manager' } as const;
const SAM = { actor: 'sam', role: 'staff' } as const;

const PREFORM = 'preform-28g';
const SMALL = 'bottle-500ml';
const LARGE = 'bottle-1500ml';
const on = (day: number, hour = 9) =>
  `2026-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`;

/** `main` and the usual accounts are there from the start. */
export const FACTORY: Command[] = [
  { type: 'register', kind: 'item', id: PREFORM, attributes: { name: 'Preform 28 g', kind: 'preform' } },
  { type: 'register', kind: 'item', id: SMALL, attributes: { name: 'Bottle 0.5 l', kind: 'bottle', size_ml: 500 } },
  { type: 'register', kind: 'item', id: LARGE, attributes: { name: 'Bottle 1.5 l', kind: 'bottle', size_ml: 1500 } },
  { type: 'register', kind: 'supplier', id: 'SUP-PET', attributes: { name: 'PET Works' } },
  { type: 'register', kind: 'customer', id: 'CUST-001', attributes: { name: 'Spring Water' } },
  { type: 'register', kind: 'customer', id: 'CUST-002', attributes: { name: 'Lemonade Ltd' } },
  { type: 'register', kind: 'location', id: 'yard', attributes: { name: 'Yard' } },
];

export const MONTH: MonthStep[] = [
  {
    name: 'opening balance',
    at: on(2),
    by: MIA,
    order: () => ({
      type: 'transfer_money',
      from_account_id: 'equity',
      to_account_id: 'bank',
      amount: '20000.00',
      reference: 'opening balance',
    }),
    expect: { amount: 20_000, status: 'confirmed' },
  },
  {
    name: 'petty cash',
    at: on(2, 10),
    by: SAM,
    order: () => ({ type: 'transfer_money', from_account_id: 'bank', to_account_id: 'cash', amount: '1000.00' }),
    expect: { amount: 1000 },
  },
  // ── Preforms: 50,000 × 0.0375 = 1,875.00 and 100,000 × 0.06 = 6,000.00; 150,000 worth 7,875.00 ──
  {
    name: 'first preforms',
    at: on(2, 11),
    by: SAM,
    order: () => ({
      type: 'record_purchase',
      supplier_id: 'SUP-PET',
      line_items: [{ item_id: PREFORM, quantity: 50_000, unit_price: '0.0375' }],
      due_date: '2026-04-01',
    }),
    expect: { total_price: 1875, payment_status: 'pending', created_by: 'sam' },
  },
  {
    name: 'request for more preforms',
    at: on(3),
    by: SAM,
    order: () => ({
      type: 'record_purchase',
      supplier_id: 'SUP-PET',
      line_items: [{ item_id: PREFORM, quantity: 100_000, unit_price: '0.06' }],
    }),
    expect: { kind: 'approval', status: 'pending', amount: 6000, requested_by: 'sam' },
  },
  {
    name: 'more preforms',
    at: on(3, 11),
    by: MIA,
    order: (the) => ({ type: 'approve', approval_id: the('request for more preforms') }),
    expect: {
      status: 'approved',
      decided_by: 'mia',
      document: { total_price: 6000, created_by: 'sam', approved_by: 'mia' },
    },
  },
  {
    name: 'approved twice',
    at: on(3, 12),
    by: ADA,
    order: (the) => ({ type: 'approve', approval_id: the('request for more preforms') }),
    expect: { refused: 'approval_decided', details: { approval_status: 'approved', decided_by: 'mia' } },
  },
  // ── Blowing: 7,875.00 × 40/150 = 2,100.00 in; rejects 2,100.00 × 1/40 = 52.50; 2,100.00 − 52.50 + 780.00 = 2,827.50 out ──
  {
    name: 'first blow',
    at: on(4),
    by: SAM,
    order: () => ({
      type: 'record_blow',
      inputs: [{ item_id: PREFORM, quantity: 40_000 }],
      outputs: [{ item_id: SMALL, quantity: 39_000 }],
      rejected_quantity: 1000,
      conversion_cost: '780.00',
    }),
    expect: {
      inputs: [{ item_id: PREFORM, quantity: 40_000, cost: 2100 }],
      outputs: [{ item_id: SMALL, quantity: 39_000, cost: 2827.5 }],
      rejected_cost: 52.5,
    },
  },
  // 5,775.00 × 20/110 = 1,050.00 in; rejects 1,050.00 × 500/20,000 = 26.25; 1,050.00 − 26.25 + 499.95 = 1,523.70 out,
  // of which 1,523.70 × 12,000/19,500 = 937.6615 → 937.66 and the rest, 586.04.
  {
    name: 'second blow',
    at: on(5),
    by: SAM,
    order: () => ({
      type: 'record_blow',
      inputs: [{ item_id: PREFORM, quantity: 20_000 }],
      outputs: [
        { item_id: SMALL, quantity: 12_000 },
        { item_id: LARGE, quantity: 7500 },
      ],
      rejected_quantity: 500,
      conversion_cost: '499.95',
    }),
    expect: {
      outputs: [
        { item_id: SMALL, quantity: 12_000, cost: 937.66 },
        { item_id: LARGE, quantity: 7500, cost: 586.04 },
      ],
      rejected_cost: 26.25,
    },
  },
  // 51,000 small bottles worth 2,827.50 + 937.66 = 3,765.16: 5,000 of them 3,765.16 × 5/51 = 369.1333 → 369.13.
  {
    name: 'to the yard',
    at: on(6),
    by: SAM,
    order: () => ({
      type: 'transfer_stock',
      from_location_id: 'main',
      to_location_id: 'yard',
      line_items: [{ item_id: SMALL, quantity: 5000 }],
    }),
    expect: { line_items: [{ item_id: SMALL, quantity: 5000, cost: 369.13 }] },
  },
  // ── A sale, paid in parts, with a return ──
  // 3,396.03 × 20/46 = 1,476.5348 → 1,476.53 and 586.04 × 3/7.5 = 234.416 → 234.42.
  {
    name: 'first sale',
    at: on(9),
    by: SAM,
    order: () => ({
      type: 'record_sale',
      customer_id: 'CUST-001',
      line_items: [
        { item_id: SMALL, quantity: 20_000, unit_price: '0.15' },
        { item_id: LARGE, quantity: 3000, unit_price: '0.25' },
      ],
      due_date: '2026-03-31',
    }),
    expect: {
      total_price: 3750,
      total_cost: 1710.95,
      total_profit: 2039.05,
      payment_status: 'pending',
      line_items: [
        { item_id: SMALL, total_price: 3000, cost: 1476.53, profit: 1523.47 },
        { item_id: LARGE, total_price: 750, cost: 234.42, profit: 515.58 },
      ],
    },
  },
  {
    name: 'part payment',
    at: on(10),
    by: SAM,
    order: (the) => ({ type: 'record_payment', bill_number: the('first sale'), account_id: 'bank', amount: '1250.00' }),
    expect: { direction: 'received', amount: 1250 },
  },
  {
    name: 'a paid bill cannot be void',
    at: on(10, 10),
    by: ADA,
    order: (the) => ({ type: 'void_document', number: the('first sale'), reason: 'let us see' }),
    expect: { refused: 'has_payments', details: {} },
  },
  // 500 of 20,000: 3,000.00 / 40 = 75.00; 1,476.53 / 40 = 36.9133 → 36.91.
  {
    name: 'return of leaking bottles',
    at: on(11),
    by: SAM,
    order: (the) => ({
      type: 'return_bill',
      bill_number: the('first sale'),
      line_items: [{ item_id: SMALL, quantity: 500 }],
      reason: 'leaking',
    }),
    expect: { total_price: 75, total_cost: 36.91 },
  },
  // 3,750.00 − 1,250.00 − 75.00 = 2,425.00
  {
    name: 'payment beyond what is owed',
    at: on(12),
    by: SAM,
    order: (the) => ({ type: 'record_payment', bill_number: the('first sale'), account_id: 'bank', amount: '2500.00' }),
    expect: { refused: 'overpayment', details: { open: 2425, requested: 2500 } },
  },
  {
    name: 'rest of the payment',
    at: on(12, 10),
    by: SAM,
    order: (the) => ({ type: 'record_payment', bill_number: the('first sale'), account_id: 'bank', amount: '2425.00' }),
    expect: { amount: 2425 },
  },
  // ── A sale that was none: 1,956.41 × 1,000/26,500 = 73.8268 → 73.83 out and back again ──
  {
    name: 'mistaken sale',
    at: on(13),
    by: SAM,
    order: () => ({
      type: 'record_sale',
      customer_id: 'CUST-002',
      line_items: [{ item_id: SMALL, quantity: 1000, unit_price: '0.15' }],
    }),
    expect: { total_price: 150, total_cost: 73.83 },
  },
  {
    name: 'void of the mistaken sale',
    at: on(13, 10),
    by: ADA,
    order: (the) => ({ type: 'void_document', number: the('mistaken sale'), reason: 'wrong customer' }),
    expect: { status: 'void', payment_status: 'void', open_amount: 0, voided_by: 'ada' },
  },
  {
    name: 'payment of the void sale',
    at: on(13, 11),
    by: SAM,
    order: (the) => ({ type: 'record_payment', bill_number: the('mistaken sale'), amount: '150.00' }),
    expect: { refused: 'already_void', details: {} },
  },
  // ── A large sale waits for a second person; its 20,000 of 26,500 pieces are set aside meanwhile ──
  {
    name: 'request for a large sale',
    at: on(16),
    by: SAM,
    order: () => ({
      type: 'record_sale',
      customer_id: 'CUST-002',
      line_items: [{ item_id: SMALL, quantity: 20_000, unit_price: '0.30' }],
    }),
    expect: { kind: 'approval', status: 'pending', amount: 6000 },
  },
  {
    name: 'more than is left beside it',
    at: on(16, 10),
    by: SAM,
    order: () => ({ type: 'reserve_stock', line_items: [{ item_id: SMALL, quantity: 7000 }], ttl_seconds: 600 }),
    expect: { refused: 'insufficient_stock', details: { available: 6500, requested: 7000, shortage: 500 } },
  },
  // 1,956.41 × 20,000/26,500 = 1,476.5358 → 1,476.54
  {
    name: 'large sale',
    at: on(16, 11),
    by: MIA,
    order: (the) => ({ type: 'approve', approval_id: the('request for a large sale') }),
    expect: { status: 'approved', document: { total_price: 6000, total_cost: 1476.54, total_profit: 4523.46 } },
  },
  {
    name: 'forgotten reservation',
    at: on(17),
    by: SAM,
    order: () => ({
      type: 'reserve_stock',
      customer_id: 'CUST-001',
      line_items: [{ item_id: LARGE, quantity: 2000 }],
      ttl_seconds: 1,
    }),
    expect: { kind: 'reservation', status: 'active' },
  },
  {
    name: 'reservation',
    at: on(17, 10),
    by: SAM,
    order: () => ({
      type: 'reserve_stock',
      customer_id: 'CUST-002',
      line_items: [
        { item_id: LARGE, quantity: 1500 },
        { item_id: SMALL, quantity: 1000 },
      ],
      ttl_seconds: 3600,
    }),
    expect: { status: 'active' },
  },
  {
    name: 'check-out of the forgotten reservation',
    at: on(17, 10),
    by: SAM,
    waits_for: 'forgotten reservation',
    order: (the) => ({
      type: 'check_out',
      reservation_id: the('forgotten reservation'),
      line_items: [{ item_id: LARGE, unit_price: '0.25' }],
    }),
    expect: { refused: 'reservation_expired', details: {} },
  },
  // 351.62 × 1,000/4,500 = 78.1378 → 78.14 and 479.87 × 1,000/6,500 = 73.8262 → 73.83; 240.00 + 160.00 = 400.00.
  {
    name: 'reserved sale',
    at: '2026-03-17T10:30:00.000Z',
    by: SAM,
    order: (the) => ({
      type: 'check_out',
      reservation_id: the('reservation'),
      line_items: [
        { item_id: LARGE, quantity: 1000, unit_price: '0.24' },
        { item_id: SMALL, unit_price: '0.16' },
      ],
    }),
    expect: { kind: 'sale', total_price: 400, total_cost: 151.97, total_profit: 248.03 },
  },
  {
    name: 'check-out again',
    at: '2026-03-17T10:31:00.000Z',
    by: SAM,
    order: (the) => ({
      type: 'check_out',
      reservation_id: the('reservation'),
      line_items: [{ item_id: SMALL, unit_price: '0.16' }],
    }),
    expect: { refused: 'reservation_ended', details: { reservation_status: 'confirmed' } },
  },
  // ── Waste in the yard: 369.13 × 200/5,000 = 14.7652 → 14.77 ──
  {
    name: 'forklift',
    at: on(18),
    by: SAM,
    order: () => ({
      type: 'record_waste',
      location_id: 'yard',
      line_items: [{ item_id: SMALL, quantity: 200 }],
      reason: 'run over by the forklift',
    }),
    expect: { total_cost: 14.77 },
  },
  // ── The supplier is paid, and takes 2,000 preforms back at 1,875.00 × 2/50 = 75.00; 4,725.00 × 2/90 = 105.00 leave the stock ──
  {
    name: 'part payment to the supplier',
    at: on(20),
    by: SAM,
    order: (the) => ({
      type: 'record_payment',
      bill_number: the('first preforms'),
      account_id: 'bank',
      amount: '1000.00',
    }),
    expect: { direction: 'made', amount: 1000 },
  },
  {
    name: 'payment to the supplier',
    at: on(20, 10),
    by: MIA,
    order: (the) => ({
      type: 'record_payment',
      bill_number: the('more preforms'),
      account_id: 'bank',
      amount: '6000.00',
    }),
    expect: { direction: 'made', amount: 6000 },
  },
  {
    name: 'preforms back',
    at: on(23),
    by: SAM,
    order: (the) => ({
      type: 'return_bill',
      bill_number: the('first preforms'),
      line_items: [{ item_id: PREFORM, quantity: 2000 }],
      reason: 'wrong colour',
    }),
    expect: { total_price: 75, total_cost: 105 },
  },
  // ── The count: 50 preforms of 88,000 missing, 4,620.00 × 50/88,000 = 2.625 → 2.62; 3 large bottles too many, 273.48 × 3/3,500 = 0.2344 → 0.23 ──
  {
    name: 'stock count',
    at: on(25),
    by: SAM,
    order: () => ({
      type: 'count_stock',
      counts: [
        { item_id: PREFORM, counted_quantity: 87_950 },
        { item_id: SMALL, counted_quantity: 5500 },
        { item_id: LARGE, counted_quantity: 3503 },
      ],
      reason: 'end of the month',
    }),
    expect: {
      counts: [
        { item_id: PREFORM, expected_quantity: 88_000, difference: -50, value: -2.62 },
        { item_id: SMALL, expected_quantity: 5500, difference: 0, value: 0 },
        { item_id: LARGE, expected_quantity: 3500, difference: 3, value: 0.23 },
      ],
    },
  },
  // ── Written down two days late: 354.36 × 500/4,800 = 36.9125 → 36.91 ──
  {
    name: 'late sale',
    at: on(26),
    by: SAM,
    order: () => ({
      type: 'record_sale',
      customer_id: 'CUST-001',
      location_id: 'yard',
      line_items: [{ item_id: SMALL, quantity: 500, unit_price: '0.20' }],
      effective_at: on(24),
    }),
    expect: { total_price: 100, total_cost: 36.91, effective_at: on(24) },
  },
  {
    name: 'part payment of the large sale',
    at: on(27),
    by: SAM,
    order: (the) => ({ type: 'record_payment', bill_number: the('large sale'), account_id: 'bank', amount: '4000.00' }),
    expect: { direction: 'received', amount: 4000 },
  },
  // What blowing really cost: 1,200.00 of the 780.00 + 499.95 = 1,279.95 that the bottles carry.
  {
    name: 'power and wages',
    at: on(30),
    by: MIA,
    order: () => ({ type: 'transfer_money', from_account_id: 'bank', to_account_id: 'conversion', amount: '1200.00' }),
    expect: { amount: 1200 },
  },
  {
    name: 'close',
    at: '2026-04-02T09:00:00.000Z',
    by: MIA,
    order: () => ({ type: 'close_period', month: '2026-03' }),
    expect: { month: '2026-03', status: 'closed', stock_value: 5614.58 },
  },
  {
    name: 'too late',
    at: '2026-04-02T10:00:00.000Z',
    by: SAM,
    order: () => ({
      type: 'record_waste',
      line_items: [{ item_id: SMALL, quantity: 1 }],
      reason: 'found in April',
      effective_at: '2026-03-31T23:59:59.999Z',
    }),
    expect: { refused: 'period_closed', details: { month: '2026-03' } },
  },
];

/** Debit positive; debits and credits: 31,054.95. */
export const TRIAL_BALANCE: Record<string, number> = {
  // 20,000.00 − 1,000.00 + 1,250.00 + 2,425.00 − 1,000.00 − 6,000.00 + 4,000.00 − 1,200.00
  bank: 18_475,
  cash: 1000,
  // 1,710.95 − 36.91 + 1,476.54 + 151.97 + 36.91
  cogs: 3339.46,
  // 1,200.00 − 1,279.95
  conversion: -79.95,
  // 2.62 − 0.23
  'count-difference': 2.39,
  equity: -20_000,
  // the stock below; also 7,875.00 + 1,279.95 − 3,339.46 − 93.52 − 2.39 − 105.00
  inventory: 5614.58,
  // 1,875.00 − 1,000.00 − 75.00, and 6,000.00 − 6,000.00
  'payable:SUP-PET': -800,
  // 105.00 − 75.00
  'price-variance': 30,
  // 3,750.00 − 1,250.00 − 75.00 − 2,425.00, and 100.00
  'receivable:CUST-001': 100,
  // 6,000.00 − 4,000.00, and 400.00
  'receivable:CUST-002': 2400,
  // 3,750.00 − 75.00 + 6,000.00 + 400.00 + 100.00
  revenue: -10_175,
  // 52.50 + 26.25 + 14.77
  waste: 93.52,
};

export const STOCK: { item_id: string; location_id: string; on_hand: number; value: number }[] = [
  // 150,000 − 40,000 − 20,000 − 2,000 − 50
  { item_id: PREFORM, location_id: 'main', on_hand: 87_950, value: 4617.38 },
  // 39,000 + 12,000 − 5,000 − 20,000 + 500 − 20,000 − 1,000
  { item_id: SMALL, location_id: 'main', on_hand: 5500, value: 406.04 },
  // 5,000 − 200 − 500
  { item_id: SMALL, location_id: 'yard', on_hand: 4300, value: 317.45 },
  // 7,500 − 3,000 − 1,000 + 3
  { item_id: LARGE, location_id: 'main', on_hand: 3503, value: 273.71 },
];

/** Net of waste 93.52, count differences 2.39, price variance 30.00, and conversion absorbed beyond its cost 79.95. */
export const PROFIT = { revenue: 10_175, cost: 3339.46, gross: 6835.54, net: 6789.58 };
