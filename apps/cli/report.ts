import type { Finding } from '../../libs/audit/chain.js';
import type { Figures } from '../../libs/audit/state-at.js';
import type { Difference } from '../../projections/verification/compare-rows.js';

const SHOWN_MAX = 20;

export function printFindings(findings: readonly Finding[]): void {
  for (const { position, kind, detail } of findings.slice(0, SHOWN_MAX))
    process.stdout.write(`position ${position}: ${kind}: ${detail}\n`);
  if (findings.length > SHOWN_MAX) process.stdout.write(`… and ${findings.length - SHOWN_MAX} more.\n`);
}

export function printDifferences(differences: readonly Difference[], total: number): void {
  for (const { table, key, expected, found } of differences.slice(0, SHOWN_MAX)) {
    const where = Object.values(key).join(' ');
    const what =
      found === null
        ? 'is missing'
        : expected === null
          ? 'should not be there'
          : `has ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`;
    process.stdout.write(`${table} ${where}: ${what}\n`);
  }
  if (total > SHOWN_MAX)
    process.stdout.write(`… and ${total - Math.min(SHOWN_MAX, differences.length)} more rows differ.\n`);
}

export function printFigures({ trial_balance: { data, totals }, ...figures }: Figures): void {
  const { currency, digits, position, recorded_at, stock_value, profit } = figures;
  const width = Math.max(...data.map(({ account_id }) => account_id.length), 'Trial balance'.length);
  const money = (amount: number) => (amount === 0 ? '' : amount.toFixed(digits)).padStart(20);
  const line = (name: string, ...amounts: number[]) =>
    process.stdout.write(`${`${name.padEnd(width)} ${amounts.map(money).join(' ')}`.trimEnd()}\n`);
  process.stdout.write(`\nAs of position ${position}, recorded at ${recorded_at}, in ${currency}\n\n`);
  process.stdout.write(`${'Trial balance'.padEnd(width)} ${'debit'.padStart(20)} ${'credit'.padStart(20)}\n`);
  for (const { account_id, debit, credit } of data) if (debit !== credit) line(account_id, debit, credit);
  line('Sum', totals.debit, totals.credit);
  process.stdout.write(`\nStock value ${stock_value.toFixed(digits)}\nProfit      ${profit.toFixed(digits)}\n\n`);
}
