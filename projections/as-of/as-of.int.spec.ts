import { withAdjustedCosts } from '../../libs/documents/adjusted-costs.js';
import type { Answer } from '../../libs/documents/answers.js';
import { type DocumentView, viewDocument } from '../../libs/documents/documents.js';
import { describeUnregistered } from '../../libs/ledger/accounts.js';
import { adjustedPostings } from '../../libs/ledger/adjustments.js';
import { calendarDay, dayEnd, dayStart } from '../../libs/ledger/calendar.js';
import { documentsNamed, KINDS } from '../../libs/ledger/document-kinds.js';
import { MASTER_KINDS, type MasterKind, type Postings, type RecordedEvent } from '../../libs/ledger/events.js';
import { toMajor } from '../../libs/ledger/money.js';
import { type Figures, idealFigures } from '../../test/support/ideal-books.js';
import { type LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { type Chance, chanceOf, seedOf } from '../../test/support/random.js';
import { randomHistory } from '../../test/support/random-history.js';
import { ask } from '../../test/support/read-models.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { applyEvents } from '../projector/projector.js';
import { createTables } from '../projector/schema.js';
import { listEntries, trialBalance } from '../read-models/balances.js';
import { listDocuments } from '../read-models/list-documents.js';
import { listEvents } from '../read-models/list-events.js';
import { findMasterData, listMasterData } from '../read-models/master-data.js';
import { listMovements } from '../read-models/movements.js';
import { type ProfitGroup, profit } from '../read-models/profit.js';
import { listStock } from '../read-models/stock.js';
import { aging } from '../reports/aging.js';
import { customerSales } from '../reports/customer-sales.js';
import type { AsOfQuery } from './as-of.js';

/** PAIRS=1: all the random pairs of moments and positions. */
const PAIRS = Number(process.env.PAIRS ?? 0.2);
const share = (pairs: number) => Math.ceil(pairs * PAIRS);

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

const seed = seedOf();

describe.each([
  { backdated_percent: 30, time_zone: 'UTC' },
  { backdated_percent: 90, time_zone: 'Asia/Tehran' },
  { backdated_percent: 0, time_zone: 'America/New_York' },
])(
  `as of any moment, as known at any position (SEED=${seed}, $backdated_percent % backdated, $time_zone)`,
  (options) => {
    let db: Db;
    let history: LedgerHistory;
    const chance = chanceOf(seed + options.backdated_percent);
    beforeAll(async () => {
      db = openDatabase(await createDatabase(server));
      await createTables(db, 'read');
      history = randomHistory(chance, 600, { ...options, minutes_between: 200 });
      await applyEvents(db, logOf(history));
    });
    afterAll(() => db?.destroy());

    it('answers what a plain fold of the events answers, costed from scratch in the order in which they happened', async () => {
      for (let pair = 0; pair < share(334); pair += 1) {
        const scope = anyScope(chance, history);
        const counted = costedEvents(history, scope);
        expect({ scope, ...(await answers(db, scope)) }).toEqual({ scope, ...fold(counted) });
      }
    });

    it('answers profit of any period by any group', async () => {
      for (let pair = 0; pair < share(60); pair += 1) {
        const scope = anyScope(chance, history);
        const [a, b] = [anyInstant(chance, history), anyInstant(chance, history)].sort() as [string, string];
        const zone = options.time_zone;
        const from = chance.percent(20) ? undefined : calendarDay(a, zone);
        const to = chance.percent(20) ? undefined : calendarDay(b, zone);
        const counted = costedEvents(history, scope).filter(
          ({ metadata: { effective_at } }) =>
            (from === undefined || effective_at >= dayStart(from, zone)) &&
            (to === undefined || effective_at <= dayEnd(to, zone)),
        );
        for (const group_by of ['day', 'month', 'item', 'customer'] as const) {
          const { data, totals } = await ask(db, scope, profit, { from, to, group_by });
          expect({ scope, from, to, data, totals }).toEqual({ scope, from, to, ...profitOf(counted, group_by, zone) });
        }
      }
    });

    it('pages through statements and movements with the running figures of what counts', async () => {
      for (let pair = 0; pair < share(20); pair += 1) {
        const scope = anyScope(chance, history);
        const known = countedEvents(history, { ...scope, as_of: undefined });
        const entries = await everyPage(
          (paging) => ask(db, scope, listEntries, { account_id: 'inventory', ...paging }),
          chance,
        );
        let balance = 0n;
        const expected = known.flatMap((event) => {
          const adjusted = adjustedPostings((event.data as Postings).adjusted);
          const rows = [
            { effective_at: event.metadata.effective_at, journal: journalOf(event) },
            ...adjusted.map(({ effective_ms, postings: { journal } }) => ({
              effective_at: new Date(effective_ms).toISOString(),
              journal,
            })),
          ]
            .filter(({ effective_at }) => scope.as_of === undefined || effective_at <= scope.as_of)
            .map(({ journal }) => journal.filter(({ account_id }) => account_id === 'inventory'))
            .filter((journal) => journal.length > 0);
          for (const journal of rows) balance += sumOf(journal);
          return rows.map(() => ({ position: event.position, balance: toMajor(balance, 2) }));
        });
        expect({ scope, rows: entries.map(({ position, balance }) => ({ position, balance })) }).toEqual({
          scope,
          rows: expected.reverse(),
        });
        const movements = await everyPage(
          (paging) => ask(db, scope, listMovements, { item_id: 'bottle', ...paging }),
          chance,
        );
        const on_hand = new Map<string, number>();
        for (const row of movements.toReversed()) {
          on_hand.set(row.location_id, (on_hand.get(row.location_id) ?? 0) + row.quantity);
          expect({ scope, row }).toEqual({ scope, row: { ...row, on_hand: on_hand.get(row.location_id) } });
        }
        const stock = await ask(db, scope, listStock, { item_id: 'bottle' });
        for (const place of stock.data) expect(on_hand.get(place.location_id) ?? 0).toBe(place.on_hand);
      }
    });

    it('ages what is open, and that is what the accounts say', async () => {
      for (let pair = 0; pair < share(30); pair += 1) {
        const scope = anyScope(chance, history);
        const day = calendarDay(anyInstant(chance, history), options.time_zone);
        const { data, totals } = await ask(db, scope, aging, { day });
        const counted = countedEvents(history, scope);
        expect({ scope, day, totals }).toEqual({ scope, day, totals: agesOf(counted, day, options.time_zone) });
        const accounts = fold(counted).balances.filter(({ account_id }) => /^(receivable|payable):/.test(account_id));
        const open = data.map(({ owed, party_id, total }) =>
          owed === 'to_us'
            ? { account_id: `receivable:${party_id}`, net: total }
            : { account_id: `payable:${party_id}`, net: -total },
        );
        const by_id = (a: { account_id: string }, b: { account_id: string }) => (a.account_id < b.account_id ? -1 : 1);
        expect(open.filter(({ net }) => net !== 0).sort(by_id)).toEqual(accounts);
      }
    });

    it('knows things as they were, and nothing that came later', async () => {
      for (let pair = 0; pair < share(60); pair += 1) {
        const scope = anyScope(chance, history);
        const active = chance.pick([undefined, true, false]);
        for (const kind of MASTER_KINDS) {
          const known = mastersOf(countedEvents(history, scope), kind);
          const listed = await everyPage(
            (paging) => ask(db, scope, listMasterData, { kind, active, ...paging }),
            chance,
          );
          const expected = [...known.values()].filter((each) => active === undefined || each.active === active);
          expect({ scope, kind, active, listed }).toEqual({ scope, kind, active, listed: expected });
          for (const id of mastersOf(history.events, kind).keys())
            expect({ scope, id, found: await ask(db, scope, findMasterData, { kind, id }) }).toEqual({
              scope,
              id,
              found: known.get(id),
            });
        }
      }
    });

    it('names accounts and customers as they were called, and before their registration as they were registered', async () => {
      for (let pair = 0; pair < share(60); pair += 1) {
        const scope = anyScope(chance, history);
        const counted = countedEvents(history, scope);
        const nameIn = (kind: MasterKind, id: string) => {
          const first = history.events.find(({ data }) => 'kind' in data && data.kind === kind && data.id === id);
          if (first === undefined) return describeUnregistered(id).name;
          return (mastersOf(counted, kind).get(id) ?? mastersOf([first], kind).get(id))!.name;
        };
        const { data } = await ask(db, scope, trialBalance);
        const posted = counted.flatMap(journalOf).map(({ account_id }) => account_id);
        const ids = [...new Set([...posted, ...mastersOf(counted, 'account').keys()])].sort();
        expect({ scope, ids: data.map(({ account_id }) => account_id) }).toEqual({ scope, ids });
        for (const { account_id, name } of data.filter((row) => !row.account_id.includes(':')))
          expect({ scope, account_id, name }).toEqual({ scope, account_id, name: nameIn('account', account_id) });
        for (const { customer_id, name } of (await ask(db, scope, customerSales, { group_by: 'party' })).data)
          expect({ scope, customer_id, name }).toEqual({ scope, customer_id, name: nameIn('customer', customer_id) });
      }
    });

    it('lists documents by what they were, and by every combination of filters', async () => {
      for (let pair = 0; pair < share(40); pair += 1) {
        const scope = chance.percent(30) ? { ledger: 'main' } : anyScope(chance, history);
        const costed = idealFigures(countedEvents(history, { ...scope, as_of: undefined }));
        const all = documentsOf(countedEvents(history, scope), costed);
        const some = all.length === 0 ? undefined : chance.pick(all);
        const [from, to] = [anyInstant(chance, history), anyInstant(chance, history)].sort();
        const given = <T>(value: T) => (chance.percent(50) ? value : undefined);
        const filter = {
          kinds: given([chance.pick(KINDS)]),
          status: given(some?.status),
          payment_status: given(chance.pick(['pending', 'partial', 'paid', 'void'])),
          created_by: given(chance.pick(['ann', 'bob', 'eve'])),
          party_id: given(some === undefined ? 'CUST-1' : (partyOf(some) ?? 'CUST-1')),
          ...(chance.percent(30) ? { from } : {}),
          ...(chance.percent(30) ? { to } : {}),
        };
        const listed = await everyPage((paging) => ask(db, scope, listDocuments, { ...filter, ...paging }), chance);
        const { kinds, status, payment_status, created_by, party_id } = filter;
        const expected = all.filter(
          (each) =>
            (kinds === undefined || kinds.includes(each.kind)) &&
            (status === undefined || each.status === status) &&
            (payment_status === undefined || each.payment_status === payment_status) &&
            (created_by === undefined || each.created_by === created_by) &&
            (party_id === undefined || partyOf(each) === party_id) &&
            (filter.from === undefined || each.effective_at >= filter.from) &&
            (filter.to === undefined || each.effective_at <= filter.to),
        );
        // Which documents changed a cost is compared elsewhere.
        const shown = listed.map(({ adjusted_by: _, ...each }) => each);
        expect({ scope, filter, listed: shown }).toEqual({ scope, filter, listed: expected });
      }
    });

    it('lists events by every combination of filters', async () => {
      for (let pair = 0; pair < share(20); pair += 1) {
        const scope = anyScope(chance, history);
        const given = <T>(value: T) => (chance.percent(50) ? value : undefined);
        const actor = given(chance.pick(['ann', 'bob', 'eve']));
        const types = given([chance.pick(history.events).type as string]);
        const order = chance.pick(['newest_first', 'oldest_first'] as const);
        const [from, to] = [anyInstant(chance, history), anyInstant(chance, history)].sort().map(given);
        const filter = { actor, types, order, from, to };
        const listed = await everyPage((paging) => ask(db, scope, listEvents, { ...filter, ...paging }), chance);
        const expected = countedEvents(history, scope).filter(
          ({ type, metadata }) =>
            (actor === undefined || metadata.actor === actor) &&
            (types === undefined || types.includes(type)) &&
            (from === undefined || metadata.recorded_at >= from) &&
            (to === undefined || metadata.recorded_at <= to),
        );
        const positions = expected.map(({ position }) => position);
        expect({ scope, filter, listed: listed.map(({ position }) => position) }).toEqual({
          ...{ scope, filter },
          listed: order === 'oldest_first' ? positions : positions.reverse(),
        });
      }
    });

    it('keeps the pages of a list of documents, whatever is recorded meanwhile', async () => {
      const growing = openDatabase(await createDatabase(server));
      try {
        await createTables(growing, 'read');
        const log = logOf(history);
        let applied = Math.floor(log.length / 2);
        await applyEvents(growing, log.slice(0, applied));
        for (const filter of [{}, { status: 'confirmed' }, { payment_status: 'pending' }, { status: 'void' }]) {
          const whole = await ask(growing, { ledger: 'main' }, listDocuments, { ...filter, limit: 1000 });
          const paged: unknown[] = [];
          let cursor: string | undefined;
          do {
            const page = await ask(growing, { ledger: 'main' }, listDocuments, { ...filter, limit: 15, cursor });
            expect(page.position).toBe(whole.position);
            paged.push(...page.data);
            cursor = page.next_cursor ?? undefined;
            await applyEvents(growing, log.slice(applied, applied + 10));
            applied = Math.min(applied + 10, log.length);
          } while (cursor !== undefined);
          expect({ filter, paged }).toEqual({ filter, paged: whole.data });
        }
      } finally {
        await growing.destroy();
      }
    });
  },
);

function anyInstant(chance: Chance, { events }: LedgerHistory): string {
  const { recorded_at, effective_at } = chance.pick(events).metadata;
  const near =
    Date.parse(chance.percent(50) ? recorded_at : effective_at) + chance.pick([-86_400_000, -1, 0, 0, 1, 3_600_000]);
  return new Date(near).toISOString();
}
function anyScope(chance: Chance, history: LedgerHistory): AsOfQuery & { ledger: string } {
  const as_of = chance.percent(80) ? { as_of: anyInstant(chance, history) } : {};
  const known = chance.pick([
    {},
    { position: chance.whole(0, history.events.length - 1) },
    { position: chance.whole(0, history.events.length - 1) },
    { known_at: anyInstant(chance, history) },
  ]);
  return { ledger: 'main', ...as_of, ...known };
}
function countedEvents({ events }: LedgerHistory, { as_of, known_at, position }: AsOfQuery): RecordedEvent[] {
  return events.filter(
    (event) =>
      (as_of === undefined || event.metadata.effective_at <= as_of) &&
      (known_at === undefined || event.metadata.recorded_at <= known_at) &&
      (position === undefined || event.position <= position),
  );
}
/** What counts, each event with what it posts by the costs of the effective order, as far as was known. */
function costedEvents(history: LedgerHistory, scope: AsOfQuery): RecordedEvent[] {
  const figures = idealFigures(countedEvents(history, { ...scope, as_of: undefined }));
  return countedEvents(history, scope).map((event) => {
    const { stock = [], sales = [], ...data } = event.data as Postings;
    const costed = figures.get(event.position)!;
    return {
      ...event,
      data: {
        ...data,
        stock: stock.map((posting, index) => ({ ...posting, value: `${costed.stock[index]}` })),
        journal: [...costed.journal].map(([account_id, amount]) => ({ account_id, amount: `${amount}` })),
        sales: sales.map((each, index) => ({ ...each, cost: `${costed.sales[index]}` })),
      },
    } as unknown as RecordedEvent;
  });
}
const journalOf = (event: RecordedEvent) => (event.data as Postings).journal ?? [];
const sumOf = (postings: { amount: string }[]) => postings.reduce((sum, { amount }) => sum + BigInt(amount), 0n);

async function answers(db: Db, scope: AsOfQuery) {
  const stock = (await ask(db, scope, listStock)).data.map(({ item_id, location_id, on_hand, reserved, value }) => ({
    place: `${item_id} ${location_id}`,
    on_hand,
    reserved,
    value,
  }));
  const { data, totals } = await ask(db, scope, trialBalance);
  const balances = data
    .filter(({ debit, credit }) => debit !== 0 || credit !== 0)
    .map(({ account_id, debit, credit }) => ({ account_id, net: debit - credit }));
  expect(totals.debit).toBe(totals.credit);
  return { stock, balances };
}

function fold(events: readonly RecordedEvent[]) {
  const places = new Map<string, { on_hand: number; reserved: number; value: bigint }>();
  const accounts = new Map<string, bigint>();
  for (const { data } of events) {
    const { stock = [], holds = [], journal = [] } = data as Postings;
    const at = (item_id: string, location_id: string) => {
      const key = `${item_id} ${location_id}`;
      const place = places.get(key) ?? { on_hand: 0, reserved: 0, value: 0n };
      places.set(key, place);
      return place;
    };
    for (const { item_id, location_id, quantity, value } of stock) {
      at(item_id, location_id).on_hand += quantity;
      at(item_id, location_id).value += BigInt(value);
    }
    for (const { item_id, location_id, quantity } of holds) at(item_id, location_id).reserved += quantity;
    for (const { account_id, amount } of journal)
      accounts.set(account_id, (accounts.get(account_id) ?? 0n) + BigInt(amount));
  }
  return {
    stock: [...places]
      .map(([place, { value, ...rest }]) => ({ place, ...rest, value: toMajor(value, 2) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1)),
    balances: [...accounts]
      .filter(([, net]) => net !== 0n)
      .map(([account_id, net]) => ({ account_id, net: toMajor(net, 2) }))
      .sort((a, b) => (a.account_id < b.account_id ? -1 : 1)),
  };
}

function profitOf(events: readonly RecordedEvent[], group_by: ProfitGroup, time_zone: string) {
  const groups = new Map<string, { quantity: number; revenue: bigint; cost: bigint }>();
  const add = (key: string, quantity: number, revenue: bigint, cost: bigint) => {
    const group = groups.get(key) ?? { quantity: 0, revenue: 0n, cost: 0n };
    groups.set(key, group);
    group.quantity += quantity;
    group.revenue += revenue;
    group.cost += cost;
  };
  for (const { data, metadata } of events)
    for (const { item_id, customer_id, quantity, revenue, cost } of (data as Postings).sales ?? []) {
      const day = calendarDay(metadata.effective_at, time_zone);
      const key = { day, month: day.slice(0, 7), item: item_id, customer: customer_id }[group_by];
      if (key !== undefined) add(key, quantity, BigInt(revenue), BigInt(cost));
      add('', quantity, BigInt(revenue), BigInt(cost));
    }
  const figures = ({ quantity, revenue, cost } = { quantity: 0, revenue: 0n, cost: 0n }) => ({
    quantity,
    revenue: toMajor(revenue, 2),
    cost: toMajor(cost, 2),
    profit: toMajor(revenue - cost, 2),
  });
  const totals = figures(groups.get(''));
  groups.delete('');
  const by_period = group_by === 'day' || group_by === 'month';
  const data = [...groups]
    .filter(([, { quantity, revenue, cost }]) => by_period || quantity !== 0 || revenue !== 0n || cost !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, sums]) => ({ key, ...figures(sums) }));
  return { data, totals };
}

function mastersOf(events: readonly RecordedEvent[], kind: MasterKind): Map<string, Answer> {
  const things = new Map<string, Answer>();
  for (const { data, position } of events) {
    if (!('kind' in data) || data.kind !== kind) continue;
    const active = 'active' in data ? data.active : true;
    things.set(data.id, { [`${kind}_id`]: data.id, ...data.attributes, active, position });
  }
  return new Map([...things].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function documentsOf(events: readonly RecordedEvent[], costed?: Map<number, Figures>) {
  const histories = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const { first, more } = documentsNamed(event);
    if (first !== undefined) histories.set(first, [event]);
    for (const number of more) histories.get(number)?.push(event);
  }
  return [...histories.values()].map((history) => adjusted(viewDocument(history, 2), history[0]!, costed)).reverse();
}

/** With what it costs by the effective order. Which events changed it is compared elsewhere. */
function adjusted(document: DocumentView, first: RecordedEvent, costed?: Map<number, Figures>): DocumentView {
  const { stock = [] } = first.data as Postings;
  const changes = stock.flatMap(({ value }, line): [number, bigint][] => {
    const change = (costed?.get(first.position)?.stock[line] ?? BigInt(value)) - BigInt(value);
    return change === 0n ? [] : [[line, change]];
  });
  return withAdjustedCosts(document, first, { changes: new Map(changes) }, 2);
}

function partyOf(document: DocumentView): string | undefined {
  const { customer_id, supplier_id, party_id } = { ...(document.command as object), ...document } as Record<
    string,
    string
  >;
  return customer_id ?? supplier_id ?? party_id;
}

function agesOf(events: readonly RecordedEvent[], day: string, time_zone: string) {
  const none = () => ({ not_due: 0, days_0_30: 0, days_31_60: 0, days_61_90: 0, days_over_90: 0, total: 0 });
  const ages = { to_us: none(), by_us: none() };
  for (const document of documentsOf(events)) {
    if (document.kind !== 'sale' && document.kind !== 'purchase' && document.kind !== 'late_cost') continue;
    const cents = Math.round((document.open_amount as number) * 100);
    const due = (document.due_date as string | undefined) ?? calendarDay(document.effective_at, time_zone);
    const days = (Date.parse(day) - Date.parse(due)) / 86_400_000;
    const month = Math.max(0, Math.ceil(days / 30) - 1);
    const bucket = (['days_0_30', 'days_31_60', 'days_61_90', 'days_over_90'] as const)[Math.min(month, 3)]!;
    const side = ages[document.kind === 'sale' ? 'to_us' : 'by_us'];
    side[days < 0 ? 'not_due' : bucket] += cents;
    side.total += cents;
  }
  const major = (cents: ReturnType<typeof none>) =>
    Object.fromEntries(Object.entries(cents).map(([bucket, amount]) => [bucket, amount / 100]));
  return { to_us: major(ages.to_us), by_us: major(ages.by_us) };
}

async function everyPage<T>(
  list: (paging: { limit: number; cursor?: string }) => Promise<{ data: T[]; next_cursor: string | null }>,
  chance: Chance,
): Promise<T[]> {
  const rows: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const limit = chance.whole(1, 40);
    const page = await list({ limit, cursor });
    rows.push(...page.data);
    // A page is full unless it is the last, and only a list without rows has an empty one.
    if (page.next_cursor !== null) expect(page.data).toHaveLength(limit);
    else expect(page.data.length > 0 || cursor === undefined).toBe(true);
    if (page.next_cursor === null) return rows;
    cursor = page.next_cursor;
  }
}
