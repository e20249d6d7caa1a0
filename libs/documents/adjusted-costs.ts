/** A document with its costs as adjusted since it was recorded. What was recorded stays beside them. */
import type { RecordedEvent } from '../ledger/events.js';
import { type Minor, toMajor } from '../ledger/money.js';
import type { DocumentView } from './documents.js';

export interface CostChanges {
  /** Of the value of the document's stock postings, by index, in minor units. */
  changes: ReadonlyMap<number, bigint>;
  /** Numbers of the documents that caused them; undefined where they are not known. */
  causes?: readonly string[];
}

type Line = Record<string, unknown>;

/** `first` is the event that began the document. Without changes the document as it is. */
export function withAdjustedCosts(
  document: DocumentView,
  first: RecordedEvent,
  { changes, causes }: CostChanges,
  digits: number,
): DocumentView {
  if (changes.size === 0) return document;
  const major = (amount: bigint) => toMajor(amount, digits);
  const change = (index: number) => changes.get(index) ?? 0n;
  /** What left costs more where the stock is worth less; what came is worth more. */
  const cost = (recorded: Minor, index: number, sign: 1n | -1n) => BigInt(recorded) + sign * change(index);
  const lines = (field: string, adjust: (line: Line, index: number) => Line) => ({
    [field]: (document[field] as Line[]).map((line, index) => ({ ...line, ...adjust(line, index) })),
  });
  const all = [...changes.values()].reduce((sum, each) => sum + each, 0n);
  const adjusted = (): Line => {
    switch (first.type) {
      case 'SaleRecorded': {
        const { line_items, total_cost, total_profit } = first.data;
        return {
          ...lines('line_items', (_line, index) => {
            const { cost: recorded, total_price } = line_items[index]!;
            const own = cost(recorded, index, -1n);
            return { adjusted_cost: major(own), adjusted_profit: major(BigInt(total_price) - own) };
          }),
          adjusted_total_cost: major(BigInt(total_cost) - all),
          adjusted_total_profit: major(BigInt(total_profit) + all),
        };
      }
      case 'WasteRecorded':
      case 'PurchaseReturned':
      case 'SaleReturned': {
        const sign = first.type === 'SaleReturned' ? 1n : -1n;
        const { line_items, total_cost } = first.data;
        return {
          ...lines('line_items', (_line, index) => ({
            adjusted_cost: major(cost(line_items[index]!.cost, index, sign)),
          })),
          adjusted_total_cost: major(BigInt(total_cost) + sign * all),
        };
      }
      case 'StockTransferred': {
        const { line_items } = first.data;
        return lines('line_items', (_line, index) => ({
          adjusted_cost: major(cost(line_items[index]!.cost, index, -1n)),
        }));
      }
      case 'BlowRecorded': {
        const { inputs, outputs, rejected_cost } = first.data;
        return {
          ...lines('inputs', (_line, index) => ({ adjusted_cost: major(cost(inputs[index]!.cost, index, -1n)) })),
          ...lines('outputs', (_line, index) => ({
            adjusted_cost: major(cost(outputs[index]!.cost, inputs.length + index, 1n)),
          })),
          adjusted_rejected_cost: major(BigInt(rejected_cost) - all),
        };
      }
      case 'LateCostRecorded': {
        const { line_items, capitalised, expensed } = first.data;
        return {
          ...lines('line_items', (_line, index) => ({
            adjusted_capitalised: major(cost(line_items[index]!.capitalised, index, 1n)),
            adjusted_expensed: major(cost(line_items[index]!.expensed, index, -1n)),
          })),
          adjusted_capitalised: major(BigInt(capitalised) + all),
          adjusted_expensed: major(BigInt(expensed) - all),
        };
      }
      case 'StockCounted': {
        const { counts, stock = [] } = first.data;
        return lines('counts', (_line, index) => {
          const { item_id, value } = counts[index]!;
          return {
            adjusted_value: major(
              cost(
                value,
                stock.findIndex((posting) => posting.item_id === item_id),
                1n,
              ),
            ),
          };
        });
      }
      default:
        return {};
    }
  };
  return { ...document, ...adjusted(), ...(causes !== undefined && { adjusted_by: [...causes] }) };
}
