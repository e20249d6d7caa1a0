import type { AccountType } from './events.js';

export const WRITE_OFF = 'write-off';

/** Only the ledger's own events post to these: by hand they would differ from stock, bills and profit. */
const KEPT = new Set(['inventory', 'revenue', 'cogs', 'waste', 'count-difference', 'price-variance', WRITE_OFF]);
export function isControlAccount(account_id: string): boolean {
  return KEPT.has(account_id) || account_id.startsWith('receivable:') || account_id.startsWith('payable:');
}

/** Whether its balance is normally a debit. */
export function isDebitAccount(type: AccountType): boolean {
  return type === 'asset' || type === 'expense';
}

/** Never registered: parties' accounts, and write-offs. */
export function describeUnregistered(account_id: string): { name: string; type: AccountType } {
  if (account_id === WRITE_OFF) return { name: 'Write-offs', type: 'expense' };
  const [kind, party] = account_id.split(/:(.*)/s);
  if (kind === 'receivable') return { name: `Receivable ${party}`, type: 'asset' };
  if (kind === 'payable') return { name: `Payable ${party}`, type: 'liability' };
  return { name: account_id, type: 'equity' };
}
