/** Items, suppliers, customers, locations and accounts: registered, changed, deactivated, never deleted. */
import type { ChangeMasterData, OpenLedger, RegisterMasterData } from '../commands.js';
import type { AccountType, LedgerFact, MasterKind } from '../events.js';
import { parseDecimal } from '../money.js';
import { invalid, refuse } from '../refusals.js';
import { type Context, type Decision, recorded, refused } from './guards.js';

/** The accounts that the ledger's own postings need, and where money is kept. */
export const STANDARD_ACCOUNTS: readonly [id: string, name: string, type: AccountType, may_go_negative: boolean][] = [
  ['cash', 'Cash', 'asset', false],
  ['bank', 'Bank', 'asset', false],
  ['inventory', 'Inventory', 'asset', false],
  ['equity', "Owner's equity", 'equity', true],
  ['revenue', 'Revenue', 'income', true],
  ['cogs', 'Cost of goods sold', 'expense', true],
  ['waste', 'Waste', 'expense', true],
  ['conversion', 'Conversion cost absorbed', 'expense', true],
  ['count-difference', 'Stock count differences', 'expense', true],
  ['price-variance', 'Price variance', 'expense', true],
];
/** Stock and bills post to these; a transfer by hand would part the books from the stock or the bills. */
export function isControlAccount(account_id: string): boolean {
  return account_id === 'inventory' || account_id.startsWith('receivable:') || account_id.startsWith('payable:');
}

const NOUNS = {
  item: 'Item',
  supplier: 'Supplier',
  customer: 'Customer',
  location: 'Location',
  account: 'Account',
} as const;

export function register({ state, recorded_at }: Context, command: RegisterMasterData): Decision {
  const { kind, id, attributes } = command;
  if (state.master[kind].has(id)) return refused(refuse('already_exists', { [`${kind}_id`]: id }));
  return recorded(recorded_at, { type: `${NOUNS[kind]}Registered`, data: { kind, id, attributes } } as LedgerFact);
}

/** Answers no fact at all where nothing would change. */
export function change({ state, recorded_at }: Context, command: ChangeMasterData): Decision {
  const { kind, id } = command;
  const master = state.master[kind as MasterKind].get(id);
  if (master === undefined) return refused(refuse(`unknown_${kind}`, { [`${kind}_id`]: id }));
  const { active = master.active, ...changed } = command.changes;
  if (kind === 'account' && !active && STANDARD_ACCOUNTS.some(([standard]) => standard === id))
    return refused(refuse('control_account', { account_id: id }));
  const before: Record<string, unknown> = { ...master.attributes, active: master.active };
  const after: Record<string, unknown> = { ...master.attributes, ...changed, active };
  const changes = Object.keys(after)
    .filter((field) => (after[field] ?? null) !== (before[field] ?? null))
    .map((field) => ({ field, old: before[field] ?? null, new: after[field] ?? null }));
  if (changes.length === 0) return { facts: [] };
  const attributes = { ...master.attributes, ...changed };
  return recorded(recorded_at, {
    type: `${NOUNS[kind]}Changed`,
    data: { kind, id, active, attributes, changes },
  } as LedgerFact);
}

/** The first facts of a ledger: its terms, the place `main`, the accounts that postings need. */
export function openLedger(recorded_at: string, command: OpenLedger): Decision {
  const { ledger_id, currency, digits, time_zone } = command;
  const threshold = parseDecimal(command.approval_threshold, digits);
  if (threshold === undefined || threshold < 0n)
    return refused(invalid('approval_threshold', `must be an amount with at most ${digits} decimals`));
  return recorded(
    recorded_at,
    {
      type: 'LedgerOpened',
      data: { ledger_id, currency, digits, time_zone, approval_threshold: threshold.toString() },
    },
    { type: 'LocationRegistered', data: { kind: 'location', id: 'main', attributes: { name: 'Main' } } },
    ...STANDARD_ACCOUNTS.map(
      ([id, name, type, may_go_negative]): LedgerFact => ({
        type: 'AccountRegistered',
        data: { kind: 'account', id, attributes: { name, type, may_go_negative } },
      }),
    ),
  );
}
