import {
  ADMIN,
  account,
  approve,
  type By,
  blow,
  changeThreshold,
  checkOut,
  close,
  count,
  deactivate,
  giveBack,
  givenAFactory,
  later,
  MANAGER,
  MONDAY,
  payment,
  purchase,
  reject,
  reserve,
  STAFF,
  type Step,
  sale,
  stockTransfer,
  transfer,
  voiding,
  waste,
  withdraw,
  writeOff,
} from '../../../test/support/given.js';
import type { Command, Envelope } from '../commands.js';
import { decide, decideExpiries } from '../decide.js';
import type { Postings, RecordedEvent } from '../events.js';
import { applyEvent } from '../state/state.js';

const ENVELOPE: Envelope = { actor: 'mia', role: 'manager', now: MONDAY, idempotency_key: 'made by the server' };
const BOTTLE = 'bottle-500ml-a';
const AP = 'AP-260302-0001';
const STOCKED = purchase([[BOTTLE, 100, '10']]);
/** 60 pieces for 6000.00, ordered by staff. */
const DEAR = [sale([[BOTTLE, 60, '100']]), STAFF] as const;

describe('a sale above the threshold', () => {
  it('waits with its pieces set aside', () => {
    const books = givenAFactory(STOCKED);
    const { answer } = books.when(...DEAR);
    expect(answer()).toMatchObject({
      kind: 'approval',
      number: AP,
      status: 'pending',
      amount: 6000,
      requested_by: 'sam',
    });
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00, 60 of them set aside');
    expect(books.balance('revenue')).toBe('0.00');
    books.when(sale([[BOTTLE, 41, '1']])).thenRefused('insufficient_stock', { available: 40, requested: 41 });
    books.when(sale([[BOTTLE, 40, '1']])).thenRecorded({ type: 'SaleRecorded' });
  });

  it('is carried out when another user approves, both in one append', () => {
    const books = givenAFactory(STOCKED, DEAR);
    const { answer } = books.when(approve(AP), { ...MANAGER, now: later(60) });
    expect(books.events.slice(-2)).toMatchObject([
      {
        type: 'ApprovalGranted',
        data: {
          approval_id: AP,
          requested_by: 'sam',
          number: 'SO-260302-0001',
          holds: [{ item_id: BOTTLE, location_id: 'main', quantity: -60 }],
        },
        metadata: { actor: 'mia' },
      },
      {
        type: 'SaleRecorded',
        data: {
          number: 'SO-260302-0001',
          approval_id: AP,
          requested_by: 'sam',
          total_price: '600000',
          total_cost: '60000',
        },
        metadata: { actor: 'mia', effective_at: later(60) },
      },
    ]);
    expect(answer()).toMatchObject({
      number: AP,
      status: 'approved',
      decided_by: 'mia',
      result_number: 'SO-260302-0001',
      document: { number: 'SO-260302-0001', created_by: 'sam', approved_by: 'mia', status: 'confirmed' },
    });
    expect(books.stock(BOTTLE)).toBe('40 worth 400.00');
  });

  it('lets go of its pieces when it is rejected', () => {
    const books = givenAFactory(STOCKED, DEAR)
      .when(reject(AP), ADMIN)
      .thenRecorded({
        type: 'ApprovalRejected',
        data: { approval_id: AP, requested_by: 'sam', reason: 'too dear' },
      });
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00');
    expect(books.balance('revenue')).toBe('0.00');
  });

  it('sets pieces of two lines aside together, and takes those and no others', () => {
    const two_lines = sale([
      [BOTTLE, 60, '100'],
      [BOTTLE, 40, '100'],
    ]);
    const books = givenAFactory(STOCKED, [two_lines, STAFF]);
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00, 100 of them set aside');
    books.and([approve(AP), MANAGER]);
    expect(books.stock(BOTTLE)).toBe('0 worth 0.00');
  });

  it('is refused at once where the pieces are not there', () => {
    givenAFactory(STOCKED)
      .when(sale([[BOTTLE, 101, '100']]), STAFF)
      .thenRefused('insufficient_stock', { available: 100 });
  });

  it('costs what the pieces cost when it is approved', () => {
    // 100 worth 1000.00 and 100 worth 3000.00: 60 × 20.00.
    const books = givenAFactory(STOCKED, DEAR, purchase([[BOTTLE, 100, '30']]));
    books.when(approve(AP), MANAGER).thenMoved({ stock: [`-60 ${BOTTLE} at main, -1200.00`] });
  });
});

describe('four eyes', () => {
  it('are two people’s, one of them a manager or an admin', () => {
    const books = givenAFactory(STOCKED, DEAR);
    for (const decision of [approve(AP), reject(AP)]) {
      books
        .when(decision, { actor: 'sam', role: 'staff' })
        .thenRefused('not_an_approver', { approval_id: AP, role: 'staff' });
      books.when(decision, { actor: 'tom', role: 'staff' }).thenRefused('unknown_approval', { approval_id: AP });
      books.when(decision, { actor: 'sam', role: 'manager' }).thenRefused('self_approval', { requested_by: 'sam' });
      books.when(decision, { actor: 'sam', role: 'admin' }).thenRefused('self_approval');
      books.when(decision, { actor: 'tom', role: 'auditor' }).thenRefused('not_an_approver');
    }
    books.when(approve(AP), ADMIN).thenRecorded({ type: 'ApprovalGranted' }, { type: 'SaleRecorded' });
  });

  it('decide once: of fifty approvals the first counts', () => {
    const books = givenAFactory(STOCKED, DEAR, [approve(AP), MANAGER]);
    for (let attempt = 0; attempt < 49; attempt += 1)
      books
        .when(approve(AP), { actor: `manager-${attempt}`, role: 'manager' })
        .thenRefused('approval_decided', { approval_id: AP, approval_status: 'approved', decided_by: 'mia' });
    books.when(reject(AP), ADMIN).thenRefused('approval_decided', { approval_status: 'approved' });
    expect(books.stock(BOTTLE)).toBe('40 worth 400.00');
    givenAFactory(STOCKED, DEAR, [reject(AP), MANAGER])
      .when(approve(AP), ADMIN)
      .thenRefused('approval_decided', { approval_status: 'rejected', decided_by: 'mia' });
  });

  it('decide on what was asked for and on nothing else', () => {
    const books = givenAFactory(STOCKED, reserve([[BOTTLE, 1]]));
    for (const id of [AP, 'PO-260302-0001', 'RV-260302-0001', '__proto__'])
      books.when(approve(id), MANAGER).thenRefused('unknown_approval', { approval_id: id });
  });

  it('are needed of staff only, and only above the threshold', () => {
    const books = givenAFactory(STOCKED);
    books.when(sale([[BOTTLE, 50, '100']]), STAFF).thenRecorded({ type: 'SaleRecorded' });
    books.when(sale([[BOTTLE, 1, '5000.01']]), STAFF).thenRecorded({ type: 'ApprovalRequested' });
    books.when(sale([[BOTTLE, 1, '5000.01']]), MANAGER).thenRecorded({ type: 'SaleRecorded' });
    books.when(sale([[BOTTLE, 1, '5000.01']]), ADMIN).thenRecorded({ type: 'SaleRecorded' });
  });
});

describe('what was asked for is decided again', () => {
  it('on the state of that moment, and stays asked for when it is refused then', () => {
    const books = givenAFactory(transfer('equity', 'cash', '9000'), [transfer('cash', 'bank', '6000'), STAFF]);
    books.and(transfer('cash', 'equity', '4000'));
    books
      .when(approve(AP), MANAGER)
      .thenRefused('insufficient_funds', { account_id: 'cash', available: 5000, requested: 6000 });
    books.and(transfer('equity', 'cash', '1000'));
    books
      .when(approve(AP), MANAGER)
      .thenRecorded(
        { type: 'ApprovalGranted' },
        { type: 'MoneyTransferred', data: { number: 'MT-260302-0004', approval_id: AP } },
      );
  });

  it('with ids that may have become inactive meanwhile', () => {
    const dear = [purchase([[BOTTLE, 600, '10']]), STAFF] as const;
    givenAFactory(dear, deactivate('supplier', 'SUP-001')).when(approve(AP), MANAGER).thenRefused('inactive_supplier');
    givenAFactory(STOCKED, DEAR, deactivate('item', BOTTLE)).when(approve(AP), MANAGER).thenRefused('inactive_item');
    givenAFactory(account('till', 'asset', true), [transfer('till', 'bank', '6000'), STAFF])
      .and(deactivate('account', 'till'))
      .when(approve(AP), MANAGER)
      .thenRefused('inactive_account');
  });

  it('on the day that was asked for, unless its month has been closed', () => {
    const effective_at = '2026-03-01T12:00:00.000Z';
    const books = givenAFactory([purchase([[BOTTLE, 600, '10']], { effective_at }), STAFF]);
    const in_april = { now: '2026-04-01T07:59:59.999Z' };
    books
      .and([close('2026-03'), in_april])
      .when(approve('AP-260302-0001'), { ...MANAGER, ...in_april })
      .thenRefused('period_closed', { month: '2026-03' });
    givenAFactory([purchase([[BOTTLE, 600, '10']], { effective_at }), STAFF])
      .when(approve('AP-260302-0001'), { ...MANAGER, ...in_april })
      .thenRecorded(
        { type: 'ApprovalGranted', metadata: { effective_at: in_april.now } },
        { type: 'PurchaseRecorded', data: { number: 'PO-260401-0001' }, metadata: { effective_at } },
      );
  });
});

describe('a reservation checked out above the threshold', () => {
  it('waits as a sale does, with the pieces that were taken still set aside', () => {
    const books = givenAFactory(STOCKED, [reserve([[BOTTLE, 80]]), STAFF]);
    books.when(checkOut('RV-260302-0001', [[BOTTLE, 60, '100']]), STAFF).thenRecorded(
      {
        type: 'ReservationCheckedOut',
        data: { number: AP, released: [{ item_id: BOTTLE, quantity: 20 }] },
      },
      { type: 'ApprovalRequested', data: { amount: '600000' } },
    );
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00, 60 of them set aside');
    books.and([approve(AP), MANAGER]);
    expect(books.stock(BOTTLE)).toBe('40 worth 400.00');
  });
});

// ── Every kind of event, by what it is worth ────────────────────────────────────────────────────────────────────────────────────

/** 100 bottles worth 1000.00 in main, cash of 9000.00, and a threshold of 500.00. */
const BOOKS = [STOCKED, transfer('equity', 'cash', '9000'), [changeThreshold('500'), ADMIN]] as const;
const PO = 'PO-260302-0001';
const SO = 'SO-260302-0001';
const at_main = (quantity: number) => [{ item_id: BOTTLE, location_id: 'main', quantity }];

/** Of each pair the one is worth 500.00, the other a cent or a piece more. */
const WORTH: [what: string, given: Step[], small: Command, large: Command, amount: string, holds?: object[]][] = [
  ['a purchase', [], purchase([[BOTTLE, 1, '500']]), purchase([[BOTTLE, 1, '500.01']]), '50001'],
  ['a sale', [], sale([[BOTTLE, 1, '500']]), sale([[BOTTLE, 1, '500.01']]), '50001', at_main(1)],
  ['a sale below cost', [], sale([[BOTTLE, 50, '1']]), sale([[BOTTLE, 51, '1']]), '51000', at_main(51)],
  ['a waste', [], waste([[BOTTLE, 50]]), waste([[BOTTLE, 51]]), '51000', at_main(51)],
  ['a stock transfer', [], stockTransfer([[BOTTLE, 50]]), stockTransfer([[BOTTLE, 51]]), '51000', at_main(51)],
  [
    'a blow by what goes in',
    [],
    blow([[BOTTLE, 50]], [['preform', 50]]),
    blow([[BOTTLE, 51]], [['preform', 51]]),
    '51000',
    at_main(51),
  ],
  [
    'a blow by what comes out, with its conversion cost',
    [],
    blow([[BOTTLE, 10]], [['preform', 10]], { conversion_cost: '400' }),
    blow([[BOTTLE, 10]], [['preform', 10]], { conversion_cost: '400.01' }),
    '50001',
    at_main(10),
  ],
  ['a transfer', [], transfer('cash', 'bank', '500'), transfer('cash', 'bank', '500.01'), '50001'],
  ['a payment made', [], payment(PO, '500'), payment(PO, '500.01'), '50001'],
  ['a payment received', [sale([[BOTTLE, 1, '900']])], payment(SO, '500'), payment(SO, '500.01'), '50001'],
  [
    'a refund',
    [sale([[BOTTLE, 2, '900']]), payment(SO, '1800'), giveBack(SO, [[BOTTLE, 1]])],
    payment(SO, '500'),
    payment(SO, '500.01'),
    '50001',
  ],
  ['a write-off', [], writeOff(PO, { amount: '500' }), writeOff(PO, { amount: '500.01' }), '50001'],
  ['a count that loses', [], count([[BOTTLE, 50]]), count([[BOTTLE, 49]]), '51000', at_main(51)],
  ['a count that finds', [], count([[BOTTLE, 150]]), count([[BOTTLE, 151]]), '51000'],
  [
    'a count that finds as much as it loses',
    [purchase([['preform', 100, '10']])],
    count([
      [BOTTLE, 50],
      ['preform', 150],
    ]),
    count([
      [BOTTLE, 49],
      ['preform', 151],
    ]),
    '51000',
    at_main(51),
  ],
  [
    'a return of a sale by its price',
    [sale([[BOTTLE, 20, '50']])],
    giveBack(SO, [[BOTTLE, 10]]),
    giveBack(SO, [[BOTTLE, 11]]),
    '55000',
  ],
  [
    'a return of a sale by its cost',
    [sale([[BOTTLE, 60, '1']])],
    giveBack(SO, [[BOTTLE, 50]]),
    giveBack(SO, [[BOTTLE, 51]]),
    '51000',
  ],
  ['a return of a purchase', [], giveBack(PO, [[BOTTLE, 50]]), giveBack(PO, [[BOTTLE, 51]]), '51000', at_main(51)],
  [
    'a void',
    [transfer('cash', 'bank', '500'), transfer('cash', 'bank', '500.01')],
    voiding('MT-260302-0002'),
    voiding('MT-260302-0003'),
    '50001',
  ],
];

/** She made the documents that the commands name. */
const MIA: By = { actor: 'mia', role: 'staff' };

describe.each(WORTH)('above the threshold %s', (_what, steps, small, large, amount, holds) => {
  it('waits, with the pieces that it takes, and is carried out when another user approves', () => {
    const books = givenAFactory(...BOOKS, ...steps);
    const before = [books.stock(BOTTLE), books.trialBalance()];
    const asked = books.when(large, MIA);
    asked.thenRecorded({ type: 'ApprovalRequested', data: { amount, threshold: '50000', command: large } });
    expect((asked.events[0]!.data as Postings).holds).toEqual(holds);
    expect(books.trialBalance()).toEqual(before[1]);
    const approved = books.when(approve(AP), ADMIN);
    expect(approved.events).toMatchObject([{ type: 'ApprovalGranted' }, {}]);
    expect(approved.events[1]!.data).toMatchObject({ approval_id: AP, requested_by: 'mia' });
    expect(approved.answer()).toMatchObject({ status: 'approved', decided_by: 'ada' });
    expect(books.state.requests.size).toBe(0);
    expect(books.stock(BOTTLE)).not.toContain('set aside');
  });

  it('gives everything back that it holds when it is withdrawn', () => {
    const books = givenAFactory(...BOOKS, ...steps);
    const before = [books.stock(BOTTLE), books.trialBalance()];
    books.and([large, MIA], [withdraw(AP), MIA]);
    expect([books.stock(BOTTLE), books.trialBalance()]).toEqual(before);
  });

  it('is carried out at once up to the threshold, and by those who may approve', () => {
    const recorded = (command: Command, by: By) =>
      givenAFactory(...BOOKS, ...steps)
        .when(command, by)
        .events.map(({ type }) => type);
    expect(recorded(small, MIA)).not.toContain('ApprovalRequested');
    expect(recorded(large, MANAGER)).not.toContain('ApprovalRequested');
    expect(recorded(large, ADMIN)).not.toContain('ApprovalRequested');
  });
});

describe('a count that waits', () => {
  it('is of the moment that it was asked for', () => {
    // 100 in stock, 40 counted; 10 are bought before it is approved.
    const books = givenAFactory(...BOOKS, [count([[BOTTLE, 40]]), STAFF], purchase([[BOTTLE, 10, '10']]));
    books
      .when(approve(AP), MANAGER)
      .thenRecorded(
        { type: 'ApprovalGranted' },
        { type: 'StockCounted', data: { counts: [{ expected_quantity: 100, difference: -60 }] } },
      );
    expect(books.stock(BOTTLE)).toBe('50 worth 500.00');
  });
});

describe('a void that waits', () => {
  it('reserves nothing of what a later count brings back, whatever it takes of the same item behind the count', () => {
    const on = (day: number) => ({ now: `2026-03-0${day}T08:00:00.000Z` });
    const blown = blow(
      [['preform', 3]],
      [
        ['preform', 3],
        [BOTTLE, 7],
        ['preform', 23],
      ],
    );
    const books = givenAFactory(
      [purchase([['preform', 3, '3000']]), on(3)],
      [blown, { ...STAFF, ...on(4) }],
      [approve('AP-260304-0001'), { ...ADMIN, ...on(4) }],
      [count([['preform', 26]]), on(6)],
      [sale([['preform', 7, '1']]), on(7)],
    );
    const voided = voiding('BL-260304-0001', { effective_at: on(5).now });
    books
      .when(voided, { ...STAFF, ...on(8) })
      .thenRecorded({ type: 'ApprovalRequested', data: { holds: [{ item_id: BOTTLE, quantity: 7 }] } });
    books
      .when(approve('AP-260308-0001'), { ...ADMIN, ...on(9) })
      .thenRecorded(
        { type: 'ApprovalGranted' },
        { type: 'CountAdjusted' },
        { type: 'DocumentVoided' },
        { type: 'CountAdjusted' },
      );
  });
});

describe('a write-off that waits', () => {
  it('is of what was open when it was asked for', () => {
    const sold = [sale([[BOTTLE, 1, '900']]), payment(SO, '300')];
    const books = givenAFactory(...BOOKS, ...sold, [writeOff(SO), MIA], [voiding('PY-260302-0001'), ADMIN]);
    books
      .when(approve(AP), ADMIN)
      .thenRecorded({ type: 'ApprovalGranted' }, { type: 'BillWrittenOff', data: { amount: '60000' } });
  });
});

// ── Requests that end otherwise ─────────────────────────────────────────────────────────────────────────────────────────────────

describe('withdraw', () => {
  it('is for the one who asked, whatever they are by now, and lets go of the pieces', () => {
    const books = givenAFactory(STOCKED, DEAR);
    for (const by of [MANAGER, ADMIN])
      books.when(withdraw(AP), by).thenRefused('not_the_requester', { approval_id: AP, requested_by: 'sam' });
    books.when(withdraw(AP), { actor: 'tom', role: 'staff' }).thenRefused('unknown_approval', { approval_id: AP });
    const withdrawn = books.when(withdraw(AP), { actor: 'sam', role: 'manager' });
    withdrawn.thenRecorded({
      type: 'ApprovalWithdrawn',
      data: { approval_id: AP, requested_by: 'sam', holds: [{ quantity: -60 }] },
    });
    expect(withdrawn.answer()).toMatchObject({ number: AP, status: 'withdrawn', decided_by: 'sam' });
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00');
    for (const command of [withdraw(AP), approve(AP), reject(AP)])
      books.when(command, MANAGER).thenRefused('approval_decided', { approval_status: 'withdrawn', decided_by: 'sam' });
  });
});

describe('a request without a decision', () => {
  const DAYS_30 = '2026-04-01T08:00:00.000Z';
  const JUST_BEFORE = '2026-04-01T07:59:59.999Z';

  it('expires after thirty days, to the millisecond, and lets go of the pieces', () => {
    const books = givenAFactory(STOCKED, DEAR, [transfer('equity', 'cash', '1'), { now: JUST_BEFORE }]);
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00, 60 of them set aside');
    books.when(approve(AP), { ...MANAGER, now: DAYS_30 }).thenRefused('approval_decided', {
      approval_status: 'expired',
      decided_by: 'system',
    });
    expect(books.events.at(-1)).toMatchObject({
      type: 'ApprovalExpired',
      data: { approval_id: AP, requested_by: 'sam', holds: [{ quantity: -60 }] },
      metadata: { actor: 'system', recorded_at: DAYS_30 },
    });
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00');
    givenAFactory(STOCKED, DEAR)
      .when(approve(AP), { ...MANAGER, now: JUST_BEFORE })
      .thenRecorded({ type: 'ApprovalGranted' }, { type: 'SaleRecorded' });
  });

  it('is expired even where its end is not on record yet', () => {
    const { state } = givenAFactory(STOCKED, DEAR);
    const decided = decide(state, approve(AP), { ...ENVELOPE, now: DAYS_30 });
    expect(decided).toMatchObject({
      refusal: { code: 'approval_decided', details: { approval_status: 'expired', expires_at: DAYS_30 } },
    });
  });

  it('waits for ever where an older version wrote it down', () => {
    const [request] = givenAFactory(STOCKED).when(...DEAR).events as [RecordedEvent];
    const { expires_at: _expires_at, ...data } = request.data as { expires_at: string };
    const { state } = givenAFactory(STOCKED);
    applyEvent(state, { ...request, data } as RecordedEvent);
    expect([...decideExpiries(state, '2036-03-02T08:00:00.000Z', 10)]).toEqual([]);
    const decided = decide(state, approve(AP), { ...ENVELOPE, now: '2036-03-02T08:00:00.000Z' });
    expect(decided).toMatchObject({ outcome: 'decided' });
  });
});

describe('change_threshold', () => {
  it('holds from then on, and says what it was', () => {
    const books = givenAFactory(STOCKED, DEAR);
    const changed = books.when(changeThreshold('100'), ADMIN);
    changed.thenRecorded({
      type: 'ApprovalThresholdChanged',
      data: { old: '500000', new: '10000', reason: 'the board says so' },
      metadata: { actor: 'ada', effective_at: MONDAY },
    });
    expect(changed.answer()).toEqual({
      approval_threshold: 100,
      previous_threshold: 5000,
      reason: 'the board says so',
      created_by: 'ada',
      recorded_at: MONDAY,
      position: books.state.position,
    });
    books.when(sale([[BOTTLE, 1, '100.01']]), STAFF).thenRecorded({ type: 'ApprovalRequested' });
    books.when(sale([[BOTTLE, 1, '100']]), STAFF).thenRecorded({ type: 'SaleRecorded' });
    // What waits already goes on waiting, also where it would no longer have to.
    books.and([changeThreshold('9999'), ADMIN]);
    expect([...books.state.requests.keys()]).toEqual([AP, 'AP-260302-0002']);
  });

  it('is an amount of the ledger’s currency', () => {
    const books = givenAFactory();
    for (const amount of ['-1', '0.001', 'x', '10000000000000'])
      books
        .when(changeThreshold(amount), ADMIN)
        .thenRefused('validation', { errors: [{ path: 'approval_threshold' }] });
    books.when(changeThreshold('0'), ADMIN).thenRecorded({ type: 'ApprovalThresholdChanged', data: { new: '0' } });
    books.when(transfer('equity', 'cash', '0.01'), STAFF).thenRecorded({ type: 'ApprovalRequested' });
  });
});
