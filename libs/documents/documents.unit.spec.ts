import {
  ADMIN,
  account,
  approve,
  blow,
  checkOut,
  close,
  count,
  giveBack,
  given,
  givenAFactory,
  later,
  MONDAY,
  openLedger,
  payment,
  purchase,
  reject,
  release,
  reopen,
  reserve,
  STAFF,
  type Step,
  sale,
  stockTransfer,
  transfer,
  voiding,
  waste,
} from '../../test/support/given.js';
import type { Command } from '../ledger/commands.js';
import { answeredNumber } from './answers.js';
import { viewDocument } from './documents.js';

const BOTTLE = 'bottle-500ml-a';
const STOCKED: Step[] = [transfer('equity', 'cash', '50'), purchase([[BOTTLE, 10, '1.25']])];
const when = { created_by: 'mia', effective_at: MONDAY, recorded_at: MONDAY };

function answer(steps: readonly Step[], command: Command, by = {}): Record<string, unknown> {
  return givenAFactory(...steps)
    .when(command, by)
    .answer();
}

describe('a document as people read it', () => {
  it.each<[string, Step[], Command, Record<string, unknown>]>([
    [
      'purchase',
      [],
      purchase([[BOTTLE, 3, '0.335']], { due_date: '2026-04-01', notes: 'by lorry' }),
      {
        kind: 'purchase',
        number: 'PO-260302-0001',
        bill_number: 'PO-260302-0001',
        supplier_id: 'SUP-001',
        location_id: 'main',
        line_items: [{ item_id: BOTTLE, quantity: 3, unit_price: 0.335, total_price: 1 }],
        total_price: 1,
        late_costs: [],
        due_date: '2026-04-01',
        notes: 'by lorry',
        status: 'confirmed',
        payment_status: 'pending',
        paid_amount: 0,
        returned_amount: 0,
        open_amount: 1,
        payments: [],
        returns: [],
        written_off_amount: 0,
        write_offs: [],
      },
    ],
    [
      'blow',
      STOCKED,
      blow([[BOTTLE, 4]], [['preform', 3]], { rejected_quantity: 1, conversion_cost: '0.50' }),
      {
        kind: 'blow',
        number: 'BL-260302-0001',
        location_id: 'main',
        inputs: [{ item_id: BOTTLE, quantity: 4, cost: 5 }],
        outputs: [{ item_id: 'preform', quantity: 3, cost: 4.25 }],
        rejected_quantity: 1,
        rejected_cost: 1.25,
        conversion_cost: 0.5,
        status: 'confirmed',
      },
    ],
    [
      'waste',
      STOCKED,
      waste([[BOTTLE, 2]]),
      {
        kind: 'waste',
        number: 'WS-260302-0001',
        location_id: 'main',
        line_items: [{ item_id: BOTTLE, quantity: 2, cost: 2.5 }],
        total_cost: 2.5,
        reason: 'broken',
        status: 'confirmed',
      },
    ],
    [
      'stock transfer',
      STOCKED,
      stockTransfer([[BOTTLE, 2]], { notes: 'for the weekend' }),
      {
        kind: 'stock_transfer',
        number: 'ST-260302-0001',
        from_location_id: 'main',
        to_location_id: 'store',
        line_items: [{ item_id: BOTTLE, quantity: 2, cost: 2.5 }],
        notes: 'for the weekend',
        status: 'confirmed',
      },
    ],
    [
      'transfer',
      [],
      transfer('equity', 'cash', '12.50'),
      {
        kind: 'transfer',
        number: 'MT-260302-0001',
        from_account_id: 'equity',
        to_account_id: 'cash',
        amount: 12.5,
        status: 'confirmed',
      },
    ],
    [
      'payment',
      STOCKED,
      payment('PO-260302-0001', '2.50', { method: 'cash' }),
      {
        kind: 'payment',
        number: 'PY-260302-0001',
        direction: 'made',
        bill_number: 'PO-260302-0001',
        party_id: 'SUP-001',
        account_id: 'cash',
        amount: 2.5,
        method: 'cash',
        status: 'confirmed',
      },
    ],
    [
      'stock count',
      STOCKED,
      count([[BOTTLE, 9]]),
      {
        kind: 'stock_count',
        number: 'SC-260302-0001',
        location_id: 'main',
        counts: [{ item_id: BOTTLE, counted_quantity: 9, expected_quantity: 10, difference: -1, value: -1.25 }],
        counted_at_position: 19,
        reason: 'stock-taking',
        status: 'confirmed',
      },
    ],
    [
      'return',
      STOCKED,
      giveBack('PO-260302-0001', [[BOTTLE, 2]]),
      {
        kind: 'return',
        number: 'RT-260302-0001',
        bill_number: 'PO-260302-0001',
        party_id: 'SUP-001',
        location_id: 'main',
        line_items: [{ line: 0, item_id: BOTTLE, quantity: 2, unit_price: 1.25, total_price: 2.5, cost: 2.5 }],
        total_price: 2.5,
        total_cost: 2.5,
        reason: 'faulty',
        status: 'confirmed',
      },
    ],
    [
      'reservation',
      STOCKED,
      reserve([[BOTTLE, 2]], { customer_id: 'CUST-001' }),
      {
        kind: 'reservation',
        number: 'RV-260302-0001',
        reservation_id: 'RV-260302-0001',
        customer_id: 'CUST-001',
        location_id: 'main',
        line_items: [{ item_id: BOTTLE, quantity: 2 }],
        expires_at: later(600),
        status: 'active',
      },
    ],
  ])('%s', (_kind, steps, command, expected) => {
    const { position, ...shown } = answer(steps, command);
    expect(shown).toEqual({ ...expected, ...when });
    expect(position).toBe(17 + steps.length + 1);
  });

  it('a request says what was asked for and by whom', () => {
    const asked = transfer('equity', 'cash', '6000');
    expect(answer([], asked, STAFF)).toEqual({
      kind: 'approval',
      number: 'AP-260302-0001',
      approval_id: 'AP-260302-0001',
      command: asked,
      amount: 6000,
      threshold: 5000,
      expires_at: later(30 * 24 * 3600),
      requested_by: 'sam',
      status: 'pending',
      ...when,
      created_by: 'sam',
      position: 18,
    });
  });

  it('says what became of it', () => {
    const asked: Step = [transfer('equity', 'cash', '6000'), STAFF];
    expect(answer([asked], reject('AP-260302-0001'))).toMatchObject({
      status: 'rejected',
      decided_by: 'mia',
      decided_at: MONDAY,
      reject_reason: 'too dear',
    });
    expect(answer([asked], approve('AP-260302-0001'))).toMatchObject({
      status: 'approved',
      result_number: 'MT-260302-0001',
    });
    expect(answer([...STOCKED, reserve([[BOTTLE, 2]])], release('RV-260302-0001'))).toMatchObject({
      kind: 'reservation',
      status: 'released',
      ended_at: MONDAY,
    });
    const books = givenAFactory(...STOCKED, reserve([[BOTTLE, 2]]), reserve([[BOTTLE, 3]], { ttl_seconds: 5 }));
    books.and(checkOut('RV-260302-0001', [[BOTTLE, 1, '2']]), [waste([[BOTTLE, 1]]), { now: later(5) }]);
    const view = (number: string) => viewDocument(books.state.documents.get(number)!, 2);
    expect(view('RV-260302-0001')).toMatchObject({
      status: 'confirmed',
      result_number: 'SO-260302-0001',
      released: [{ item_id: BOTTLE, quantity: 1 }],
    });
    expect(view('RV-260302-0002')).toMatchObject({ status: 'expired', ended_at: later(5) });
  });

  it('a void payment leaves its bill confirmed, a void bill is void', () => {
    const books = givenAFactory(...STOCKED, sale([[BOTTLE, 1, '2']]), payment('SO-260302-0001', '2'));
    books.and([voiding('PY-260302-0001'), ADMIN]);
    const view = (number: string) => viewDocument(books.state.documents.get(number)!, 2);
    expect(view('PY-260302-0001')).toMatchObject({
      status: 'void',
      voided_by: 'ada',
      voided_at: MONDAY,
      void_reason: 'typed wrong',
    });
    expect(view('SO-260302-0001')).toMatchObject({ status: 'confirmed', payment_status: 'pending', payments: [] });
    books.and([voiding('SO-260302-0001'), ADMIN]);
    expect(view('SO-260302-0001')).toMatchObject({ status: 'void', payment_status: 'void', open_amount: 0 });
  });

  it('says the position of the event just written, of a void, a return and a release, too', () => {
    const books = givenAFactory(...STOCKED, sale([[BOTTLE, 2, '2']]), reserve([[BOTTLE, 2]]));
    for (const [command, by] of [
      [giveBack('SO-260302-0001', [[BOTTLE, 1]])],
      [voiding('RT-260302-0001'), ADMIN],
      [voiding('SO-260302-0001'), ADMIN],
      [release('RV-260302-0001')],
    ] as const) {
      const when = books.when(command, by);
      expect(when.answer().position).toBe(when.events.at(-1)!.position);
    }
  });

  it('shows money in the digits of its currency', () => {
    const yen = given(openLedger({ currency: 'JPY', digits: 0 })).when(transfer('equity', 'cash', '1250'));
    expect(yen.answer()).toMatchObject({ amount: 1250 });
    const dinars = given(openLedger({ currency: 'KWD', digits: 3 })).when(transfer('equity', 'cash', '1.255'));
    expect(dinars.answer()).toMatchObject({ amount: 1.255 });
  });
});

describe('an answer that is no document', () => {
  it('is the master record', () => {
    expect(answer([], account('till', 'asset'))).toEqual({
      account_id: 'till',
      name: 'till',
      type: 'asset',
      may_go_negative: false,
      active: true,
      position: 18,
    });
    expect(answer([], { type: 'change', kind: 'item', id: BOTTLE, changes: { active: false } })).toEqual({
      item_id: BOTTLE,
      name: BOTTLE,
      kind: 'bottle',
      active: false,
      position: 18,
    });
  });

  it('is the ledger', () => {
    expect(
      given()
        .when(openLedger({ approval_threshold: '250.50' }))
        .answer(),
    ).toEqual({
      ledger_id: 'main',
      currency: 'USD',
      digits: 2,
      time_zone: 'UTC',
      approval_threshold: 250.5,
      position: 11,
    });
  });

  it('is the period', () => {
    const books = given(openLedger(), close('2026-02'));
    expect(books.when(reopen('2026-02'), ADMIN).answer()).toEqual({
      month: '2026-02',
      status: 'open',
      reason: 'an invoice turned up',
      closed_through: '2026-01',
      created_by: 'ada',
      recorded_at: MONDAY,
      position: 13,
    });
  });

  it('is of the last document where a command made two events', () => {
    const books = givenAFactory(...STOCKED, reserve([[BOTTLE, 2]]));
    const { events } = books.when(checkOut('RV-260302-0001', [[BOTTLE, 'all', '2']]));
    expect(answeredNumber(events)).toBe('SO-260302-0001');
  });
});
