/**
 * Purchases, blows, sales, wastes and transfers. Inactive items cannot be bought, made or sold; what is left of them can be used up, wasted
 * and moved.
 */
import type { RecordBlow, RecordPurchase, RecordSale, RecordWaste, TransferStock } from '../commands.js';
import type { CostLine, QuantityLine, SalesPosting } from '../events.js';
import { invalid, refuse } from '../refusals.js';
import { amountOf, journal, priceLines, sum } from './amounts.js';
import { active, dateOpen, known, type Reference, references, usable, withinLimits } from './checks.js';
import { type Context, type Decision, given, isRefusal, recorded, refused } from './context.js';
import { blowCosts } from './costing.js';
import { recordLateCost } from './late-costs.js';
import { nextNumber } from './next-number.js';
import { demandOf, inStock } from './stock-check.js';
import { openDraft, putIn, type StockDraft, takeOut } from './stock-draft.js';

export const DEFAULT_LOCATION = 'main';

export function recordPurchase(context: Context, command: RecordPurchase): Decision {
  const { recorded_at } = context;
  const { supplier_id, location_id = DEFAULT_LOCATION, line_items, effective_at = recorded_at } = command;
  const totals = priceLines(context, line_items);
  if (isRefusal(totals)) return refused(totals);
  const total = sum(totals);
  const draft = openDraft(context, effective_at);
  for (const [index, { item_id, quantity }] of line_items.entries())
    putIn(draft, item_id, location_id, quantity, totals[index]!);
  const postings = journal([
    ['inventory', total],
    [`payable:${supplier_id}`, -total],
  ]);
  const refusal =
    usable(context, [['supplier', supplier_id], ['location', location_id], ...references('item', line_items)]) ??
    dateOpen(context, effective_at) ??
    withinLimits(context, { stock: draft.postings, journal: postings }, effective_at);
  if (refusal) return refused(refusal);
  return recorded(effective_at, {
    type: 'PurchaseRecorded',
    data: {
      number: nextNumber(context, 'purchase'),
      supplier_id,
      location_id,
      line_items: line_items.map(({ item_id, quantity, unit_price }, index) => ({
        item_id,
        quantity,
        unit_price,
        total_price: totals[index]!.toString(),
      })),
      total_price: total.toString(),
      ...given('due_date', command.due_date),
      ...given('notes', command.notes),
      stock: draft.postings,
      journal: postings,
    },
  });
}

function takeLines(
  draft: StockDraft,
  lines: readonly QuantityLine[],
  location_id: string,
): { lines: CostLine[]; total: bigint } {
  let total = 0n;
  const costed = lines.map(({ item_id, quantity }) => {
    const cost = takeOut(draft, item_id, location_id, quantity);
    total += cost;
    return { item_id, quantity, cost: cost.toString() };
  });
  return { lines: costed, total };
}

/**
 * Inputs leave at average cost. Outputs share (input cost − rejected cost + conversion cost) by quantity, the last taking the remainder.
 * Rejects are part of the inputs, at average cost. Where all inputs are rejected, the conversion cost is wasted as well.
 */
export function recordBlow(context: Context, command: RecordBlow): Decision {
  const { recorded_at } = context;
  const {
    location_id = DEFAULT_LOCATION,
    inputs,
    outputs,
    rejected_quantity = 0,
    effective_at = recorded_at,
  } = command;
  const conversion = amountOf(context, command.conversion_cost ?? '0', 'conversion_cost');
  if (isRefusal(conversion)) return refused(conversion);
  const put_in = inputs.reduce((total, { quantity }) => total + quantity, 0);
  if (rejected_quantity > put_in)
    return refused(invalid('rejected_quantity', `must be at most the ${put_in} pieces put in`));
  const all_rejected = rejected_quantity === put_in;
  if (all_rejected && outputs.length > 0)
    return refused(invalid('outputs', `must be empty, for all ${put_in} pieces put in were rejected`));
  if (!all_rejected && outputs.length === 0)
    return refused(invalid('outputs', 'must name what was made, unless all pieces put in were rejected'));
  const demand = demandOf(inputs, location_id);
  const refusal =
    known(context, [['location', location_id], ...references('item', inputs), ...references('item', outputs)]) ??
    active(context, [['location', location_id], ...references('item', outputs)]) ??
    dateOpen(context, effective_at) ??
    inStock(context, demand, effective_at);
  if (refusal) return refused(refusal);
  const draft = openDraft(context, effective_at);
  const taken = takeLines(draft, inputs, location_id);
  const { rejected_cost: rejected, costs } = blowCosts(taken.total, conversion, {
    rejected: rejected_quantity,
    put_in,
    outputs: outputs.map(({ quantity }) => quantity),
  });
  const made = outputs.map(({ item_id, quantity }, index) => ({ item_id, quantity, cost: costs[index]!.toString() }));
  for (const { item_id, quantity, cost } of made) putIn(draft, item_id, location_id, quantity, BigInt(cost));
  const postings = journal([
    ['inventory', conversion - rejected],
    ['waste', rejected],
    ['conversion', -conversion],
  ]);
  const overflow = withinLimits(context, { stock: draft.postings, journal: postings }, effective_at);
  if (overflow) return refused(overflow);
  return recorded(effective_at, {
    type: 'BlowRecorded',
    data: {
      number: nextNumber(context, 'blow'),
      location_id,
      inputs: taken.lines,
      outputs: made,
      rejected_quantity,
      rejected_cost: rejected.toString(),
      conversion_cost: conversion.toString(),
      ...given('notes', command.notes),
      stock: draft.postings,
      journal: postings,
    },
  });
}

export function recordSale(context: Context, command: RecordSale): Decision {
  const { recorded_at } = context;
  const { customer_id, location_id = DEFAULT_LOCATION, line_items, effective_at = recorded_at } = command;
  const totals = priceLines(context, line_items);
  if (isRefusal(totals)) return refused(totals);
  const refusal =
    usable(context, [['customer', customer_id], ['location', location_id], ...references('item', line_items)]) ??
    dateOpen(context, effective_at) ??
    inStock(context, demandOf(line_items, location_id), effective_at);
  return refusal ? refused(refusal) : sell(context, { ...command, location_id }, totals);
}

/** Of pieces that are known to be there, to a known customer. `totals`: of the lines, in minor units. */
export function sell(
  context: Context,
  command: Omit<RecordSale, 'type'> & { location_id: string },
  totals: readonly bigint[],
): Decision {
  const { customer_id, location_id, line_items, effective_at = context.recorded_at } = command;
  const total = sum(totals);
  const draft = openDraft(context, effective_at);
  const taken = takeLines(draft, line_items, location_id);
  const postings = journal([
    [`receivable:${customer_id}`, total],
    ['revenue', -total],
    ['cogs', taken.total],
    ['inventory', -taken.total],
  ]);
  const overflow = withinLimits(context, { journal: postings }, effective_at);
  if (overflow) return refused(overflow);
  const sales: SalesPosting[] = [];
  const lines = line_items.map(({ item_id, quantity, unit_price }, index) => {
    const [price, cost] = [totals[index]!, BigInt(taken.lines[index]!.cost)];
    sales.push({ item_id, customer_id, quantity, revenue: price.toString(), cost: cost.toString() });
    return {
      item_id,
      quantity,
      unit_price,
      total_price: price.toString(),
      cost: cost.toString(),
      profit: (price - cost).toString(),
    };
  });
  return recorded(effective_at, {
    type: 'SaleRecorded',
    data: {
      number: nextNumber(context, 'sale'),
      customer_id,
      location_id,
      line_items: lines,
      total_price: total.toString(),
      total_cost: taken.total.toString(),
      total_profit: (total - taken.total).toString(),
      ...given('due_date', command.due_date),
      ...given('notes', command.notes),
      ...given('reservation_id', context.basis.reservation_id),
      ...given('order_id', context.basis.order_id),
      ...given('ordered_by', context.basis.ordered_by),
      stock: draft.postings,
      journal: postings,
      sales,
    },
  });
}

export function recordWaste(context: Context, command: RecordWaste): Decision {
  const { recorded_at } = context;
  const { location_id = DEFAULT_LOCATION, line_items, reason, effective_at = recorded_at } = command;
  const refusal =
    known(context, [['location', location_id], ...references('item', line_items)]) ??
    active(context, [['location', location_id]]) ??
    dateOpen(context, effective_at) ??
    inStock(context, demandOf(line_items, location_id), effective_at);
  if (refusal) return refused(refusal);
  const draft = openDraft(context, effective_at);
  const taken = takeLines(draft, line_items, location_id);
  const postings = journal([
    ['waste', taken.total],
    ['inventory', -taken.total],
  ]);
  const overflow = withinLimits(context, { journal: postings }, effective_at);
  if (overflow) return refused(overflow);
  return recorded(effective_at, {
    type: 'WasteRecorded',
    data: {
      number: nextNumber(context, 'waste'),
      location_id,
      line_items: taken.lines,
      total_cost: taken.total.toString(),
      reason,
      ...given('notes', command.notes),
      stock: draft.postings,
      journal: postings,
    },
  });
}

/** The same pieces at the same value in another location: no journal. */
export function transferStock(context: Context, command: TransferStock): Decision {
  const { recorded_at } = context;
  const { from_location_id, to_location_id, line_items, effective_at = recorded_at } = command;
  const places: Reference[] = [
    ['location', from_location_id],
    ['location', to_location_id],
  ];
  const refusal =
    known(context, [...places, ...references('item', line_items)]) ??
    active(context, places) ??
    dateOpen(context, effective_at) ??
    (from_location_id === to_location_id ? refuse('same_location', { location_id: to_location_id }) : undefined) ??
    inStock(context, demandOf(line_items, from_location_id), effective_at);
  if (refusal) return refused(refusal);
  const draft = openDraft(context, effective_at);
  const taken = takeLines(draft, line_items, from_location_id);
  for (const { item_id, quantity, cost } of taken.lines) putIn(draft, item_id, to_location_id, quantity, BigInt(cost));
  const overflow = withinLimits(context, { stock: draft.postings }, effective_at);
  if (overflow) return refused(overflow);
  return recorded(effective_at, {
    type: 'StockTransferred',
    data: {
      number: nextNumber(context, 'stock_transfer'),
      from_location_id,
      to_location_id,
      line_items: taken.lines,
      ...given('notes', command.notes),
      stock: draft.postings,
    },
  });
}

export const STOCK_POSTINGS = {
  record_purchase: recordPurchase,
  record_late_cost: recordLateCost,
  record_blow: recordBlow,
  record_sale: recordSale,
  record_waste: recordWaste,
  transfer_stock: transferStock,
};
