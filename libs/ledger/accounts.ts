/** The accounts that the ledger keeps itself. */
import type { AccountType } from './events.js';

export const WRITE_OFF = 'write-off';

/** Only their own events post to these: by hand, the books would part from the stock, the bills or the profit. */
const KEPT = new Set(['inventory', 'revenue', 'cogs', 'waste', 'count-difference', 'price-variance', WRITE_OFF]);
export function isControlAccount(account_id: string): boolean {
  return KEPT.has(account_id) || account_id.startsWith('receivable:') || account_id.startsWith('payable:');
}

/** What an account is that was never registered: those of parties, and of write-offs, are there without it. */
export function describeUnregistered(account_id: string): { name: string; type: AccountType } {
  if (account_id === WRITE_OFF) return { name: 'Write-offs', type: 'expense' };
  const [kind, party] = account_id.split(/:(.*)/s);
  if (kind === 'receivable') return { name: `Receivable ${party}`, type: 'asset' };
  if (kind === 'payable') return { name: `Payable ${party}`, type: 'liability' };
  return { name: account_id, type: 'equity' };
}
