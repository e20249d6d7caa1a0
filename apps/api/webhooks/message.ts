/** What is sent: an event of the ledger as a message of Standard Webhooks 1.0. */
import { Webhook as Signer } from 'standardwebhooks';
import { uuidOf } from '../../../libs/ledger/codec.js';
import { type Trace, traceIn } from '../../../libs/tracing/traceparent.js';
import type { AuditEvent } from '../../../projections/read-models/list-events.js';
import type { Made } from '../../../projections/read-models/recent-events.js';

export interface Message {
  /** The event's, the same for each attempt and each receiver. */
  id: string;
  position: number;
  hash: string;
  type: string;
  recorded_at: string;
  trace: Trace | undefined;
  /** The body around the position of the event that was sent before. */
  body: [before: string, after: string];
}

export function messageOf(ledger_id: string, event: AuditEvent): Made<Message> {
  const { position, type, actor, recorded_at, effective_at, data, metadata } = event;
  const hash = `${metadata.hash}`;
  const head = JSON.stringify({ type, timestamp: recorded_at, ledger_id, position }).slice(0, -1);
  const tail = JSON.stringify({ actor, effective_at, data }).slice(1);
  const body: Message['body'] = [`${head},"previous_position":`, `,${tail}`];
  return {
    value: { id: uuidOf(hash), position, hash, type, recorded_at, trace: traceIn(metadata), body },
    bytes: head.length + tail.length,
  };
}

/** @param previous_position null: the first that is sent */
export function bodyOf({ body: [before, after] }: Message, previous_position: number | null): string {
  return `${before}${previous_position}${after}`;
}

export function testBody(ledger_id: string, now: string): string {
  return JSON.stringify({ type: TEST_TYPE, timestamp: now, ledger_id, data: {} });
}
export const TEST_TYPE = 'WebhookTested';

/** @param secrets each signs, so that a receiver may know the old or the new one while they change */
export function headersOf(id: string, body: string, secrets: readonly string[], now: Date): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': `${Math.floor(now.getTime() / 1000)}`,
    'webhook-signature': secrets.map((secret) => new Signer(secret).sign(id, now, body)).join(' '),
  };
}
