import type { DocumentView } from '../../libs/documents/documents.js';
import { type OrderStatus } from '../../libs/ledger/order.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { findDocuments, listDocuments } from './list-documents.js';
import { eventsBehind } from './list-events.js';

const EVENT_TYPES = [
  'FlashOrderPlaced',
  'FlashOrderChargeStarted',
  'FlashOrderConfirmed',
  'FlashOrderReleased',
  'FlashOrderChargedLate',
  'FlashOrderRefunded',
];
/** Of orders of which more is to come. */
const OPEN: readonly OrderStatus[] = ['pending', 'paying', 'refund_due'];
const PAGE = 1000;

export function isOrderOpen(order: DocumentView): boolean {
  return OPEN.includes(order.status as OrderStatus);
}

/** Orders that an event behind a position is about, with the last such event; with `all` those as well that are open. */
export async function ordersTouched(
  snapshot: Snapshot,
  position: number,
  { all }: { all: boolean },
): Promise<{ row: DocumentView; touched: number }[]> {
  const touched = new Map<string, number>();
  for (let last = position; ; ) {
    const events = await eventsBehind(snapshot, last, PAGE, EVENT_TYPES);
    for (const { data, position } of events) touched.set(`${data.order_id ?? data.number}`, position);
    if (events.length < PAGE) break;
    last = events.at(-1)!.position;
  }
  const found = await findDocuments(snapshot, [...touched.keys()]);
  if (all) for (const order of await openOrders(snapshot)) found.set(order.number, order);
  return [...found].map(([number, row]) => ({ row, touched: touched.get(number) ?? -1 }));
}

async function openOrders(snapshot: Snapshot): Promise<DocumentView[]> {
  const open: DocumentView[] = [];
  for (const status of OPEN)
    for (let cursor: string | undefined; ; ) {
      const page = await listDocuments(snapshot, { kinds: ['order'], status, limit: PAGE, cursor });
      open.push(...page.data);
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
  return open;
}
