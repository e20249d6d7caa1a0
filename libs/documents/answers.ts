import { movesOf } from '../ledger/adjustments.js';
import { monthBefore } from '../ledger/calendar.js';
import { documentsNamed } from '../ledger/document-kinds.js';
import type { Postings, RecordedEvent } from '../ledger/events.js';
import { toMajor } from '../ledger/money.js';
import { viewDocument } from './documents.js';

export type Answer = Record<string, unknown>;
/** Events of a document, oldest first. */
export type HistoryOf = (number: string) => readonly RecordedEvent[];

export function answeredNumber(events: readonly RecordedEvent[]): string | undefined {
  // The sale and the payment that it has become come behind it.
  if (events[0]?.type === 'FlashOrderConfirmed') return events[0].data.order_id;
  const { first, more } = documentsNamed(withoutCountAdjustments(events).at(-1)!);
  return first ?? more[0];
}

/** What was asked for: a backdated command also adjusts counts. */
function withoutCountAdjustments(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const own = events.filter(({ type }) => type !== 'CountAdjusted');
  return own.length === 0 ? events : own;
}

export function answerOf(events: readonly RecordedEvent[], historyOf: HistoryOf, digits: number): Answer {
  const event = withoutCountAdjustments(events)[0]!;
  switch (event.type) {
    case 'ItemRegistered':
    case 'SupplierRegistered':
    case 'CustomerRegistered':
    case 'LocationRegistered':
    case 'AccountRegistered':
      return masterAnswer(event.data.kind, event.data.id, true, event.data.attributes, event.position);
    case 'ItemChanged':
    case 'SupplierChanged':
    case 'CustomerChanged':
    case 'LocationChanged':
    case 'AccountChanged':
      return masterAnswer(event.data.kind, event.data.id, event.data.active, event.data.attributes, event.position);
    case 'LedgerOpened':
      return {
        ...event.data,
        approval_threshold: toMajor(event.data.approval_threshold, event.data.digits),
        position: events.at(-1)!.position,
      };
    case 'PeriodClosed': {
      const closings = events.filter((each) => each.type === 'PeriodClosed');
      const last = closings.at(-1)!;
      const { month, trial_balance, stock_value } = last.data;
      const balances = trial_balance.map(({ account_id, amount }) => ({
        account_id,
        balance: toMajor(amount, digits),
      }));
      return {
        month,
        status: 'closed',
        trial_balance: balances,
        stock_value: toMajor(stock_value, digits),
        months_closed: closings.map(({ data }) => data.month),
        ...provenanceOf(last),
      };
    }
    case 'ApprovalThresholdChanged': {
      const [before, after] = [event.data.old, event.data.new].map((amount) => toMajor(amount, digits));
      return {
        approval_threshold: after,
        previous_threshold: before,
        reason: event.data.reason,
        ...provenanceOf(event),
      };
    }
    case 'PeriodReopened':
      return { ...event.data, status: 'open', closed_through: monthBefore(event.data.month), ...provenanceOf(event) };
    case 'ApprovalGranted':
      return {
        ...viewDocument(historyOf(event.data.approval_id), digits),
        document: withAdjusted(viewDocument(historyOf(event.data.number), digits), events, digits),
      };
    default:
      return withAdjusted(viewDocument(historyOf(answeredNumber(events)!), digits), events, digits);
  }
}

/** With how many earlier documents a backdated command changes the costs of, and by how much in all; as it is where it changes none. */
function withAdjusted(document: Answer, events: readonly RecordedEvent[], digits: number): Answer {
  const groups = events.flatMap(({ data }) => (data as Postings).adjusted ?? []);
  if (groups.length === 0) return document;
  const documents = new Set<number>();
  let [amount, cost_of_sales] = [0, 0];
  for (const group of groups) {
    const moves = movesOf(group);
    for (let index = 0; index < moves.length; index += 3) {
      const value = moves[index + 2]!;
      documents.add(moves[index + 1]!);
      if (group.location_id !== undefined) amount += Math.abs(value);
      if (group.account_id === 'cogs') cost_of_sales -= value;
    }
  }
  const [amount_major, cost_major] = [amount, cost_of_sales].map((minor) => toMajor(BigInt(minor), digits));
  return { ...document, adjusts: { documents: documents.size, amount: amount_major, cost_of_sales: cost_major } };
}

export function masterAnswer(kind: string, id: string, active: boolean, attributes: object, position: number): Answer {
  return { [`${kind}_id`]: id, ...attributes, active, position };
}
function provenanceOf({ metadata, position }: RecordedEvent): Answer {
  return { created_by: metadata.actor, recorded_at: metadata.recorded_at, position };
}
