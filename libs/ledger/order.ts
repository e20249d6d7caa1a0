import type { RecordedEvent } from './events.js';

/**
 * `pending`: holds its pieces until `pay_by`; `paying`: a charge is under way; `refund_due`: charged after it was released, and to be paid
 * back.
 */
export const ORDER_STATUSES = ['pending', 'paying', 'confirmed', 'released', 'refund_due', 'refunded'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** `history`: of an order, oldest first. */
export function orderStatus(history: readonly RecordedEvent[]): OrderStatus {
  switch (history.at(-1)!.type) {
    case 'FlashOrderChargeStarted':
      return 'paying';
    case 'FlashOrderConfirmed':
      return 'confirmed';
    case 'FlashOrderReleased':
      return 'released';
    case 'FlashOrderChargedLate':
      return 'refund_due';
    case 'FlashOrderRefunded':
      return 'refunded';
    default:
      return 'pending';
  }
}
