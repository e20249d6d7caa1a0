/** The sandbox's charges, in memory: no money moves, and all is gone when it ends. */
import { randomUUID } from 'node:crypto';
import type { CallBack, ChargeDocument } from '../../libs/payment-process/charge-document.js';
import type { Faults } from './faults.js';

export interface Asked {
  key: string;
  amount: number;
  currency: string;
  payment_reference?: string;
}

interface Kept {
  document: ChargeDocument;
  /** Milliseconds since 1970. Until then it is not known here. */
  arrives_ms: number;
}

const CHARGES_MAX = 1_000_000;
/** Declines whoever says so. */
const DECLINED_REFERENCE = 'declined';

export class Charges {
  private readonly charges = new Map<string, Kept>();
  /** How often money was taken and given back, by key: at most once each. */
  readonly counts = { captured: 0, declined: 0, refunded: 0 };

  constructor(
    private readonly faults: () => Faults,
    private readonly callBack: (call: CallBack) => void,
  ) {}

  /** The same key is the same charge. Undefined: the same key with another amount. */
  charge({ key, amount, currency, payment_reference }: Asked, is_late: boolean): ChargeDocument | undefined {
    const known = this.charges.get(key);
    if (known !== undefined) {
      const { document } = known;
      return document.amount === amount && document.currency === currency ? document : undefined;
    }
    const { late_ms, processing_ms, declined_share } = this.faults();
    const delay_ms = is_late ? late_ms : 0;
    const document: ChargeDocument = { key, status: 'processing', charge_id: `ch_${randomUUID()}`, amount, currency };
    this.charges.set(key, { document, arrives_ms: Date.now() + delay_ms });
    if (this.charges.size > CHARGES_MAX) this.charges.delete(this.charges.keys().next().value!);
    const is_declined = payment_reference === DECLINED_REFERENCE || Math.random() < declined_share;
    const settle = () => this.settle(document, is_declined);
    if (delay_ms + processing_ms > 0) setTimeout(settle, delay_ms + processing_ms);
    else settle();
    return document;
  }

  find(key: string): ChargeDocument | undefined {
    const kept = this.charges.get(key);
    return kept === undefined || kept.arrives_ms > Date.now() ? undefined : kept.document;
  }

  /** Once. Undefined where nothing was captured. */
  refund(key: string): ChargeDocument | undefined {
    const document = this.find(key);
    if (document?.status === 'captured') {
      document.status = 'refunded';
      document.refund_id = `re_${randomUUID()}`;
      this.counts.refunded += 1;
    }
    return document?.status === 'refunded' ? document : undefined;
  }

  /** In the order of their making, behind `after`. */
  list(after: string | undefined, limit: number): ChargeDocument[] {
    const keys = [...this.charges.keys()];
    const from = after === undefined ? 0 : keys.indexOf(after) + 1;
    return keys.slice(from, from + limit).map((key) => this.charges.get(key)!.document);
  }

  private settle(document: ChargeDocument, is_declined: boolean): void {
    document.status = is_declined ? 'declined' : 'captured';
    if (is_declined) document.reason = 'the card was declined';
    this.counts[document.status] += 1;
    this.callBack({ type: `charge.${document.status}`, data: { ...document } });
  }
}
