/** A charge as gateway and payer say it to each other in JSON. */
import type { Charge, GatewayAnswer } from './gateway.js';

export interface ChargeDocument {
  key: string;
  status: 'processing' | 'captured' | 'declined' | 'refunded';
  charge_id: string;
  /** Minor units. */
  amount: number;
  currency: string;
  /** Why it was declined. */
  reason?: string;
  refund_id?: string;
}
export interface CallBack {
  type: `charge.${'captured' | 'declined' | 'refunded'}`;
  data: ChargeDocument;
}

/** `unclear` where it is no charge document, or one of another charge: then nothing may be concluded from it. */
export function answerIn(document: unknown, charge: Pick<Charge, 'key'> & Partial<Charge>): GatewayAnswer {
  const { key, status, charge_id, amount, currency, reason, refund_id } = (document ?? {}) as Record<string, unknown>;
  if (key !== charge.key) return unclear('the answer is about another charge');
  if (charge.amount !== undefined && (`${amount}` !== charge.amount || currency !== charge.currency))
    return unclear('the answer is about another amount');
  switch (status) {
    case 'processing':
      return { status };
    case 'captured':
      return isName(charge_id) ? { status, charge_id } : unclear('the charge has no id');
    case 'declined':
      return { status, reason: isName(reason) ? reason : 'no reason was given' };
    case 'refunded':
      return isName(charge_id) && isName(refund_id)
        ? { status, charge_id, refund_id }
        : unclear('the refund has no id');
    default:
      return unclear('the answer has no status');
  }
}

/** What may go into an event. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]{1,200}$/.test(value);
}
function unclear(reason: string): GatewayAnswer {
  return { status: 'unclear', reason };
}

/** Order ids are unique within a ledger. */
export function keyOf(ledger_id: string, order_id: string): string {
  return `${ledger_id}/${order_id}`;
}
export function orderIn(key: unknown): { ledger_id: string; order_id: string } | undefined {
  const [, ledger_id, order_id] = /^([a-z0-9][a-z0-9-]{0,31})\/(OR-\d{6}-\d{4,15})$/.exec(`${key}`) ?? [];
  return ledger_id === undefined || order_id === undefined ? undefined : { ledger_id, order_id };
}
