/** One line of `/batches`: what it asks for, and what it is answered. */
import type { Outcome, Submission } from '../../../libs/ledger-writer/writer.js';
import type { Line } from '../../../libs/ndjson/lines.js';
import { mayDo, PREFIX } from '../auth/permissions.js';
import { answerTo } from '../http/commands.js';
import { invalidFields, Problem, unknownField } from '../http/problem.js';
import { envelope, type User } from '../http/request.js';
import { parseJson } from '../http/strict-json.js';
import { commandIn, isOrderWord, ORDERS, recordedStatus } from './orders.js';

export const LINE_BYTES_MAX = 256 * 1024;

export interface LineOrder {
  line: number;
  submission: Submission;
  recorded_status: number;
}

/** @throws Problem */
export function orderIn({ number, bytes }: Line, user: User): LineOrder {
  if (bytes === undefined) throw new Problem('payload_too_large', { bytes_max: LINE_BYTES_MAX });
  const { type, idempotency_key, body } = fieldsOf(parseJson(bytes));
  if (!isOrderWord(type))
    throw invalidFields([{ path: 'type', message: `must be one of ${Object.keys(ORDERS).join(', ')}` }]);
  const [method, path] = ORDERS[type].route.split(' ') as [string, string];
  if (!mayDo(user.role, method, path)) throw new Problem('forbidden', { type });
  const command = commandIn(type, body);
  // As of a request to the order's own path where that names nothing: the same key is then the same order.
  const asked = () => [method, `${PREFIX}/${type}`, body];
  const submission = { command, envelope: envelope(user, idempotency_key, asked) };
  return { line: number, submission, recorded_status: recordedStatus(type) };
}

const FIELDS = ['type', 'idempotency_key', 'body'];

function fieldsOf(line: unknown): Record<string, unknown> {
  if (typeof line !== 'object' || line === null || Array.isArray(line))
    throw invalidFields([{ path: '', message: 'must be an object' }]);
  const extra = Object.keys(line).filter((name) => !FIELDS.includes(name));
  if (extra.length > 0) throw invalidFields(extra.map((name) => unknownField(name)));
  return line as Record<string, unknown>;
}

/** With its newline. */
export function resultLine({ line, recorded_status }: LineOrder, outcome: Outcome): string {
  const { status, answer } = answerTo(outcome, recorded_status);
  const replayed = outcome.outcome === 'recorded' && outcome.replayed;
  return `${JSON.stringify({ line, status, ...(replayed && { replayed }), body: answer })}\n`;
}
export function problemLine(line: number, problem: Problem, trace_id: string): string {
  return `${JSON.stringify({ line, status: problem.status, problem: problem.toDocument(trace_id) })}\n`;
}
