import type { Envelope } from '../../../libs/ledger/commands.js';
import type { Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import type { Line } from '../../../libs/ndjson/lines.js';
import type { RoutePermissions } from '../auth/route-permissions.js';
import { type LedgerCommand, recordedStatus } from '../commands/ledger-command.js';
import { answerTo } from '../commands/outcome.js';
import { commandOfLine } from '../commands/read-command.js';
import { PREFIX } from '../http/prefix.js';
import { invalidFields, Problem, unknownField } from '../http/problem.js';
import { envelope, type User } from '../http/request.js';
import { parseJson } from '../http/strict-json.js';
import { BATCH_COMMANDS } from './batch-commands.js';

export const LINE_BYTES_MAX = 256 * 1024;

export interface BatchContext {
  ledger_id: string;
  user: User;
  permissions: Pick<RoutePermissions, 'mayExecute'>;
  dry_run: boolean;
  trace?: Envelope['trace'];
}

export interface LineCommand {
  line: number;
  command: LedgerCommand;
  recorded_status: number;
}

export function commandIn({ number, bytes }: Line, batch: BatchContext): LineCommand {
  if (bytes === undefined) throw new Problem('payload_too_large', { bytes_max: LINE_BYTES_MAX });
  return commandOf(number, fieldsOf(parseJson(bytes)), batch);
}

interface LineFields {
  type?: unknown;
  idempotency_key?: unknown;
  body?: unknown;
}

export function commandOf(
  line: number,
  { type, idempotency_key, body }: LineFields,
  { ledger_id, user, permissions, dry_run, trace }: BatchContext,
): LineCommand {
  const kind = BATCH_COMMANDS.get(type as string);
  if (kind === undefined)
    throw invalidFields([{ path: 'type', message: `must be one of ${[...BATCH_COMMANDS.keys()].join(', ')}` }]);
  if (!permissions.mayExecute(user.role, kind)) throw new Problem('forbidden', { type });
  const { spec } = kind;
  // Hashed as if the line had been sent to its own route, so that a key works in both.
  const asked = () => [spec.method, `${PREFIX}/${spec.batch_type}`, body];
  const command = new kind(
    ledger_id,
    commandOfLine(spec, body),
    envelope(user, idempotency_key, asked, trace),
    dry_run,
  );
  return { line, command, recorded_status: recordedStatus(spec) };
}

const FIELDS = ['type', 'idempotency_key', 'body'];

function fieldsOf(line: unknown): LineFields {
  if (typeof line !== 'object' || line === null || Array.isArray(line))
    throw invalidFields([{ path: '', message: 'must be an object' }]);
  const extra = Object.keys(line).filter((name) => !FIELDS.includes(name));
  if (extra.length > 0) throw invalidFields(extra.map((name) => unknownField(name)));
  return line;
}

export function resultLine({ line, recorded_status }: LineCommand, outcome: Outcome): string {
  const { status, answer } = answerTo(outcome, recorded_status);
  const replayed = outcome.outcome === 'recorded' && outcome.replayed;
  return `${JSON.stringify({ line, status, ...(replayed && { replayed }), body: answer })}\n`;
}
export function problemLine(line: number, problem: Problem, trace_id: string): string {
  return `${JSON.stringify({ line, status: problem.status, problem: problem.toDocument(trace_id) })}\n`;
}
