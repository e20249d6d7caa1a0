/** Items, suppliers, customers, locations and accounts: registered, changed, deactivated, never deleted. */
import { isControlAccount, isDebitAccount } from '../accounts.js';
import { isTimeZone } from '../calendar.js';
import type { ChangeMasterData, OpenLedger, RegisterMasterData } from '../commands.js';
import { type AccountType, type EventBody, type MasterKind, NOUNS } from '../events.js';
import { PRICE_DECIMALS_MAX, parseDecimal, toMajor } from '../money.js';
import { invalid, type Refusal, refuse } from '../refusals.js';
import { placeOf } from '../state/state.js';
import { type Context, type Decision, recorded, refused } from './context.js';

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
export function register({ state, recorded_at }: Context, command: RegisterMasterData): Decision {
  const { kind, id, attributes } = command;
  if (state.master[kind].has(id)) return refused(refuse('already_exists', { [`${kind}_id`]: id }));
  if (kind === 'account' && isControlAccount(id)) return refused(refuse('control_account', { account_id: id }));
  return recorded(recorded_at, { type: `${NOUNS[kind]}Registered`, data: { kind, id, attributes } } as EventBody);
}

/**
 * A change that changes nothing is an event only where the command has a client's key: the key must be remembered, or a repeat would undo a
 * later change.
 */
export function change(context: Context, command: ChangeMasterData): Decision {
  const { state, recorded_at, envelope } = context;
  const { kind, id } = command;
  const master = state.master[kind as MasterKind].get(id);
  if (master === undefined) return refused(refuse(`unknown_${kind}`, { [`${kind}_id`]: id }));
  if (command.if_positions?.includes(master.position) === false)
    return refused(refuse('changed_since', { [`${kind}_id`]: id, position: master.position }));
  const { active = master.active, ...changed } = command.changes;
  if (kind === 'account' && !active && STANDARD_ACCOUNTS.some(([standard]) => standard === id))
    return refused(refuse('standard_account', { account_id: id }));
  const before: Record<string, unknown> = { ...master.attributes, active: master.active };
  const after: Record<string, unknown> = { ...master.attributes, ...changed, active };
  const changes = Object.keys(after)
    .filter((field) => (after[field] ?? null) !== (before[field] ?? null))
    .map((field) => ({ field, old: before[field] ?? null, new: after[field] ?? null }));
  if (changes.length === 0 && envelope.request_hash === undefined) return { events: [] };
  const attributes = { ...master.attributes, ...changed };
  const refusal =
    (master.active && !active ? stillHolds(context, kind, id) : undefined) ??
    (kind === 'account' && after.may_go_negative === false ? belowZero(context, id) : undefined);
  if (refusal) return refused(refusal);
  return recorded(recorded_at, {
    type: `${NOUNS[kind]}Changed`,
    data: { kind, id, active, attributes, changes },
  } as EventBody);
}

/**
 * A location with pieces and an account with a balance must stay active, for nothing could be taken out of them. Items may be inactive with
 * stock; income and expense accounts only say what was earned and spent.
 */
function stillHolds({ state, config }: Context, kind: MasterKind, id: string): Refusal | undefined {
  if (kind === 'location') {
    for (const [key, { on_hand }] of state.stock) {
      const place = placeOf(key);
      if (place.location_id === id && on_hand > 0) return refuse('not_empty', { ...place, on_hand });
    }
  }
  if (kind === 'account') {
    const { type } = state.master.account.get(id)!.attributes;
    const balance = (state.balances.get(id) ?? 0n) * (isDebitAccount(type) ? 1n : -1n);
    if (type !== 'income' && type !== 'expense' && balance !== 0n)
      return refuse('not_empty', { account_id: id, balance: toMajor(balance, config.digits) });
    for (const [number, { account_id }] of [...state.flash_sales, ...state.orders])
      if (account_id === id) return refuse('not_empty', { account_id: id, number });
  }
  return undefined;
}

function belowZero({ state, config }: Context, account_id: string): Refusal | undefined {
  const normal = isDebitAccount(state.master.account.get(account_id)!.attributes.type) ? 1n : -1n;
  const balance = (state.balances.get(account_id) ?? 0n) * normal;
  if (balance >= 0n) return undefined;
  const [available, shortage] = [balance, -balance].map((minor) => toMajor(minor, config.digits));
  return refuse('insufficient_funds', { account_id, available, requested: 0, shortage });
}

export function openLedger(recorded_at: string, command: OpenLedger): Decision {
  const { ledger_id, currency, digits, time_zone } = command;
  if (!isTimeZone(time_zone)) return refused(invalid('time_zone', 'must be an IANA time zone such as Europe/Berlin'));
  if (!Number.isInteger(digits) || digits < 0 || digits > PRICE_DECIMALS_MAX)
    return refused(invalid('digits', `must be a whole number from 0 to ${PRICE_DECIMALS_MAX}`));
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
      ([id, name, type, may_go_negative]): EventBody => ({
        type: 'AccountRegistered',
        data: { kind: 'account', id, attributes: { name, type, may_go_negative } },
      }),
    ),
  );
}
