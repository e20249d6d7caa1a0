import {
  approve,
  close,
  given,
  givenAFactory,
  item,
  MANAGER,
  MONDAY,
  openLedger,
  party,
  purchase,
  STAFF,
  type Step,
} from '../../../test/support/given.js';

const ledgerIn = (time_zone: string, now: string) =>
  given(...[openLedger({ time_zone }), item('cap'), party('supplier', 'SUP-001')].map((step): Step => [step, { now }]));
const boughtOn = (effective_at: string) => purchase([['cap', 1, '1']], { effective_at });

describe('a bare day', () => {
  it.each([
    ['UTC', '2026-03-01', MONDAY, '2026-03-01T23:59:59.999Z'],
    ['UTC', '2026-03-02', MONDAY, MONDAY],
    // 1 March ends eleven hours after Greenwich in Pago Pago, and fourteen before it in Kiritimati.
    ['Pacific/Pago_Pago', '2026-03-01', '2026-03-03T08:00:00.000Z', '2026-03-02T10:59:59.999Z'],
    ['Pacific/Kiritimati', '2026-03-01', MONDAY, '2026-03-01T09:59:59.999Z'],
    ['Pacific/Kiritimati', '2026-03-02', MONDAY, MONDAY],
    // 23 and 25 hours long
    ['Europe/Berlin', '2026-03-29', '2026-04-02T08:00:00.000Z', '2026-03-29T21:59:59.999Z'],
    ['Europe/Berlin', '2025-10-26', MONDAY, '2025-10-26T22:59:59.999Z'],
  ])('in %s: %s, told at %s, is %s', (time_zone, day, now, effective_at) => {
    ledgerIn(time_zone, now)
      .when(boughtOn(day), { now })
      .thenRecorded({ type: 'PurchaseRecorded', metadata: { effective_at } });
  });

  it('that is neither over nor today is in the future, also where it is that day elsewhere', () => {
    ledgerIn('UTC', MONDAY)
      .when(boughtOn('2026-03-03'))
      .thenRefused('effective_in_future', { effective_at: '2026-03-03T23:59:59.999Z' });
    // 2 March has not begun in Pago Pago.
    ledgerIn('Pacific/Pago_Pago', MONDAY).when(boughtOn('2026-03-02')).thenRefused('effective_in_future');
  });

  it('lies in its own month, though that has ended in Greenwich', () => {
    const now = '2026-04-05T08:00:00.000Z';
    const books = ledgerIn('Pacific/Pago_Pago', now).and([close('2026-02'), { now }]);
    books
      .when(boughtOn('2026-02-28'), { now })
      .thenRefused('period_closed', { month: '2026-02', effective_at: '2026-03-01T10:59:59.999Z' });
    books
      .when(boughtOn('2026-03-01'), { now })
      .thenRecorded({ type: 'PurchaseRecorded', metadata: { effective_at: '2026-03-02T10:59:59.999Z' } });
  });

  it('is the moment that it was when approval was asked for', () => {
    const asked = purchase([['preform', 600, '10']], { effective_at: '2026-03-02' });
    givenAFactory([asked, STAFF])
      .when(approve('AP-260302-0001'), { ...MANAGER, now: '2026-03-05T08:00:00.000Z' })
      .thenRecorded({ type: 'ApprovalGranted' }, { type: 'PurchaseRecorded', metadata: { effective_at: MONDAY } });
  });
});
