import { hash } from 'node:crypto';

/**
 * Highest random weight hashing: all instances that know the same names agree, and a name that goes moves only the ledgers that were its.
 * @returns the names, the home first
 */
export function inHashOrder(ledger_id: string, names: Iterable<string>): string[] {
  const weigh = (name: string) => ({ name, weight: hash('sha256', `${name}\n${ledger_id}`) });
  return [...names]
    .map(weigh)
    .sort((a, b) => (a.weight < b.weight ? 1 : -1))
    .map(({ name }) => name);
}
