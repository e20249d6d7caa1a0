import type { AccountType } from './events.js';

export const WRITE_OFF = 'write-off';
/** What gateways have charged for orders that were released, until it is paid back. */
export const REFUNDS_DUE = 'refunds-due';

/** Only the ledger's own events post to these: by hand they would differ from stock, bills and profit. */
const KEPT = new Set([
  'inventory',
  'revenue',
  'cogs',
  'waste',
  'count-difference',
  'price-variance',
  WRITE_OFF,
  REFUNDS_DUE,
]);
export function isControlAccount(account_id: string): boolean {
  return KEPT.has(account_id) || account_id.startsWith('receivable:') || account_id.startsWith('payable:');
}

/** Whether its balance is normally a debit. */
export function isDebitAccount(type: AccountType): boolean {
  return type === 'asset' || type === 'expense';
}

/** Never registered: parties' accounts, write-offs, and refunds due. */
export function describeUnregistered(account_id: string): { name: string; type: AccountType } {
  if (account_id === WRITE_OFF) return { name: 'Write-offs', type: 'expense' };
  if (account_id === REFUNDS_DUE) return { name: 'Refunds due', type: 'liability' };
  const [kind, party] = account_id.split(/:(.*)/s);
  if (kind === 'receivable') return { name: `Receivable ${party}`, type: 'asset' };
  if (kind === 'payable') return { name: `Payable ${party}`, type: 'liability' };
  return { name: account_id, type: 'equity' };
}
