import {
  ADMIN,
  approve,
  type By,
  checkOut,
  count,
  giveBack,
  givenAFactory,
  later,
  MANAGER,
  payment,
  purchase,
  release,
  reserve,
  STAFF,
  type Step,
  sale,
  transfer,
  withdraw,
} from '../../../test/support/given.js';
import type { Command } from '../commands.js';

const BOTTLE = 'bottle-500ml-a';
const SO = 'SO-260302-0001';
const RV = 'RV-260302-0001';
const AP = 'AP-260302-0001';
const TOM: By = { actor: 'tom', role: 'staff' };
const one = [[BOTTLE, 1]] as const;
const given: Step[] = [purchase([[BOTTLE, 100, '10']])];

const NAMING: [what: string, given: Step[], command: (number: string) => Command, number: string, unknown: string][] = [
  ['pays a bill', [[sale([[BOTTLE, 2, '5']]), STAFF]], (number) => payment(number, '1'), SO, 'SO-260302-0009'],
  ['gives a bill back', [[sale([[BOTTLE, 2, '5']]), STAFF]], (number) => giveBack(number, one), SO, 'SO-260302-0009'],
  ['checks out', [[reserve(one), STAFF]], (number) => checkOut(number, [[BOTTLE, 1, '5']]), RV, 'RV-260302-0009'],
  ['releases', [[reserve(one), STAFF]], release, RV, 'RV-260302-0009'],
  ['withdraws', [[transfer('equity', 'cash', '6000'), STAFF]], withdraw, AP, 'AP-260302-0009'],
];

describe.each(NAMING)('staff who %s', (_what, made, command, number, unknown) => {
  const refusalOf = (named: string, by: By) => {
    const { decided } = givenAFactory(...given, ...made).when(command(named), by);
    return JSON.stringify(decided).replaceAll(named, '…');
  };

  it('are answered about the document of another as about none at all', () => {
    expect(refusalOf(number, TOM)).toBe(refusalOf(unknown, TOM));
    expect(refusalOf(number, TOM)).toContain('"code":"unknown_');
  });

  it('may where it is their own', () => {
    expect(refusalOf(number, STAFF)).toContain('"outcome":"decided"');
  });
});

it('are those that another approved for them', () => {
  const dear = [sale([[BOTTLE, 60, '100']]), STAFF] as const;
  const books = givenAFactory(...given, dear, [approve(AP), MANAGER]);
  books.when(giveBack(SO, one), TOM).thenRefused('unknown_document', { number: SO });
  books.when(giveBack(SO, one), STAFF).thenRecorded({ type: 'SaleReturned' });
});

it('hides them from staff only', () => {
  const books = givenAFactory(...given, [sale([[BOTTLE, 2, '5']]), STAFF]);
  for (const by of [MANAGER, ADMIN]) books.when(giveBack(SO, one), by).thenRecorded({ type: 'SaleReturned' });
});

describe('a refusal', () => {
  const details = (by: By, ...steps: [...Step[], Command]) => {
    const command = steps.at(-1) as Command;
    const { decided } = givenAFactory(...given, ...(steps.slice(0, -1) as Step[])).when(command, by);
    return decided.outcome === 'refused' ? [decided.refusal.code, decided.refusal.details] : [decided.outcome];
  };

  it('names no balance to staff', () => {
    const wanted = transfer('cash', 'bank', '7');
    expect(details(MANAGER, wanted)).toEqual([
      'insufficient_funds',
      { account_id: 'cash', available: 0, requested: 7, shortage: 7 },
    ]);
    expect(details(STAFF, wanted)).toEqual(['insufficient_funds', { account_id: 'cash', requested: 7 }]);
  });

  it('names no count of another to staff', () => {
    const found = [count([[BOTTLE, 101]]), { ...MANAGER, now: later(60) }] as const;
    const wanted = sale([[BOTTLE, 1, '5']], { effective_at: later(30) });
    const [code, told] = details({ ...MANAGER, now: later(90) }, found, wanted);
    expect([code, Object.keys(told as object)]).toEqual([
      'counted_since',
      ['number', 'item_id', 'location_id', 'counted_at', 'difference', 'moved'],
    ]);
    const [, told_staff] = details({ ...STAFF, now: later(90) }, found, wanted);
    expect(Object.keys(told_staff as object)).toEqual(['item_id', 'location_id', 'counted_at', 'moved']);
  });
});
