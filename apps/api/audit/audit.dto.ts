import Type, { type Static } from 'typebox';
import type { Figures } from '../../../libs/audit/state-at.js';
import { event_fields, href } from '../documents/document.schema.js';
import {
  anything,
  component,
  count,
  described,
  flag,
  id,
  instant,
  money,
  next_cursor,
  nullable,
  oneOf,
  optionalFields,
  pieces,
  position,
  record,
  reference,
  text,
  words,
} from '../http/schema.js';

const security_position = described(
  pieces,
  'of a security event, which is of no ledger: its place in the stream security, from 0',
);

export const AuditEvent = component(
  'AuditEvent',
  Type.Object({
    position,
    type: text,
    actor: text,
    recorded_at: instant,
    effective_at: instant,
    data: anything,
    metadata: anything,
  }),
);
export type AuditEvent = Static<typeof AuditEvent>;

export const SecurityEvent = component(
  'SecurityEvent',
  Type.Object({
    security_position,
    type: text,
    actor: text,
    username: described(nullable(text), 'the user it is about; null where an unknown name was tried'),
    effective_at: described(instant, 'when it happened'),
    recorded_at: described(instant, 'when the log recorded it: later where the log was away'),
    data: anything,
  }),
);
export type SecurityEvent = Static<typeof SecurityEvent>;

const anyLine = oneOf(text, anything);
function anyValue(description: string) {
  return Type.Unsafe<unknown>({
    ...oneOf(nullable(text), Type.Number(), flag, anything, Type.Array(anyLine)),
    description,
  });
}

export const HistoryEntry = component(
  'HistoryEntry',
  Type.Object({
    ...event_fields,
    position: described(nullable(pieces), 'in the ledger; null for a security event'),
    href,
    changes: Type.Array(
      Type.Object({
        kind: described(text, 'of what'),
        id,
        field: text,
        old: anyValue('null where it was not there'),
        new: anyValue('null where it is no longer there'),
      }),
    ),
    security_position: Type.Optional(security_position),
  }),
);
export type HistoryEntry = Static<typeof HistoryEntry>;

export const Checkpoint = component(
  'Checkpoint',
  Type.Object({
    ledger: text,
    size: described(count, 'number of events'),
    head_position: count,
    head_hash: text,
    merkle_root: described(text, 'RFC 9162, over the hashes of the events'),
    recorded_at: instant,
    key_id: text,
    public_key: described(text, 'Ed25519, base64url'),
    signature: described(text, 'base64url'),
  }),
);
export type Checkpoint = Static<typeof Checkpoint>;

export const Checkpoints = Type.Object({ data: Type.Array(Checkpoint), next_cursor });
export type Checkpoints = Static<typeof Checkpoints>;

export const ChainHead = Type.Object({
  ledger_id: text,
  position: count,
  hash: text,
  recorded_at: instant,
  checkpoint: described(nullable(Checkpoint), 'the last one'),
});
export type ChainHead = Static<typeof ChainHead>;

const logged = Type.Unsafe<unknown>(anything);
const Proven = component(
  'ProvenEvent',
  Type.Object({
    event: Type.Object({ position: count, id: text, type: text, data: logged, metadata: logged }),
    path: described(Type.Array(text), 'hashes from the leaf up to the root of the checkpoint'),
  }),
);
export const Proof = Type.Object({
  format: text,
  number: text,
  opening: Proven,
  events: Type.Array(Proven),
  checkpoint: Checkpoint,
});
export type Proof = Static<typeof Proof>;

export const State = Type.Object({
  ledger_id: text,
  currency: text,
  digits: count,
  position: described(count, 'of the last event that counts; −1 before the first'),
  recorded_at: described(text, 'of that event'),
  stock: Type.Array(reference<Figures['stock'][number]>('StockAtPlace')),
  stock_value: money,
  trial_balance: Type.Object({
    data: Type.Array(
      Type.Object({ account_id: text, name: text, type: text, debit: money, credit: money, balance: money }),
    ),
    totals: Type.Object({ debit: money, credit: money }),
  }),
  profit: described(money, 'income less expenses since the first day'),
  ...optionalFields({
    documents: described(record(count), 'how many of each kind; not with as_of'),
    document: described(anything, 'the one asked for by number, where there was one'),
  }),
});
export type State = Static<typeof State>;

const Finding = Type.Object({ position: count, kind: text, detail: text });
const Difference = Type.Object({
  table: text,
  key: anything,
  expected: nullable(anything),
  found: nullable(anything),
});
export const Verification = component(
  'Verification',
  Type.Object({
    verification_id: text,
    ledger_id: text,
    status: words('running', 'passed', 'failed'),
    progress: Type.Object({ events: count, of: count }),
    requested_by: text,
    requested_at: instant,
    ...optionalFields({
      position: described(count, 'everything up to here was compared'),
      head_hash: text,
      checkpoints: count,
      rows_compared: count,
      rows_of: record(count),
      rows_different: count,
      differences: described(Type.Array(Difference), 'the first hundred'),
      findings: described(Type.Array(Finding), 'what is wrong with the log itself'),
      error: described(text, 'why it did not come to an end'),
    }),
  }),
);
export type Verification = Static<typeof Verification>;
