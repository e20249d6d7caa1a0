import { documentsNamed } from '../ledger/document-kinds.js';
import type { RecordedEvent } from '../ledger/events.js';

interface Line {
  item_id?: string;
  account_id?: string;
  flash_sale_id?: string;
}
interface Fields {
  line_items?: Line[];
  inputs?: Line[];
  outputs?: Line[];
  counts?: Line[];
  lines?: Line[];
  item_id?: string;
  location_id?: string;
  from_location_id?: string;
  to_location_id?: string;
  account_id?: string;
  from_account_id?: string;
  to_account_id?: string;
  order_id?: string;
  reservation_id?: string;
}

/**
 * Of the event that begins a document: "item:bottle", "location:main", "account:cash", and documents that it comes from, such as "order:OR-…"; each
 * once. Requests for approval name nothing yet.
 */
export function thingsNamed(event: RecordedEvent): string[] {
  if (event.type === 'ApprovalRequested') return [];
  const named = event.data as Fields;
  const own = documentsNamed(event).first;
  const lines = [named.line_items, named.inputs, named.outputs, named.counts, named.lines].flatMap(
    (list) => list ?? [],
  );
  const things = [
    ...[named, ...lines].map(({ item_id }) => ['item', item_id]),
    ...[named.location_id, named.from_location_id, named.to_location_id].map((id) => ['location', id]),
    ...[named, ...lines, { account_id: named.from_account_id }, { account_id: named.to_account_id }].map(
      ({ account_id }) => ['account', account_id],
    ),
    ...lines.map(({ flash_sale_id }) => ['flash_sale', flash_sale_id]),
    ...[
      ['order', named.order_id],
      ['reservation', named.reservation_id],
    ].filter(([, number]) => number !== own),
  ];
  return [...new Set(things.flatMap(([kind, id]) => (id === undefined ? [] : [`${kind}:${id}`])))];
}
