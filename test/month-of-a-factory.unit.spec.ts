import type { LedgerEventType } from '../libs/ledger/events.js';
import { toMajor } from '../libs/ledger/money.js';
import { type Books, given, openLedger } from './support/given.js';
import { FACTORY, MONTH, type MonthStep, PROFIT, STOCK, TRIAL_BALANCE } from './support/month-of-a-factory.js';

const DAY_ONE = '2026-03-02T08:00:00.000Z';

function open(): Books {
  return given(
    [openLedger(), { now: DAY_ONE }],
    ...FACTORY.map((command) => [command, { actor: 'ada', role: 'admin', now: DAY_ONE }] as const),
  );
}

function live(steps: readonly MonthStep[]): Books {
  const books = open();
  const numbers = new Map<string, string>();
  const the = (name: string) => numbers.get(name) ?? `no step is called ${name}`;
  for (const { name, at, by, order, expect: expected } of steps) {
    const when = books.when(order(the), { ...by, now: at });
    if ('refused' in expected) {
      const { refused, details } = expected as Extract<MonthStep['expect'], { refused: unknown }>;
      when.thenRefused(refused as Parameters<typeof when.thenRefused>[0], details as Record<string, unknown>);
      continue;
    }
    expect({ [name]: when.decided.outcome }).toEqual({ [name]: 'decided' });
    const answer = when.answer();
    expect({ [name]: answer }).toMatchObject({ [name]: expected });
    numbers.set(name, (answer.document as { number: string } | undefined)?.number ?? (answer.number as string));
  }
  return books;
}

describe('a month of a factory', () => {
  const books = live(MONTH);

  it('ends with this trial balance', () => {
    const closed = books.events.find(({ type }) => type === 'PeriodClosed')!;
    const { trial_balance, stock_value } = closed.data as {
      trial_balance: { account_id: string; amount: string }[];
      stock_value: string;
    };
    expect(Object.fromEntries(trial_balance.map(({ account_id, amount }) => [account_id, toMajor(amount, 2)]))).toEqual(
      TRIAL_BALANCE,
    );
    expect(toMajor(stock_value, 2)).toBe(TRIAL_BALANCE.inventory);
    expect(
      Object.fromEntries(
        [...books.state.balances].filter(([, each]) => each !== 0n).map(([id, each]) => [id, toMajor(each, 2)]),
      ),
    ).toEqual(TRIAL_BALANCE);
  });

  it('balances at 31,054.95', () => {
    const cents = Object.values(TRIAL_BALANCE).map((amount) => Math.round(amount * 100));
    const debits = cents.filter((each) => each > 0).reduce((sum, each) => sum + each, 0);
    expect([debits, cents.reduce((sum, each) => sum + each, 0)]).toEqual([3_105_495, 0]);
  });

  it('leaves this stock', () => {
    const left = [...books.state.stock].filter(([, { on_hand }]) => on_hand > 0);
    expect(
      new Map(left.map(([key, { on_hand, value, reserved }]) => [key, [on_hand, toMajor(value, 2), reserved]])),
    ).toEqual(
      new Map(
        STOCK.map(({ item_id, location_id, on_hand, value }) => [`${item_id} ${location_id}`, [on_hand, value, 0]]),
      ),
    );
  });

  it('made this profit', () => {
    const sales = books.events.flatMap(({ data }) => ('sales' in data ? (data.sales ?? []) : []));
    const revenue = sales.reduce((sum, each) => sum + BigInt(each.revenue), 0n);
    const cost = sales.reduce((sum, each) => sum + BigInt(each.cost), 0n);
    expect([revenue, cost, revenue - cost].map((minor) => toMajor(minor, 2))).toEqual([
      PROFIT.revenue,
      PROFIT.cost,
      PROFIT.gross,
    ]);
    const result = ['revenue', 'cogs', 'waste', 'conversion', 'count-difference', 'price-variance'];
    const net = result.reduce((sum, account_id) => sum - (books.state.balances.get(account_id) ?? 0n), 0n);
    expect(toMajor(net, 2)).toBe(PROFIT.net);
  });

  it('wrote these documents', () => {
    const numbers = [...books.state.series].map(([series, count]) => `${series} ${count}`);
    expect(numbers.toSorted().join(', ')).toBe(
      'AP-260303 1, AP-260316 1, BL-260304 1, BL-260305 1, MT-260302 2, MT-260330 1, PO-260302 1, PO-260303 1, ' +
        'PY-260310 1, PY-260312 1, PY-260320 2, PY-260327 1, RT-260311 1, RT-260323 1, RV-260317 2, SC-260325 1, ' +
        'SO-260309 1, SO-260313 1, SO-260316 1, SO-260317 1, SO-260326 1, ST-260306 1, WS-260318 1',
    );
  });

  it('holds an event of every kind of document', () => {
    const types = new Set(books.events.map(({ type }) => type));
    const wanted =
      'PurchaseRecorded BlowRecorded SaleRecorded WasteRecorded StockTransferred MoneyTransferred PaymentReceived PaymentMade ' +
      'SaleReturned PurchaseReturned DocumentVoided StockCounted ApprovalGranted StockReserved ReservationExpired ' +
      'ReservationCheckedOut PeriodClosed';
    expect(wanted.split(' ').filter((type) => !types.has(type as LedgerEventType))).toEqual([]);
  });
});
