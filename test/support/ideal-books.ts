/**
 * What the books should say: all events of a log in the order in which they happened, each costed by the moving weighted average that it finds,
 * from scratch. Knows nothing of adjustments, of the decision state or of how either is kept; plain and slow.
 */
import type { Postings, RecordedEvent } from '../../libs/ledger/events.js';

/** Of one event: the value of each stock posting, the amount on each account, the cost of each sales posting. Minor units. */
export interface Figures {
  stock: bigint[];
  journal: Map<string, bigint>;
  sales: bigint[];
}

/** Their number is that of a document which another event has begun. */
const NAMES_ANOTHER = [
  'ApprovalGranted',
  'ReservationCheckedOut',
  'FlashOrderConfirmed',
  'CountAdjusted',
  'DocumentVoided',
];

/** By position. Throws where a place would be worth less than nothing, or anything without pieces. */
export function idealFigures(events: readonly RecordedEvent[]): Map<number, Figures> {
  const ideal = new Map<number, Figures>();
  const stock = new Map<string, { pieces: bigint; value: bigint }>();
  const begun = new Map<string, RecordedEvent>();
  const at = (item_id: string, location_id: string) => {
    const name = `${item_id} at ${location_id}`;
    const place = stock.get(name) ?? { pieces: 0n, value: 0n };
    stock.set(name, place);
    return place;
  };
  let current = events[0]!;
  const in_order = inOrder(events);
  for (const event of in_order) {
    current = event;
    const { data, type, position } = event;
    if ('number' in data && !NAMES_ANOTHER.includes(type)) begun.set(data.number, event);
    const { stock: postings = [], journal = [], sales = [] } = data as Postings;
    const values: bigint[] = [];
    const move = (index: number, value: bigint) => {
      const place = at(postings[index]!.item_id, postings[index]!.location_id);
      place.pieces += BigInt(postings[index]!.quantity);
      place.value += value;
      values[index] = value;
    };
    const costOf = (index: number) => {
      const place = at(postings[index]!.item_id, postings[index]!.location_id);
      const pieces = BigInt(-postings[index]!.quantity);
      return pieces === place.pieces ? place.value : halfEven(place.value * pieces, place.pieces);
    };
    const leaves = (index: number) => move(index, -costOf(index));
    let [cogs, wasted, counted, variance] = [0n, 0n, 0n, 0n];
    let is_recorded = false;
    const costs = sales.map(() => 0n);
    switch (type) {
      case 'SaleRecorded':
        for (const index of postings.keys()) leaves(index);
        for (const index of sales.keys()) costs[index] = -values[index]!;
        cogs = -sum(values);
        break;
      case 'WasteRecorded':
        for (const index of postings.keys()) leaves(index);
        wasted = -sum(values);
        break;
      case 'StockTransferred': {
        const lines = data.line_items.length;
        for (let index = 0; index < lines; index += 1) leaves(index);
        for (let index = 0; index < lines; index += 1) move(lines + index, -values[index]!);
        break;
      }
      case 'BlowRecorded': {
        const { inputs, outputs, rejected_quantity } = data;
        for (const index of inputs.keys()) leaves(index);
        const put_in = -sum(values);
        const pieces_in = inputs.reduce((all, { quantity }) => all + quantity, 0);
        const conversion = BigInt(data.conversion_cost);
        wasted =
          rejected_quantity === pieces_in
            ? put_in + conversion
            : halfEven(put_in * BigInt(rejected_quantity), BigInt(pieces_in));
        const made = put_in - wasted + conversion;
        const pieces_out = BigInt(outputs.reduce((all, { quantity }) => all + quantity, 0));
        let left = made;
        for (const [index, { quantity }] of outputs.entries()) {
          const rounded = halfEven(made * BigInt(quantity), pieces_out);
          const own = index === outputs.length - 1 || rounded > left ? left : rounded;
          move(inputs.length + index, own);
          left -= own;
        }
        break;
      }
      case 'LateCostRecorded':
        for (const [index, { amount, quantity }] of data.line_items.entries()) {
          move(index, lateValue(index, BigInt(amount), BigInt(quantity)));
          costs[index] = BigInt(amount) - values[index]!;
        }
        cogs = sum(costs);
        break;
      case 'PurchaseReturned':
        for (const index of postings.keys()) leaves(index);
        variance = -sum(values) - BigInt(data.total_price);
        break;
      case 'SaleReturned': {
        const bill = begun.get(data.bill_number)! as RecordedEvent & { type: 'SaleRecorded' };
        for (const [index, { line, quantity }] of data.line_items.entries()) {
          const own = { position, index: index - 1 };
          const back = costOfReturn(in_order, ideal, bill, line, BigInt(quantity), event as SaleReturned, own, values);
          move(index, back);
          costs[index] = -back;
        }
        cogs = -sum(values);
        break;
      }
      case 'CountAdjusted':
        for (const [index, { quantity, value }] of postings.entries()) {
          const place = at(postings[index]!.item_id, postings[index]!.location_id);
          if (quantity < 0) leaves(index);
          else move(index, place.pieces > 0n ? halfEven(place.value * BigInt(quantity), place.pieces) : BigInt(value));
        }
        counted = -sum(values);
        break;
      case 'StockCounted':
        for (const index of postings.keys()) move(index, countValue(event, index));
        counted = -sum(values);
        break;
      case 'DocumentVoided': {
        const first = begun.get(data.number)!;
        const whole = [
          first,
          ...events.filter(
            (each) => each.type === 'CountAdjusted' && each.data.number === data.number && each.position < position,
          ),
        ];
        for (const [index, { quantity, item_id, location_id }] of postings.entries()) {
          if (quantity === 0) continue;
          if (quantity < 0) {
            leaves(index);
            continue;
          }
          const of_first = ((first.data as Postings).stock ?? []).findIndex(
            (posting, line) =>
              posting.item_id === item_id &&
              posting.location_id === location_id &&
              (first.type === 'StockCounted' || line === index - postings.filter((each) => each.quantity < 0).length),
          );
          const back =
            first.type === 'StockCounted'
              ? sum(whole.map((each) => valueAt(each, item_id, location_id)))
              : ideal.get(first.position)!.stock[of_first]!;
          move(index, -back);
        }
        if (first.type === 'LateCostRecorded')
          for (const [index, { amount, quantity }] of first.data.line_items.entries()) {
            move(index, lateValue(index, -BigInt(amount), BigInt(quantity)));
            costs[index] = -BigInt(amount) - values[index]!;
          }
        const reversed = new Map<string, bigint>();
        for (const each of whole)
          for (const [account_id, amount] of ideal.get(each.position)!.journal)
            if (account_id !== 'inventory') reversed.set(account_id, (reversed.get(account_id) ?? 0n) - amount);
        const rest = -sum([...reversed.values()]) - sum(values);
        if (first.type === 'LateCostRecorded') {
          reversed.set('cogs', sum(costs));
          reversed.set('inventory', sum(values));
        } else if (postings.length > 0) {
          reversed.set('price-variance', (reversed.get('price-variance') ?? 0n) + rest);
          reversed.set('inventory', sum(values));
        } else for (const { account_id, amount } of journal) reversed.set(account_id, BigInt(amount));
        if (first.type !== 'LateCostRecorded')
          for (const index of sales.keys()) costs[index] = -ideal.get(first.position)!.sales[index]!;
        ideal.set(position, { stock: values, journal: nonZero(reversed), sales: costs });
        is_recorded = true;
        break;
      }
      default:
        for (const [index, { value }] of postings.entries()) move(index, BigInt(value));
    }
    for (const [name, { pieces, value }] of stock)
      if (value < 0n || pieces < 0n || (pieces === 0n && value !== 0n))
        throw new Error(`ideally ${pieces} pieces worth ${value} of ${name} after ${position}`);
    if (is_recorded) continue;
    const accounts = new Map(journal.map(({ account_id, amount }) => [account_id, BigInt(amount)]));
    if (postings.length > 0) {
      const computed = {
        inventory: sum(values),
        cogs,
        waste: wasted,
        'count-difference': counted,
        'price-variance': variance,
      };
      for (const [account_id, amount] of Object.entries(computed)) accounts.set(account_id, amount);
    }
    ideal.set(position, { stock: values, journal: nonZero(accounts), sales: costs });
  }
  return ideal;

  /** Its part for each piece that is there; never so much less that nothing were left of the value. */
  function lateValue(index: number, amount: bigint, pieces: bigint): bigint {
    const { item_id, location_id } = (current.data as Postings).stock![index]!;
    const place = at(item_id, location_id);
    if (place.pieces <= 0n) return 0n;
    const size = amount < 0n ? -amount : amount;
    const part = halfEven(size * (place.pieces < pieces ? place.pieces : pieces), pieces);
    if (amount > 0n) return part;
    return part > place.value ? -place.value : -part;
  }

  function valueAt(event: RecordedEvent, item_id: string, location_id: string): bigint {
    const { stock: postings = [] } = event.data as Postings;
    return sum(
      postings.map((posting, index) =>
        posting.item_id === item_id && posting.location_id === location_id
          ? (ideal.get(event.position)?.stock[index] ?? 0n)
          : 0n,
      ),
    );
  }

  /** The count and its adjustments are one difference. */
  function countValue(event: RecordedEvent & { type: 'StockCounted' }, index: number): bigint {
    const { item_id, location_id, quantity, value: recorded } = event.data.stock![index]!;
    const adjustments = events.filter(
      (each) => each.type === 'CountAdjusted' && each.data.number === event.data.number,
    );
    const taken = sum(adjustments.map((each) => valueAt(each, item_id, location_id)));
    const pieces = sum(
      adjustments.map(({ data }) =>
        sum(
          ((data as Postings).stock ?? [])
            .filter((posting) => posting.item_id === item_id && posting.location_id === location_id)
            .map((posting) => BigInt(posting.quantity)),
        ),
      ),
    );
    const place = at(item_id, location_id);
    const found = BigInt(quantity) + pieces;
    const [before, worth] = [place.pieces - pieces, place.value - taken < 0n ? 0n : place.value - taken];
    if (place.pieces + BigInt(quantity) === 0n) return -place.value;
    if (before > 0n)
      return (
        (found < 0n ? worth - halfEven(worth * -found, before) : worth + halfEven(worth * found, before)) - place.value
      );
    const more = found > 0n ? found : 0n;
    const gained =
      quantity > 0
        ? halfEven(BigInt(recorded) * more, BigInt(quantity))
        : pieces > 0n
          ? halfEven((taken > 0n ? taken : 0n) * more, pieces)
          : 0n;
    return worth + gained - place.value;
  }
}

type SaleReturned = RecordedEvent & { type: 'SaleReturned' };

/** A share of what is still out of the bill's line; parts before it in the same return have gone off already. */
function costOfReturn(
  in_order: readonly RecordedEvent[],
  ideal: ReadonlyMap<number, Figures>,
  bill: RecordedEvent & { type: 'SaleRecorded' },
  line: number,
  quantity: bigint,
  returned: SaleReturned,
  own: { index: number },
  own_values: readonly bigint[],
): bigint {
  const whole = BigInt(bill.data.line_items[line]!.quantity);
  const cost = -ideal.get(bill.position)!.stock[line]!;
  let [pieces, left] = [whole, cost];
  for (const event of in_order) {
    if (event === returned) break;
    const part =
      event.type === 'DocumentVoided'
        ? in_order.find((each) => each.type === 'SaleReturned' && each.data.number === event.data.number)
        : event;
    if (part?.type !== 'SaleReturned' || part.data.bill_number !== bill.data.number) continue;
    const sign = part === event ? -1n : 1n;
    for (const [index, of_part] of part.data.line_items.entries()) {
      if (of_part.line !== line) continue;
      pieces += sign * BigInt(of_part.quantity);
      left += sign * ideal.get(part.position)!.stock[index]!;
    }
  }
  for (let index = 0; index <= own.index; index += 1) {
    if (returned.data.line_items[index]!.line !== line) continue;
    pieces -= BigInt(returned.data.line_items[index]!.quantity);
    left -= own_values[index]!;
  }
  return quantity <= pieces && left >= 0n ? halfEven(left * quantity, pieces) : halfEven(cost * quantity, whole);
}

export function inOrder(events: readonly RecordedEvent[]): RecordedEvent[] {
  return events
    .map((event) => ({ event, effective_ms: Date.parse(event.metadata.effective_at) }))
    .sort((a, b) => a.effective_ms - b.effective_ms || a.event.position - b.event.position)
    .map(({ event }) => event);
}
function halfEven(numerator: bigint, denominator: bigint): bigint {
  const [quotient, twice] = [numerator / denominator, (numerator % denominator) * 2n];
  return twice > denominator || (twice === denominator && quotient % 2n === 1n) ? quotient + 1n : quotient;
}
function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((all, each) => all + each, 0n);
}
function nonZero(amounts: Map<string, bigint>): Map<string, bigint> {
  return new Map([...amounts].filter(([, amount]) => amount !== 0n));
}

// ── What the books do say ───────────────────────────────────────────────────────────────────────────────────────────────────────

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** By position: what each event has posted, with all that later events have adjusted of it. */
export function bookedFigures(events: readonly RecordedEvent[]): Map<number, Figures> {
  const booked = new Map<number, Figures>();
  const by_position = new Map(events.map((event) => [event.position, event]));
  for (const { position, data } of events) {
    const { stock = [], journal = [], sales = [] } = data as Postings;
    booked.set(position, {
      stock: stock.map(({ value }) => BigInt(value)),
      journal: new Map(journal.map(({ account_id, amount }) => [account_id, BigInt(amount)])),
      sales: sales.map(({ cost }) => BigInt(cost)),
    });
  }
  for (const event of events)
    for (const { item_id, location_id, account_id, customer_id, line, moves } of (event.data as Postings).adjusted ??
      []) {
      const numbers = numbersIn(moves);
      let [effective_ms, position] = [0, 0];
      for (let index = 0; index < numbers.length; index += 3) {
        effective_ms += numbers[index]!;
        position += numbers[index + 1]!;
        const [value, figures, adjusted] = [
          BigInt(numbers[index + 2]!),
          booked.get(position)!,
          by_position.get(position)!,
        ];
        if (position >= event.position || Date.parse(adjusted.metadata.effective_at) !== effective_ms)
          throw new Error(`event ${event.position} adjusts ${position}, which is not there`);
        const { stock = [], sales = [] } = adjusted.data as Postings;
        if (location_id !== undefined) {
          if (stock[line]!.item_id !== item_id || stock[line]!.location_id !== location_id)
            throw new Error(`event ${event.position} adjusts line ${line} of ${position} elsewhere`);
          figures.stock[line]! += value;
          add(figures.journal, 'inventory', value);
        }
        if (account_id !== undefined) add(figures.journal, account_id, -value);
        if (account_id !== 'cogs') continue;
        const of_sale = sales.findIndex(
          (each, at) =>
            each.item_id === item_id &&
            each.customer_id === customer_id &&
            (sales.length !== stock.length || at === line),
        );
        figures.sales[of_sale]! -= value;
      }
    }
  for (const figures of booked.values()) figures.journal = nonZero(figures.journal);
  return booked;
}
function add(amounts: Map<string, bigint>, account_id: string, amount: bigint): void {
  amounts.set(account_id, (amounts.get(account_id) ?? 0n) + amount);
}
function numbersIn(text: string): number[] {
  const numbers: number[] = [];
  let folded = 0n;
  let bits = 0n;
  for (const character of text) {
    const digit = BigInt(DIGITS.indexOf(character));
    folded += (digit % 32n) << bits;
    bits += 5n;
    if (digit >= 32n) continue;
    numbers.push(Number(folded >> 1n) * (folded % 2n === 1n ? -1 : 1));
    [folded, bits] = [0n, 0n];
  }
  return numbers;
}

/** Throws with the first difference between what the books say and what they should. */
export function assertIdeal(events: readonly RecordedEvent[]): void {
  const [ideal, booked] = [idealFigures(events), bookedFigures(events)];
  for (const { position, type, metadata } of events) {
    const [should, does] = [ideal.get(position)!, booked.get(position)!].map(written);
    if (should !== does)
      throw new Error(
        `costs: ${type} at ${position}, effective ${metadata.effective_at}, is ${does} and should be ${should}`,
      );
  }
}
function written({ stock, journal, sales }: Figures): string {
  const accounts = [...journal].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, amount]) => `${id} ${amount}`);
  return `stock ${stock.join(', ')}; ${accounts.join(', ')}; sales ${sales.join(', ')}`;
}
