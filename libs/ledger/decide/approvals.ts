/** Four eyes: what was asked for is decided again on the state of the moment it is approved. */
import type { Approve, RecordPurchase, RecordSale, Reject, TransferMoney } from '../commands.js';
import type { LedgerFact, LifecycleEvent, RecordedEvent } from '../events.js';
import { type Refusal, refuse } from '../refusals.js';
import { placeKey } from '../state.js';
import { type Basis, type Context, type Decision, given, isRefusal, recorded, refused } from './guards.js';
import { transferMoney } from './money-facts.js';
import { released } from './shelf.js';
import { recordPurchase, recordSale } from './stock-facts.js';

type Requested = Extract<LifecycleEvent, { type: 'ApprovalRequested' }> & RecordedEvent;
export type Approvable = RecordPurchase | RecordSale | TransferMoney;

function pending({ state, envelope }: Context, approval_id: string): Requested | Refusal {
  const history = state.documents.get(approval_id);
  const first = history?.[0];
  if (first?.type !== 'ApprovalRequested') return refuse('unknown_approval', { approval_id });
  const end = history!.find(({ type }) => type === 'ApprovalGranted' || type === 'ApprovalRejected');
  if (end !== undefined)
    return refuse('approval_decided', {
      approval_id,
      approval_status: end.type === 'ApprovalGranted' ? 'approved' : 'rejected',
      decided_by: end.metadata.actor,
    });
  if (envelope.role !== 'manager' && envelope.role !== 'admin')
    return refuse('not_an_approver', { approval_id, role: envelope.role });
  if (first.metadata.actor === envelope.actor)
    return refuse('self_approval', { approval_id, requested_by: envelope.actor });
  return first;
}

/** The approval first, because it lets go of the pieces that the sale then takes. */
export function approve(context: Context, { approval_id }: Approve): Decision {
  const request = pending(context, approval_id);
  if (isRefusal(request)) return refused(request);
  const requested_by = request.metadata.actor;
  const holds = request.data.holds ?? [];
  const own = new Map<string, number>();
  for (const { item_id, location_id, quantity } of holds) {
    const key = placeKey(item_id, location_id);
    own.set(key, (own.get(key) ?? 0) + quantity);
  }
  const decision = carryOut(context, request.data.command as unknown as Approvable, {
    approval: { approval_id, requested_by },
    ...given('reservation_id', request.data.reservation_id),
    own,
  });
  if ('refusal' in decision) return decision;
  const { fact, effective_at } = decision.facts[0]!;
  const granted: LedgerFact = {
    type: 'ApprovalGranted',
    data: { approval_id, requested_by, number: numberOf(fact), ...(holds.length > 0 && { holds: released(holds) }) },
  };
  return {
    facts: [
      { fact: granted, effective_at: context.recorded_at },
      { fact, effective_at },
    ],
  };
}

function carryOut(context: Context, command: Approvable, basis: Basis): Decision {
  switch (command.type) {
    case 'record_purchase':
      return recordPurchase(context, command, basis);
    case 'record_sale':
      return recordSale(context, command, basis);
    case 'transfer_money':
      return transferMoney(context, command, basis);
    default:
      return command satisfies never;
  }
}

/** The number that a document's first fact carries. */
export function numberOf({ data }: LedgerFact): string {
  if ('number' in data) return data.number;
  if ('approval_id' in data && data.approval_id !== undefined) return data.approval_id;
  throw new Error('this fact has no number');
}

export function reject(context: Context, { approval_id, reason }: Reject): Decision {
  const request = pending(context, approval_id);
  if (isRefusal(request)) return refused(request);
  const { holds = [] } = request.data;
  return recorded(context.recorded_at, {
    type: 'ApprovalRejected',
    data: {
      approval_id,
      requested_by: request.metadata.actor,
      reason,
      ...(holds.length > 0 && { holds: released(holds) }),
    },
  });
}
