import type { MasterKind } from '../../../libs/ledger/events.js';
import type { Page, Paging } from '../../../projections/as-of/cursor.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { findMasterData, listMasterData } from '../../../projections/read-models/master-data.js';
import { isId, OneOf, optional } from '../http/fields.js';
import { Problem } from '../http/problem.js';
import { PageParameters } from '../queries/parameters.js';

export class MasterDataParameters extends PageParameters {
  @OneOf(['true', 'false'], optional) active?: string;
}

export interface MasterDataFilter extends Paging {
  active?: boolean;
}

export function masterDataFilterOf({ limit, cursor, active }: MasterDataParameters): MasterDataFilter {
  return { limit, cursor, active: active === undefined ? undefined : active === 'true' };
}

/** The kind of a record with such an answer: an item has an `item_id`. */
type KindOf<M> = { [K in MasterKind]: `${K}_id` extends keyof M ? K : never }[MasterKind];

export async function listMasterDataOfKind<M>(
  snapshot: Snapshot,
  kind: KindOf<M>,
  filter: MasterDataFilter,
): Promise<Page<M>> {
  return (await listMasterData(snapshot, { kind, ...filter })) as Page<unknown> as Page<M>;
}

export async function getMasterData<M>(snapshot: Snapshot, kind: KindOf<M>, id: string): Promise<M> {
  const found = isId(id) ? await findMasterData(snapshot, { kind, id }) : undefined;
  if (found === undefined) throw new Problem(`unknown_${kind}`, { [`${kind}_id`]: id });
  return found as unknown as M;
}
