/** What later needs to know of a movement to cost it anew: what it was, and which movements its value comes from. */
import { kindOf } from '../document-kinds.js';
import type { RecordedEvent, StockPosting } from '../events.js';

/** Values stand in the state, and so in snapshots. */
export const MOVED = {
  /** Came in at a value of its own. */
  bought: 0,
  sold: 1,
  wasted: 2,
  sent_back: 3,
  counted: 4,
  count_adjusted: 5,
  transferred_out: 6,
  transferred_in: 7,
  blow_input: 8,
  blow_output: 9,
  came_back: 10,
  /** By the void of a document that had brought pieces in, or taken them out. */
  void_out: 11,
  void_in: 12,
  late_cost: 13,
} as const;
export type Moved = (typeof MOVED)[keyof typeof MOVED];

const KINDS = 16;
export function codeOf(kind: Moved, line: number): number {
  return kind + KINDS * line;
}
export function kindIn(code: number): Moved {
  return (code % KINDS) as Moved;
}
/** Index of the event's stock posting. */
export function lineIn(code: number): number {
  return Math.floor(code / KINDS);
}

/** Of a stock posting of an event. */
export function movedBy(event: RecordedEvent, posting: StockPosting, line: number): Moved {
  switch (event.type) {
    case 'SaleRecorded':
      return MOVED.sold;
    case 'BlowRecorded':
      return line < event.data.inputs.length ? MOVED.blow_input : MOVED.blow_output;
    case 'WasteRecorded':
      return MOVED.wasted;
    case 'StockTransferred':
      return line < event.data.line_items.length ? MOVED.transferred_out : MOVED.transferred_in;
    case 'StockCounted':
      return MOVED.counted;
    case 'CountAdjusted':
      return MOVED.count_adjusted;
    case 'SaleReturned':
      return MOVED.came_back;
    case 'PurchaseReturned':
      return MOVED.sent_back;
    case 'LateCostRecorded':
      return MOVED.late_cost;
    case 'DocumentVoided':
      if (posting.quantity === 0) return MOVED.late_cost;
      return posting.quantity < 0 ? MOVED.void_out : MOVED.void_in;
    default:
      return MOVED.bought;
  }
}

/** What the void of a document reverses: as what its own movements, or the first of them, were recorded. */
export function voidedKind(event: RecordedEvent & { type: 'DocumentVoided' }): Moved {
  switch (kindOf(event.data.number)) {
    case 'sale':
      return MOVED.sold;
    case 'waste':
      return MOVED.wasted;
    case 'stock_count':
      return MOVED.counted;
    case 'stock_transfer':
      return MOVED.transferred_out;
    case 'blow':
      return MOVED.blow_input;
    case 'return':
      return (event.data.stock ?? []).some(({ quantity }) => quantity > 0) ? MOVED.sent_back : MOVED.came_back;
    default:
      return MOVED.bought;
  }
}

// ── Links: what an event's values come from, as lists of integers in the state's `links`; the first says what moved ─────────────

export interface BlowLink {
  rejected_quantity: number;
  rejected_cost: number;
  conversion_cost: number;
  inputs_cost: number;
  pieces_in: number;
  inputs: number;
  outputs: { place: number; quantity: number }[];
}
export function blowLink(numbers: readonly number[]): BlowLink {
  const outputs = [];
  for (let at = 7; at < numbers.length; at += 2) outputs.push({ place: numbers[at]!, quantity: numbers[at + 1]! });
  return {
    rejected_quantity: numbers[1]!,
    rejected_cost: numbers[2]!,
    conversion_cost: numbers[3]!,
    inputs_cost: numbers[4]!,
    pieces_in: numbers[5]!,
    inputs: numbers[6]!,
    outputs,
  };
}
function blowNumbers(link: BlowLink): number[] {
  const { rejected_quantity, rejected_cost, conversion_cost, inputs_cost, pieces_in, inputs, outputs } = link;
  return [
    ...[MOVED.blow_input, rejected_quantity, rejected_cost, conversion_cost, inputs_cost, pieces_in, inputs],
    ...outputs.flatMap(({ place, quantity }) => [place, quantity]),
  ];
}
/** Changes the list of a blow where the value of a line has: what inputs cost more goes into outputs, and the rest is wasted with the rejects. */
export function addBlowChange(link: number[], line: number, value: number): void {
  link[2]! -= value;
  if (line < link[6]!) link[4]! -= value;
}

/** Of a stock transfer: how many lines it has, and the place that the pieces of one go to. */
export function transferredLines(link: readonly number[]): number {
  return link.length - 1;
}
export function transferredTo(link: readonly number[], line: number): number {
  return link[1 + line]!;
}

/** Of a return of a sale at `position`: the position of the sale, and the line of it that a line of the return is of. */
export function returnedSale(link: readonly number[], position: number): number {
  return position - link[1]!;
}
export function returnedLine(link: readonly number[], line: number): number {
  return link[2 + line]!;
}

/** Of a count adjustment at `position`: the position of its count. */
export function adjustedCount(link: readonly number[], position: number): number {
  return position - link[1]!;
}

/** Of a void. `takes`: how many of its stock postings, the first ones, take pieces out. */
export interface VoidLink {
  voided_position: number;
  takes: number;
  /** What the movements of the voided document were (`voidedKind`). */
  voided_kind: Moved;
}
export function voidLink(link: readonly number[], position: number): VoidLink {
  const [, step, takes, voided_kind] = link as [number, number, number, Moved];
  return { voided_position: position - step, takes, voided_kind };
}

/** `idOf`: of a place. `positionOf`: of the first event of a document. `linkAt`: of an earlier event. undefined where values come from nowhere else. */
export function linkOf(
  event: RecordedEvent,
  idOf: (item_id: string, location_id: string) => number,
  positionOf: (number: string) => number | undefined,
  linkAt: (position: number) => readonly number[] | undefined,
): number[] | undefined {
  const { position } = event;
  switch (event.type) {
    case 'StockTransferred': {
      const { line_items, to_location_id } = event.data;
      return [MOVED.transferred_out, ...line_items.map(({ item_id }) => idOf(item_id, to_location_id))];
    }
    case 'BlowRecorded': {
      const { inputs, outputs, location_id, rejected_quantity, rejected_cost, conversion_cost } = event.data;
      return blowNumbers({
        rejected_quantity,
        rejected_cost: Number(rejected_cost),
        conversion_cost: Number(conversion_cost),
        inputs_cost: inputs.reduce((sum, { cost }) => sum + Number(cost), 0),
        pieces_in: inputs.reduce((sum, { quantity }) => sum + quantity, 0),
        inputs: inputs.length,
        outputs: outputs.map(({ item_id, quantity }) => ({ place: idOf(item_id, location_id), quantity })),
      });
    }
    case 'LateCostRecorded':
      return [MOVED.late_cost, ...event.data.line_items.flatMap(({ amount, quantity }) => [Number(amount), quantity])];
    case 'SaleReturned': {
      const bill = positionOf(event.data.bill_number);
      if (bill === undefined) return undefined;
      return [MOVED.came_back, position - bill, ...event.data.line_items.map(({ line }) => line)];
    }
    case 'CountAdjusted': {
      const count = positionOf(event.data.number);
      return count === undefined ? undefined : [MOVED.count_adjusted, position - count];
    }
    case 'DocumentVoided': {
      const { number, stock = [] } = event.data;
      const voided = stock.length === 0 ? undefined : positionOf(number);
      if (voided === undefined) return undefined;
      if (stock.some(({ quantity }) => quantity === 0)) return reversedLateCost(linkAt(voided));
      const takes = stock.filter(({ quantity }) => quantity < 0).length;
      return [MOVED.void_out, position - voided, takes, voidedKind(event)];
    }
    default:
      return undefined;
  }
}

/** Of each line of a late cost: its amount, and how many pieces it is for. */
export function lateCostLine(link: readonly number[], line: number): { amount: number; pieces: number } {
  return { amount: link[1 + 2 * line]!, pieces: link[2 + 2 * line]! };
}
function reversedLateCost(link: readonly number[] | undefined): number[] | undefined {
  return link?.map((number, index) => (index % 2 === 1 ? -number : number));
}
