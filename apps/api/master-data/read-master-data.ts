import type { MasterKind } from '../../../libs/ledger/events.js';
import type { PageBetween } from '../../../projections/as-of/cursor.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import {
  findMasterData,
  listMasterData,
  type MasterDataFilter,
  type MasterDataOrder,
} from '../../../projections/read-models/master-data.js';
import { isId } from '../http/fields.js';
import { Problem } from '../http/problem.js';
import { fieldsOf } from '../http/validation.js';
import { idIn, Search, SortBy, sortIn, YesOrNo } from '../queries/list-fields.js';
import { PageParameters } from '../queries/parameters.js';

/** Of all lists of master data. A list adds what it can be filtered by, under the names that its records have. */
export class MasterDataParameters extends PageParameters {
  @YesOrNo() active?: string;
  @Search('how the id begins, or words of the name') q?: string;
}

export const SortMasterData = (kind: MasterKind) => SortBy(Object.keys(ordersOf(kind)), `${kind}_id`);
function ordersOf(kind: MasterKind): Record<string, MasterDataOrder> {
  return { [`${kind}_id`]: 'id', name: 'name', position: 'position' };
}

export function masterDataFilterOf(
  kind: MasterKind,
  parameters: MasterDataParameters & { sort?: string },
): MasterDataFilter {
  const { limit, cursor, active, q, sort } = parameters;
  const shared = new Set([...fieldsOf(MasterDataParameters), 'sort']);
  const given = Object.entries(parameters as unknown as Record<string, string | undefined>);
  const attributes = given.flatMap(([name, value]) =>
    shared.has(name) || value === undefined ? [] : [[name, idIn(value) ?? null]],
  );
  return {
    ...{ limit, cursor, q, sort: sortIn(sort, ordersOf(kind)) },
    active: active === undefined ? undefined : active === 'true',
    attributes: Object.fromEntries(attributes),
  };
}

/** The kind of a record with such an answer: an item has an `item_id`. */
type KindOf<M> = { [K in MasterKind]: `${K}_id` extends keyof M ? K : never }[MasterKind];

export async function listMasterDataOfKind<M>(
  snapshot: Snapshot,
  kind: KindOf<M>,
  filter: MasterDataFilter,
): Promise<PageBetween<M>> {
  return (await listMasterData(snapshot, { kind, ...filter })) as PageBetween<unknown> as PageBetween<M>;
}

export async function getMasterData<M>(snapshot: Snapshot, kind: KindOf<M>, id: string): Promise<M> {
  const found = isId(id) ? await findMasterData(snapshot, { kind, id }) : undefined;
  if (found === undefined) throw new Problem(`unknown_${kind}`, { [`${kind}_id`]: id });
  return found as unknown as M;
}
