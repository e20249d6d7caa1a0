import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { isKnown } from '../../../projections/read-models/master-data.js';
import { isId } from '../http/fields.js';
import { Problem } from '../http/problem.js';

export async function assertItemKnown(snapshot: Snapshot, item_id: string): Promise<void> {
  const known = isId(item_id) && (await isKnown(snapshot, { kind: 'item', id: item_id }));
  if (!known) throw new Problem('unknown_item', { item_id });
}
