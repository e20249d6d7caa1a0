/** What instances say to each other: lines of JSON over TLS, whose key both sides derive from one secret. */
import { hkdfSync } from 'node:crypto';
import type { CommandGroup } from '../ledger-writer/batch.js';
import type { AtomicWriterOutcome, WriterOutcome } from '../ledger-writer/outcomes.js';
import type { Halt } from '../ledger-writer/remembered-halts.js';

/** What a peer says of itself: first in each connection, when it changes, and every STATUS_MS. */
export interface PeerStatus {
  /** Instances with different ones do not forward to each other. */
  protocol: number;
  name: string;
  /** Random, made at its start: tells apart two instances of one name. */
  instance_id: string;
  /** Ready, not stopping, and a process that decides. */
  is_candidate: boolean;
  halts: (Halt & { ledger_id: string })[];
}
export interface ForwardedGroup extends CommandGroup {
  id: number;
  ledger_id: string;
}
export interface ForwardedAnswer {
  id: number;
  answer: Outcome | AtomicOutcome;
}
/** A writer's outcome without the events, which no answer needs. */
export type Outcome = WithoutEvents<WriterOutcome>;
export type AtomicOutcome = Exclude<AtomicWriterOutcome, { outcome: 'all' }> | { outcome: 'all'; outcomes: Outcome[] };
type WithoutEvents<O> = O extends { events: unknown } ? Omit<O, 'events'> : O;
export type ToPeer = { groups: ForwardedGroup[] };
export type FromPeer = { status: PeerStatus } | { answers: ForwardedAnswer[] };

/** Raise it with every change of commands, envelopes or outcomes. */
export const PROTOCOL = 2;
/** A line holds at most this many groups, so at most about 128 MB of the largest atomic batches, and 500 KB of sales. */
export const GROUPS_MAX = 500;
export const LINE_BYTES_MAX = 256 * 1024 * 1024;
export const STATUS_MS = 300;
/** A peer that says nothing for so long is taken for dead. */
export const SILENT_MS_MAX = 1000;

/** Mutual authentication and encryption without certificates; forward secrecy by ECDHE. */
export const PEER_TLS = { ciphers: 'ECDHE-PSK-CHACHA20-POLY1305', maxVersion: 'TLSv1.2' } as const;
export const PEER_IDENTITY = 'factory-ledger';

export function peerKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'factory-ledger instances', 32));
}
