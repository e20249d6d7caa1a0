import type { MasterKind } from '../../../libs/ledger/events.js';
import type { RefusalCode } from '../../../libs/ledger/refusals.js';

export function usable(...kinds: MasterKind[]): RefusalCode[] {
  return kinds.flatMap((kind): RefusalCode[] => [`unknown_${kind}`, `inactive_${kind}`]);
}
export const DATED: RefusalCode[] = ['effective_in_future', 'period_closed', 'amount_out_of_bounds'];
export const STOCK_IN: RefusalCode[] = ['counted_since', 'backdated_beyond_history', 'too_many_adjustments'];
export const STOCK_OUT: RefusalCode[] = ['insufficient_stock', ...STOCK_IN];
