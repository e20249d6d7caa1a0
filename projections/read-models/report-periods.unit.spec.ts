import { dayAfter } from '../../libs/ledger/calendar.js';
import { chanceOf, seedOf } from '../../test/support/random.js';
import { PERIOD_UNITS, type Period, type PeriodUnit, periodOf, periodsOf } from './report-periods.js';

function plainly(from: string, to: string, unit: PeriodUnit): Period[] {
  const periods: Period[] = [];
  for (let day = from; day <= to; day = dayAfter(day)) {
    const key = periodOf(day, unit);
    const last = periods.at(-1);
    if (last?.key === key) last.to = day;
    else periods.push({ key, from: day, to: day });
  }
  return periods;
}

const seed = seedOf();
it.each(PERIOD_UNITS)(`every %s of some days, the first and the last cut (SEED=${seed})`, (unit) => {
  const chance = chanceOf(seed);
  for (let times = 0; times < 200; times += 1) {
    const from_ms = chance.whole(0, 30_000) * 86_400_000;
    const [from, to] = [from_ms, from_ms + chance.whole(0, 400) * 86_400_000].map((ms) =>
      new Date(ms).toISOString().slice(0, 10),
    ) as [string, string];
    const all = plainly(from, to, unit);
    expect(periodsOf(from, to, unit)).toEqual(all);
    expect(periodsOf(from, to, unit, 3)).toEqual(all.slice(0, 3));
  }
});

it.each(PERIOD_UNITS)('no more %ss are made than are asked for, and none behind the last day', (unit) => {
  expect(periodsOf('1970-01-01', '9999-12-31', unit, 2)).toHaveLength(2);
  expect(periodsOf('9999-12-31', '9999-12-31', unit)).toEqual([
    { key: periodOf('9999-12-31', unit), from: '9999-12-31', to: '9999-12-31' },
  ]);
});
