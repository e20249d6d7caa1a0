import type { ChangeMasterData, RegisterMasterData } from '../../../libs/ledger/commands.js';
import type { MasterKind } from '../../../libs/ledger/events.js';
import type { RefusalCode } from '../../../libs/ledger/refusals.js';
import { type CommandSpec, idField } from '../commands/ledger-command.js';

type Fields = Record<string, unknown>;

export function registerSpec(
  kind: MasterKind,
  body: new () => object,
  defaults: (attributes: Fields) => Fields = () => ({}),
): CommandSpec<RegisterMasterData, Fields> {
  return {
    batch_type: `${kind}s`,
    method: 'POST',
    body,
    toCommand: ({ [`${kind}_id`]: id, ...attributes }) =>
      ({ type: 'register', kind, id, attributes: { ...defaults(attributes), ...attributes } }) as RegisterMasterData,
    refusals: ['already_exists'],
  };
}

export function changeSpec(
  kind: MasterKind,
  body: new () => object,
  ...refusals: RefusalCode[]
): CommandSpec<ChangeMasterData, Fields> {
  return {
    batch_type: `${kind}s/change`,
    method: 'PATCH',
    body,
    path_field: idField(`${kind}_id`),
    toCommand: ({ [`${kind}_id`]: id, ...changes }) => ({ type: 'change', kind, id, changes }) as ChangeMasterData,
    refusals: [`unknown_${kind}`, 'changed_since', ...refusals],
  };
}
