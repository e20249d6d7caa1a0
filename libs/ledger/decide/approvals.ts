/** Four eyes: an approved command is decided again on the current state. */
import type { Approve, ChangeThreshold, PostingCommand, Reject, Withdraw } from '../commands.js';
import type { EventBody, HoldPosting, LifecycleEvent, RecordedEvent } from '../events.js';
import { type Refusal, refuse } from '../refusals.js';
import { type LedgerState, placeKey, skipPosition, tentatively } from '../state/state.js';
import { amountOf } from './amounts.js';
import { type Context, type Decision, given, isRefusal, recorded, refused } from './context.js';
import { post } from './post.js';
import { released } from './stock-draft.js';

type Requested = Extract<LifecycleEvent, { type: 'ApprovalRequested' }> & RecordedEvent;

const ENDINGS = {
  ApprovalGranted: 'approved',
  ApprovalRejected: 'rejected',
  ApprovalWithdrawn: 'withdrawn',
  ApprovalExpired: 'expired',
} as const;

function waiting({ state, recorded_at }: Context, approval_id: string): Requested | Refusal {
  const history = state.documents.get(approval_id);
  const first = history?.[0];
  if (first?.type !== 'ApprovalRequested') return refuse('unknown_approval', { approval_id });
  for (const { type, metadata } of history!)
    if (type in ENDINGS) {
      const approval_status = ENDINGS[type as keyof typeof ENDINGS];
      return refuse('approval_decided', { approval_id, approval_status, decided_by: metadata.actor });
    }
  const { expires_at } = first.data;
  return expires_at !== undefined && expires_at <= recorded_at
    ? refuse('approval_decided', { approval_id, approval_status: 'expired', expires_at })
    : first;
}

function pending(context: Context, approval_id: string): Requested | Refusal {
  const { role, actor } = context.envelope;
  const request = waiting(context, approval_id);
  if (isRefusal(request)) return request;
  if (role !== 'manager' && role !== 'admin') return refuse('not_an_approver', { approval_id, role });
  return request.metadata.actor === actor ? refuse('self_approval', { approval_id, requested_by: actor }) : request;
}

/** The approval comes first: it releases the pieces that the posting then takes. */
export function approve(context: Context, { approval_id }: Approve): Decision {
  const request = pending(context, approval_id);
  if (isRefusal(request)) return refused(request);
  const requested_by = request.metadata.actor;
  const { command, holds = [], reservation_id } = request.data;
  const basis = { own: piecesOf(holds), ...given('reservation_id', reservation_id) };
  const posting = command as unknown as PostingCommand;
  // Costs are adjusted by position, and the approval takes the next one.
  const decision = tentatively(context.state, () => {
    skipPosition(context.state);
    return post({ ...context, basis }, posting);
  });
  if ('refusal' in decision) return decision;
  // The decision may contain count adjustments besides.
  const isAskedFor = ({ type }: EventBody) => type !== 'CountAdjusted';
  const number = numberOf(decision.events.find(({ body }) => isAskedFor(body))!.body);
  const underApproval = (body: EventBody) =>
    isAskedFor(body) ? ({ ...body, data: { ...body.data, approval_id, requested_by } } as EventBody) : body;
  const granted = { approval_id, requested_by, number, ...letGo(holds) };
  return {
    events: [
      { body: { type: 'ApprovalGranted', data: granted }, effective_at: context.recorded_at },
      ...decision.events.map(({ body, effective_at }) => ({ body: underApproval(body), effective_at })),
    ],
  };
}

function piecesOf(holds: readonly HoldPosting[]): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const { item_id, location_id, quantity } of holds) {
    const key = placeKey(item_id, location_id);
    pieces.set(key, (pieces.get(key) ?? 0) + quantity);
  }
  return pieces;
}
function letGo(holds: readonly HoldPosting[] = []): { holds?: HoldPosting[] } {
  return holds.length === 0 ? {} : { holds: released(holds) };
}

export function numberOf({ data }: EventBody): string {
  if ('number' in data) return data.number;
  if ('approval_id' in data && data.approval_id !== undefined) return data.approval_id;
  throw new Error('this body has no number');
}

export function reject(context: Context, { approval_id, reason }: Reject): Decision {
  const request = pending(context, approval_id);
  if (isRefusal(request)) return refused(request);
  const requested_by = request.metadata.actor;
  return recorded(context.recorded_at, {
    type: 'ApprovalRejected',
    data: { approval_id, requested_by, reason, ...letGo(request.data.holds) },
  });
}

export function withdraw(context: Context, { approval_id }: Withdraw): Decision {
  const request = waiting(context, approval_id);
  if (isRefusal(request)) return refused(request);
  const requested_by = request.metadata.actor;
  if (requested_by !== context.envelope.actor)
    return refused(refuse('not_the_requester', { approval_id, requested_by }));
  return recorded(context.recorded_at, {
    type: 'ApprovalWithdrawn',
    data: { approval_id, requested_by, ...letGo(request.data.holds) },
  });
}

export function expireRequest(state: LedgerState, approval_id: string): EventBody {
  const { holds, requested_by } = state.requests.get(approval_id)!;
  return { type: 'ApprovalExpired', data: { approval_id, requested_by, ...letGo(holds) } };
}

export function changeThreshold(context: Context, { approval_threshold, reason }: ChangeThreshold): Decision {
  const threshold = amountOf(context, approval_threshold, 'approval_threshold');
  if (isRefusal(threshold)) return refused(threshold);
  const [before, after] = [context.config.approval_threshold.toString(), threshold.toString()];
  return recorded(context.recorded_at, { type: 'ApprovalThresholdChanged', data: { old: before, new: after, reason } });
}
