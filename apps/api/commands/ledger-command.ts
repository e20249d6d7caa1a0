import { Command as BusCommand } from '@nestjs/cqrs';
import type { Command, Envelope } from '../../../libs/ledger/commands.js';
import type { RefusalCode } from '../../../libs/ledger/refusals.js';
import type { LedgerHomes, Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { isId } from '../http/fields.js';

export const LEDGER_HOMES = Symbol('LedgerHomes');

/** A dry run is decided and answered as if recorded, and appends nothing. */
export abstract class LedgerCommand<C extends Command = Command> extends BusCommand<Outcome> {
  constructor(
    readonly ledger_id: string,
    readonly command: C,
    readonly envelope: Envelope,
    readonly dry_run = false,
  ) {
    super();
  }
}

export function submit(homes: LedgerHomes, { ledger_id, command, envelope, dry_run }: LedgerCommand): Promise<Outcome> {
  const writer = homes.of(ledger_id);
  return dry_run ? writer.dryRun({ command, envelope }) : writer.submit({ command, envelope });
}

export interface CommandSpec<C extends Command = Command, F = Omit<C, 'type'>> {
  batch_type?: string;
  /** A POST that is recorded answers 201, the others 200, unless `status` says another. */
  method: 'POST' | 'PATCH' | 'DELETE';
  /** What is recorded goes on by itself. */
  status?: 202;
  body?: new () => object;
  /** Named by the path; a line of `/batches` has it in its body. */
  path_field?: PathField;
  /** `fields`: of the body after conversion, and the one that the path names. */
  toCommand(fields: F): C;
  refusals: RefusalCode[];
}
export interface PathField {
  name: string;
  passes: (value: unknown) => boolean;
  message: string;
}

export interface CommandClass<C extends Command = Command> {
  readonly spec: CommandSpec<C, never>;
  new (ledger_id: string, command: C, envelope: Envelope, dry_run?: boolean): LedgerCommand<C>;
}

export function idField(name: string): PathField {
  return { name, passes: isId, message: 'must be an id or a number such as SO-251223-0026' };
}

export function recordedStatus({ method, status }: Pick<CommandSpec, 'method' | 'status'>): 200 | 201 | 202 {
  return status ?? (method === 'POST' ? 201 : 200);
}
