import type { RecordPurchase, RecordSale, TransferMoney } from '../commands.js';
import type { HoldPosting } from '../events.js';
import { type Basis, type Context, type Decision, given, recorded } from './guards.js';
import { nextNumber } from './numbers.js';

/** Four eyes: what staff record above the threshold waits for somebody else. */
export function needsApproval({ config, envelope }: Context, total: bigint, basis: Basis): boolean {
  return basis.approval === undefined && envelope.role === 'staff' && total > config.approval_threshold;
}

/** Instead of the fact: the whole command, and the pieces that must still be there when it is approved. */
export function awaitApproval(
  context: Context,
  command: RecordPurchase | RecordSale | TransferMoney,
  amount: bigint,
  holds: HoldPosting[],
  { reservation_id }: Basis = {},
): Decision {
  return recorded(context.recorded_at, {
    type: 'ApprovalRequested',
    data: {
      approval_id: nextNumber(context, 'AP'),
      command: { ...command },
      amount: amount.toString(),
      threshold: context.config.approval_threshold.toString(),
      ...given('reservation_id', reservation_id),
      ...(holds.length > 0 && { holds }),
    },
  });
}
