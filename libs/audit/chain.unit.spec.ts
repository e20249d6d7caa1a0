import { hash } from 'node:crypto';
import { factoryLog, manySales, WORKED_EXAMPLE } from '../../test/support/factory-log.js';
import { hashedContent, uuidOf } from '../ledger/codec.js';
import { type ChainedEvent, checkChain, type Finding } from './chain.js';

const LOG = factoryLog(WORKED_EXAMPLE);

function findingsIn(events: readonly ChainedEvent[]): Finding[] {
  const chain = checkChain();
  for (const event of events) chain.next(event);
  return chain.findings();
}
const kindsOf = (findings: readonly Finding[]) => findings.map(({ position, kind }) => `${kind} at ${position}`);
const renumbered = (events: readonly ChainedEvent[]) => events.map((event, position) => ({ ...event, position }));
function resealed(event: ChainedEvent, previous_hash: string): ChainedEvent {
  const metadata: { hash?: string } = { ...(event.metadata as object), previous_hash } as object;
  const fresh = hash('sha256', hashedContent({ ...event, metadata }));
  return { ...event, id: uuidOf(fresh), metadata: { ...metadata, hash: fresh } };
}
const hashOf = ({ metadata }: ChainedEvent) => (metadata as { hash: string }).hash;

describe('the hash chain', () => {
  it('finds nothing in what the writer wrote, from the start or from the middle', () => {
    expect(findingsIn(LOG)).toEqual([]);
    const chain = checkChain({ position: 3, hash: hashOf(LOG[3]!) });
    expect(LOG.slice(4).every((event) => chain.next(event))).toBe(true);
    expect(chain.head()).toEqual({ position: LOG.length - 1, hash: hashOf(LOG.at(-1)!) });
  });

  it('finds an edit of any value of any event, there and nowhere else', () => {
    for (const [position, event] of LOG.entries())
      for (const edited of editsOf(event)) {
        const findings = findingsIn(LOG.with(position, edited));
        expect(kindsOf(findings)).toEqual([`altered at ${position}`]);
      }
  });

  it.each([3, 10, LOG.length - 2])(
    'finds the event deleted at %i, also when the others are numbered anew',
    (position) => {
      expect(kindsOf(findingsIn(LOG.toSpliced(position, 1)))).toEqual([`missing at ${position}`]);
      expect(kindsOf(findingsIn(renumbered(LOG.toSpliced(position, 1))))).toEqual([`broken_link at ${position}`]);
    },
  );

  it('finds the first event deleted', () => {
    expect(kindsOf(findingsIn(LOG.slice(1)))).toEqual(['missing at 0']);
    expect(kindsOf(findingsIn(renumbered(LOG.slice(1))))).toEqual(['broken_link at 0']);
  });

  it('finds an event that was added: a copy, one numbered in, one sealed to fit', () => {
    expect(kindsOf(findingsIn(LOG.toSpliced(6, 0, LOG[5]!)))).toEqual(['added at 5']);
    expect(kindsOf(findingsIn(renumbered(LOG.toSpliced(6, 0, resealed(LOG[5]!, hashOf(LOG[5]!))))))).toEqual([
      'added at 6',
    ]);
  });

  it('finds an event that was replaced by one sealed to fit', () => {
    const forged = resealed({ ...LOG[7]!, data: { kind: 'item', id: 'other' } }, hashOf(LOG[6]!));
    expect(kindsOf(findingsIn(LOG.with(7, forged)))).toEqual(['broken_link at 8']);
  });

  it('finds events that changed places', () => {
    const swapped = LOG.with(6, LOG[7]!).with(7, LOG[6]!);
    expect(kindsOf(findingsIn(swapped))).toEqual(['reordered at 6']);
    expect(kindsOf(findingsIn(renumbered(swapped)))[0]).toBe('broken_link at 6');
  });

  it('says nothing of an end that is cut off, for which checkpoints are', () => {
    expect(findingsIn(LOG.slice(0, -1))).toEqual([]);
  });

  it('goes on behind a damage and finds the next one', () => {
    const twice = LOG.with(4, { ...LOG[4]!, type: 'ItemChanged' }).toSpliced(9, 1);
    expect(kindsOf(findingsIn(twice))).toEqual(['altered at 4', 'missing at 9']);
  });

  it('finds a damage far from the start', () => {
    const log = factoryLog(manySales(300));
    expect(kindsOf(findingsIn(log.toSpliced(250, 3)))).toEqual(['missing at 250']);
    const [edited] = editsOf(log[299]!);
    expect(kindsOf(findingsIn(log.with(299, edited!)))).toEqual(['altered at 299']);
  });
});

function editsOf(event: ChainedEvent): ChainedEvent[] {
  const edits: ChainedEvent[] = [];
  const visit = (parent: Record<string, unknown>, key: string) => {
    const value = parent[key];
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.keys(value)) visit(value as never, inner);
    else {
      parent[key] = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${value}x`;
      edits.push(structuredClone(copy));
      parent[key] = value;
    }
  };
  const copy = structuredClone(event);
  for (const key of ['id', 'type', 'data', 'metadata', 'position']) visit(copy as never, key);
  return edits;
}
