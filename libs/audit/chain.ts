/** Each event's hash covers its content and the hash before; its id is made from it (docs/decisions/hash-chain.md). */
import { hash } from 'node:crypto';
import { hashedContent, uuidOf } from '../ledger/codec.js';

export interface ChainedEvent {
  position: number;
  id: string;
  type: string;
  data: unknown;
  metadata: unknown;
}

export type FindingKind =
  | 'altered'
  /** One of two neighbours was replaced, or an event between them removed. */
  | 'broken_link'
  | 'missing'
  /** The stream was deleted, or given a retention. */
  | 'hidden'
  | 'added'
  | 'reordered'
  /** It ends before an event that is known from a checkpoint or an export. */
  | 'truncated'
  | 'checkpoint'
  /** No line of an export, or no event of a ledger. */
  | 'unreadable'
  | 'rule';

export interface Finding {
  position: number;
  kind: FindingKind;
  detail: string;
}

/** Position −1 and '' for an empty log. */
export interface Head {
  position: number;
  hash: string;
}

const FINDINGS_MAX = 1000;
/** An added event is told from a replaced one if its predecessor is among the last so many. */
const REMEMBERED_MAX = 10_000;

export interface ChainCheck {
  /** In their order. @returns whether this one is whole and in its place */
  next(event: ChainedEvent): boolean;
  unreadable(detail: string): void;
  head(): Head;
  findings(): Finding[];
  report(finding: Finding): void;
}

export function checkChain(head: Head = { position: -1, hash: '' }): ChainCheck {
  const findings: Finding[] = [];
  const missing = new Map<number, Finding>();
  const positions = new Map<string, number>([[head.hash, head.position]]);
  let { position } = head;
  // An altered event has two, the stated and the computed; its successor was made with one of them.
  let hashes: string[] | undefined = [head.hash];

  const report = (finding: Finding) => {
    if (findings.length < FINDINGS_MAX) findings.push(finding);
  };
  const found = (at: number, kind: FindingKind, detail: string) => {
    const finding = { position: at, kind, detail };
    report(finding);
    return finding;
  };
  function moveTo(at: number, of_event: string[] | undefined): void {
    position = at;
    hashes = of_event;
    for (const each of of_event ?? []) positions.set(each, at);
    if (positions.size > REMEMBERED_MAX) positions.delete(positions.keys().next().value!);
  }

  function misplaced(event: ChainedEvent, previous_hash: string): boolean {
    const expected = position + 1;
    if (event.position > expected) {
      const what = event.position === expected + 1 ? 'It is' : `Positions ${expected} to ${event.position - 1} are`;
      const finding = found(expected, 'missing', `${what} not there: position ${event.position} stands in its place.`);
      if (event.position === expected + 1) missing.set(expected, finding);
      return true;
    }
    if (event.position < expected) {
      const gap = missing.get(event.position);
      if (gap === undefined)
        found(event.position, 'added', `A second event of this position stands behind ${position}.`);
      else Object.assign(gap, { kind: 'reordered', detail: `It stands behind position ${position}.` });
      missing.delete(event.position);
      return false;
    }
    const true_predecessor = positions.get(previous_hash);
    if (true_predecessor === undefined)
      found(
        expected,
        'broken_link',
        `It does not follow ${position}: one of the two was replaced, or one between removed.`,
      );
    else
      found(
        true_predecessor + 1,
        'added',
        `Position ${expected} follows ${true_predecessor} by its hash: what stands between was added.`,
      );
    return true;
  }

  return {
    next(event) {
      const { computed, stated, previous_hash, flaw } = examine(event);
      const expected = position + 1;
      const linked = hashes?.includes(previous_hash) ?? event.position === expected;
      const at = linked ? expected : event.position;
      if (flaw !== undefined) found(at, 'altered', flaw);
      else if (linked && event.position !== expected)
        found(expected, 'altered', `By its hash it is position ${expected}, but it says ${event.position}.`);
      if (flaw !== undefined || linked) {
        // An altered event counts as in its place unless its number says otherwise.
        if (at >= expected) moveTo(at, flaw === undefined ? [stated] : [stated, computed]);
        return flaw === undefined && event.position === expected;
      }
      if (misplaced(event, previous_hash)) moveTo(event.position, [stated]);
      return false;
    },
    unreadable(detail) {
      found(position + 1, 'unreadable', detail);
      moveTo(position + 1, undefined);
    },
    head: () => ({ position, hash: hashes?.[0] ?? '' }),
    findings: () => findings.toSorted((a, b) => a.position - b.position),
    report,
  };
}

/** The event with the hash before it, its own hash, and the id made of that. */
export function linkEvent(
  { type, data, metadata }: { type: string; data: unknown; metadata: object },
  previous_hash: string,
): { id: string; metadata: Record<string, unknown> & { hash: string } } {
  const covered: Record<string, unknown> = { ...metadata, previous_hash };
  const stated = hash('sha256', hashedContent({ type, data, metadata: covered }));
  return { id: uuidOf(stated), metadata: { ...covered, hash: stated } };
}

export interface Examined {
  computed: string;
  stated: string;
  previous_hash: string;
  flaw: string | undefined;
}

export function examine({ id, type, data, metadata }: ChainedEvent): Examined {
  if (typeof metadata !== 'object' || metadata === null)
    return { computed: '', stated: '', previous_hash: '', flaw: 'It has no metadata.' };
  const { hash: stated, previous_hash } = metadata as { hash?: unknown; previous_hash?: unknown };
  const computed = hash('sha256', hashedContent({ type, data, metadata }));
  const texts = { computed, stated: String(stated), previous_hash: String(previous_hash) };
  if (stated !== computed) return { ...texts, flaw: 'Its content does not have the hash that it states.' };
  if (id !== uuidOf(computed)) return { ...texts, flaw: 'Its id is not the one made from its hash.' };
  return { ...texts, flaw: undefined };
}
