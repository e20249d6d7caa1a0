/** What the commands of all features have in common. A feature derives its classes from `LedgerCommand`; their handlers call `submit`. */
import { Command as BusCommand } from '@nestjs/cqrs';
import type { Command, Envelope } from '../../../libs/ledger/commands.js';
import type { RefusalCode } from '../../../libs/ledger/refusals.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { isId } from '../http/fields.js';

export const WRITERS = Symbol('LedgerWriters');

/** A command to one ledger. A dry run is decided and answered as if it were recorded, and appends nothing. */
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

export function submit(
  writers: LedgerWriters,
  { ledger_id, command, envelope, dry_run }: LedgerCommand,
): Promise<Outcome> {
  const writer = writers.of(ledger_id);
  return dry_run ? writer.dryRun({ command, envelope }) : writer.submit({ command, envelope });
}

/** How a command comes in over HTTP: by a route of its own, and by its word in a line of `/batches`. */
export interface CommandSpec<C extends Command = Command, F = Omit<C, 'type'>> {
  /** None where `/batches` does not take the command. */
  batch_type?: string;
  /** Of its route. A POST that is recorded answers 201, the others 200. */
  method: 'POST' | 'PATCH' | 'DELETE';
  /** The class of the body; none where the path says everything. */
  body?: new () => object;
  /** The field that the path names; a line of `/batches` has it in its body. */
  path_field?: PathField;
  /** `fields`: those of the body after their conversions (http/fields.ts), and the one that the path names. */
  toCommand(fields: F): C;
  /** What the ledger may answer, for OpenAPI. */
  refusals: RefusalCode[];
}
export interface PathField {
  name: string;
  passes: (value: unknown) => boolean;
  message: string;
}

/** A class such as RecordSale. */
export interface CommandClass<C extends Command = Command> {
  readonly spec: CommandSpec<C, never>;
  new (ledger_id: string, command: C, envelope: Envelope, dry_run?: boolean): LedgerCommand<C>;
}

export function idField(name: string): PathField {
  return { name, passes: isId, message: 'must be an id or a number such as SO-251223-0026' };
}

export function recordedStatus({ method }: Pick<CommandSpec, 'method'>): 200 | 201 {
  return method === 'POST' ? 201 : 200;
}
