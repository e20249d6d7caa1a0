/** The sandbox's charges: no money moves. */
import { randomUUID } from 'node:crypto';
import type { CallBack, ChargeDocument } from '../../libs/payment-process/charge-document.js';
import type { ChargesFile, Kept } from './charges-file.js';
import type { Faults } from './faults.js';

export interface Asked {
  key: string;
  amount: number;
  currency: string;
  payment_reference?: string;
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
    /** Without one all is gone when it ends. */
    private readonly file?: ChargesFile,
  ) {
    for (const [key, kept] of file?.kept ?? []) {
      this.charges.set(key, kept);
      const { status } = kept.document;
      if (status === 'processing') this.settleInTime(kept);
      else this.counts[status] += 1;
      if (status === 'refunded') this.counts.captured += 1;
    }
  }

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
    const arrives_ms = Date.now() + delay_ms;
    const is_declined = payment_reference === DECLINED_REFERENCE || Math.random() < declined_share;
    const kept: Kept = { document, arrives_ms, settles_ms: arrives_ms + processing_ms, is_declined };
    this.charges.set(key, kept);
    if (this.charges.size > CHARGES_MAX) this.charges.delete(this.charges.keys().next().value!);
    if (delay_ms + processing_ms > 0) {
      this.file?.save(kept);
      this.settleInTime(kept);
    } else this.settle(kept);
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
      this.file?.save(this.charges.get(key)!);
    }
    return document?.status === 'refunded' ? document : undefined;
  }

  /** In the order of their making, behind `after`. */
  list(after: string | undefined, limit: number): ChargeDocument[] {
    const keys = [...this.charges.keys()];
    const from = after === undefined ? 0 : keys.indexOf(after) + 1;
    return keys.slice(from, from + limit).map((key) => this.charges.get(key)!.document);
  }

  private settleInTime(kept: Kept): void {
    setTimeout(() => this.settle(kept), Math.max(0, kept.settles_ms - Date.now()));
  }

  private settle(kept: Kept): void {
    const { document, is_declined } = kept;
    document.status = is_declined ? 'declined' : 'captured';
    if (is_declined) document.reason = 'the card was declined';
    this.counts[document.status] += 1;
    this.file?.save(kept);
    this.callBack({ type: `charge.${document.status}`, data: { ...document } });
  }
}
