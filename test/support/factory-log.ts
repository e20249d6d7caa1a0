import type { NewEvent } from '../../libs/event-store/event-store.js';
import type { Command, Role } from '../../libs/ledger/commands.js';
import { emptyState } from '../../libs/ledger/state/state.js';
import { decideBatch } from '../../libs/ledger-writer/batch.js';

export type FactoryEvent = NewEvent & { position: number };

export type GivenCommand = Command | { command: Command; actor: string; role: Role };

/** A command a minute. @throws where one is refused */
export function factoryLog(given: readonly GivenCommand[], from = '2026-03-02T08:00:00.000Z'): FactoryEvent[] {
  const state = emptyState();
  const events: NewEvent[] = [];
  for (const [index, each] of given.entries()) {
    const { command, actor, role } = 'command' in each ? each : { command: each, actor: 'ann', role: 'admin' as const };
    const now = new Date(Date.parse(from) + index * 60_000).toISOString();
    const envelope = { actor, role, now, idempotency_key: `key-${index}`, request_hash: `${index}` };
    const batch = decideBatch(state, [{ mode: 'one', submissions: [{ command, envelope }] }], now);
    const result = batch.results[0]?.[0];
    if (result?.outcome !== 'recorded') throw new Error(`command ${index}: ${JSON.stringify(result)}`);
    batch.change.commit();
    events.push(...batch.events);
  }
  return events.map(({ id, type, data, metadata }, position) => ({
    position,
    ...JSON.parse(JSON.stringify({ id, type, data, metadata })),
  }));
}

export const OPENING: Command[] = [
  { type: 'open_ledger', ledger_id: 'main', currency: 'USD', digits: 2, time_zone: 'UTC', approval_threshold: '5000' },
  { type: 'register', kind: 'supplier', id: 'SUP-1', attributes: { name: 'Preforms Ltd' } },
  { type: 'register', kind: 'customer', id: 'CUST-001', attributes: { name: 'Bréweries & Söhne' } },
  { type: 'register', kind: 'item', id: 'preform-1', attributes: { name: 'Preform', kind: 'preform' } },
  { type: 'register', kind: 'item', id: 'bottle-500ml-a', attributes: { name: 'Bottle 0.5 l', kind: 'bottle' } },
  { type: 'register', kind: 'item', id: 'bottle-1500ml-a', attributes: { name: 'Bottle 1.5 l', kind: 'bottle' } },
];

/** 700.00 sold at a profit of 140.00; 1400.00 and 840.00 in stock; 200.00 paid. */
export const WORKED_EXAMPLE: Command[] = [
  ...OPENING,
  {
    type: 'record_purchase',
    supplier_id: 'SUP-1',
    line_items: [
      { item_id: 'bottle-500ml-a', quantity: 500, unit_price: '3.5' },
      { item_id: 'bottle-1500ml-a', quantity: 250, unit_price: '4.2' },
    ],
  },
  {
    type: 'record_sale',
    customer_id: 'CUST-001',
    line_items: [
      { item_id: 'bottle-500ml-a', quantity: 100, unit_price: '4' },
      { item_id: 'bottle-1500ml-a', quantity: 50, unit_price: '6' },
    ],
    notes: 'left at the gate,\u001f "as agreed" €',
  },
  { type: 'record_payment', bill_number: 'SO-260302-0001', amount: '200' },
];

const three = [{ item_id: 'bottle-500ml-a', quantity: 3, unit_price: '4' }];

const flash_order: Command = {
  type: 'place_order',
  customer_id: 'CUST-001',
  line_items: [{ flash_sale_id: 'FS-260302-0001', quantity: 2 }],
};

/** Corrections, approvals, reservations, flash sales, backdated entries. */
export const EVERY_KIND: GivenCommand[] = [
  ...WORKED_EXAMPLE,
  { type: 'register', kind: 'location', id: 'yard', attributes: { name: 'Yard' } },
  { type: 'change', kind: 'customer', id: 'CUST-001', changes: { phone: '+49 30 1' } },
  {
    type: 'record_purchase',
    supplier_id: 'SUP-1',
    line_items: [{ item_id: 'preform-1', quantity: 1000, unit_price: '0.0375' }],
  },
  {
    type: 'record_blow',
    inputs: [{ item_id: 'preform-1', quantity: 300 }],
    outputs: [{ item_id: 'bottle-500ml-a', quantity: 290 }],
    rejected_quantity: 10,
    conversion_cost: '12.34',
  },
  {
    type: 'transfer_stock',
    from_location_id: 'main',
    to_location_id: 'yard',
    line_items: [{ item_id: 'bottle-500ml-a', quantity: 40 }],
  },
  {
    type: 'record_waste',
    location_id: 'yard',
    line_items: [{ item_id: 'bottle-500ml-a', quantity: 7 }],
    reason: 'dented',
  },
  {
    type: 'count_stock',
    location_id: 'yard',
    counts: [{ item_id: 'bottle-500ml-a', counted_quantity: 31 }],
    reason: 'month end',
  },
  { type: 'record_sale', customer_id: 'CUST-001', line_items: three, effective_at: '2026-03-02T08:08:30.000Z' },
  { type: 'record_sale', customer_id: 'CUST-001', line_items: three, effective_at: '2026-03-02T08:07:30.000Z' },
  {
    type: 'return_bill',
    bill_number: 'SO-260302-0001',
    line_items: [{ item_id: 'bottle-500ml-a', quantity: 5 }],
    reason: 'leaking',
  },
  { type: 'void_document', number: 'SO-260302-0002', reason: 'typed twice' },
  { type: 'transfer_money', from_account_id: 'cash', to_account_id: 'bank', amount: '50' },
  { type: 'reserve_stock', line_items: [{ item_id: 'bottle-1500ml-a', quantity: 20 }], ttl_seconds: 3600 },
  {
    type: 'check_out',
    reservation_id: 'RV-260302-0001',
    customer_id: 'CUST-001',
    line_items: [{ item_id: 'bottle-1500ml-a', quantity: 12, unit_price: '7' }],
  },
  { type: 'reserve_stock', line_items: [{ item_id: 'bottle-1500ml-a', quantity: 2 }], ttl_seconds: 60 },
  {
    command: {
      type: 'record_sale',
      customer_id: 'CUST-001',
      line_items: [{ item_id: 'bottle-1500ml-a', quantity: 100, unit_price: '60' }],
    },
    actor: 'stan',
    role: 'staff',
  },
  { command: { type: 'approve', approval_id: 'AP-260302-0001' }, actor: 'mia', role: 'manager' },
  {
    type: 'open_flash_sale',
    item_id: 'bottle-500ml-a',
    quantity: 5,
    unit_price: '2.5',
    per_customer_max: 4,
    hold_seconds: 600,
    ends_at: '2026-03-03T08:00:00.000Z',
  },
  flash_order,
  flash_order,
  { type: 'start_charge', order_id: 'OR-260302-0001' },
  { type: 'confirm_order', order_id: 'OR-260302-0001', charge_id: 'ch_1' },
  { type: 'release_order', order_id: 'OR-260302-0002', reason: 'unpaid' },
  { type: 'record_late_charge', order_id: 'OR-260302-0002', charge_id: 'ch_2' },
  { type: 'record_late_cost', bill_number: 'PO-260302-0001', amount: '30', basis: 'value', reason: 'freight' },
];

export function manySales(count: number): Command[] {
  return [
    ...OPENING,
    {
      type: 'record_purchase',
      supplier_id: 'SUP-1',
      line_items: [{ item_id: 'bottle-500ml-a', quantity: count + 10, unit_price: '0.1' }],
    },
    ...Array.from(
      { length: count },
      (_, index): Command => ({
        type: 'record_sale',
        customer_id: 'CUST-001',
        line_items: [{ item_id: 'bottle-500ml-a', quantity: 1, unit_price: `${1 + (index % 7)}.25` }],
      }),
    ),
  ];
}
