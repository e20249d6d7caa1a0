import { instanceToPlain } from 'class-transformer';
import type { Command } from '../../../libs/ledger/commands.js';
import { quickly } from '../http/fields.js';
import { invalidFields, invalidParameters, shortName } from '../http/problem.js';
import { checked } from '../http/validation.js';
import type { CommandSpec } from './ledger-command.js';

type Data = Record<string, unknown>;

/** @throws Problem that names every bad field */
export function commandOfRequest<C extends Command>(spec: CommandSpec<C, never>, body: unknown, id?: string): C {
  const { path_field } = spec;
  if (path_field === undefined) return spec.toCommand(readBody(spec, body) as never);
  const { name, passes, message } = path_field;
  if (!passes(id)) throw invalidParameters([{ path: name, message }]);
  return spec.toCommand({ ...readBody(spec, body), [name]: id } as never);
}

export function commandOfLine<C extends Command>(spec: CommandSpec<C, never>, body: unknown): C {
  const { path_field } = spec;
  if (path_field === undefined || typeof body !== 'object' || body === null)
    return spec.toCommand(readBody(spec, body) as never);
  const { name, passes, message } = path_field;
  const { [name]: id, ...rest } = body as Data;
  const data = readBody(spec, Array.isArray(body) ? body : rest);
  if (!passes(id)) throw invalidFields([{ path: name, message }]);
  return spec.toCommand({ ...data, [name]: id } as never);
}

function readBody({ body: shape }: Pick<CommandSpec, 'body'>, body: unknown): Data {
  if (shape !== undefined)
    return quickly(shape, body) ?? instanceToPlain(checked(shape, body), { exposeUnsetFields: false });
  if (body === undefined) return {};
  const extra = typeof body === 'object' && body !== null ? Object.keys(body) : [''];
  if (extra.length > 0)
    throw invalidFields(extra.map((name) => ({ path: shortName(name), message: 'is not expected here' })));
  return {};
}
