/**
 * The port to a payment gateway. What an adapter must keep (docs/flash-sales.md, "The gateway's contract"):
 * - One key is one charge: a repeated call charges nothing again and answers what became of the first.
 * - A charge that was captured is captured for good, until it is refunded; a refund of one key happens once.
 * - What is captured or declined is called back until the call-back is acknowledged, at least once, in any order.
 * - No method throws: where the outcome is not known, the answer is `unclear`.
 */
export interface PaymentGateway {
  charge(charge: Charge): Promise<GatewayAnswer>;
  query(charge: Charge): Promise<GatewayAnswer>;
  refund(charge: Charge): Promise<GatewayAnswer>;
}

export interface Charge {
  /** Of the ledger and its order; the same for every call about it. */
  key: string;
  /** Minor units, as decimal text. */
  amount: string;
  currency: string;
  payment_reference?: string;
  /** Of its order, where that is recorded; no part of the charge itself. */
  trace?: { trace_id: string; span_id: string };
}

/** What the gateway says of one charge. */
export type GatewayAnswer =
  | { status: 'captured'; charge_id: string }
  /** For good: nothing will be captured. */
  | { status: 'declined'; reason: string }
  | { status: 'processing' }
  /** It has no charge of this key. One that is on its way may still arrive. */
  | { status: 'not_found' }
  | { status: 'refunded'; charge_id: string; refund_id: string }
  /** No answer, or none that can be believed. It may have been carried out. */
  | { status: 'unclear'; reason: string };
