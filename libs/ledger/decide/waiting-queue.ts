/** The waiting queue of a flash sale, as far as it decides who may order: libs/waiting-queue decides whose turn it is. */
import type { PlaceOrder, QueueChanges } from '../commands.js';
import type { QueueDraw, QueueSettings, UsedPass } from '../events.js';
import { type Refusal, refuse } from '../refusals.js';
import { type FlashSale, takenKey } from '../state/state.js';
import { type Context, given } from './context.js';

const DEFAULTS = { per_minute: 600, pass_seconds: 120, passes_per_piece: 1 };

/** A queue that goes on keeps its draw: nobody can draw again until they like what comes out. */
export function queueAfter(
  before: QueueSettings | undefined,
  changes: QueueChanges,
  new_draw: QueueDraw | undefined,
): QueueSettings {
  const draw = before?.draw ?? new_draw;
  if (draw === undefined) throw new Error('a queue begins without a draw');
  const { passes_max = null, ...settings } = { ...DEFAULTS, ...before, ...changes, draw };
  return { ...settings, ...given('passes_max', passes_max) };
}

/** A pass is good for one order, even where that is cancelled. A sale without a queue asks for none. */
export function notLetIn(
  { state, config, recorded_at }: Context,
  { customer_id, line_items }: PlaceOrder,
  sales: readonly FlashSale[],
): Refusal | undefined {
  for (const [index, { flash_sale_id, pass }] of line_items.entries()) {
    if (sales[index]!.queue === undefined) continue;
    if (pass === undefined) return refuse('pass_required', { flash_sale_id });
    if (typeof pass === 'string') return refuse('pass_invalid', { flash_sale_id });
    const is_theirs =
      pass.ledger_id === config.ledger_id && pass.flash_sale_id === flash_sale_id && pass.customer_id === customer_id;
    if (!is_theirs) return refuse('pass_of_another', { flash_sale_id, customer_id });
    const { expires_at } = pass;
    const last_used = state.passes_used.get(takenKey(flash_sale_id, customer_id)) ?? '';
    if (expires_at <= last_used) return refuse('pass_used', { flash_sale_id, customer_id });
    if (expires_at <= recorded_at) return refuse('pass_expired', { flash_sale_id, expires_at, recorded_at });
  }
  return undefined;
}

/** Those that were asked for. */
export function passesOf({ line_items }: PlaceOrder, sales: readonly FlashSale[]): UsedPass[] | undefined {
  const used = line_items.flatMap(({ flash_sale_id, pass }, index): UsedPass[] => {
    if (sales[index]!.queue === undefined || typeof pass !== 'object') return [];
    return [{ flash_sale_id, number: pass.number, expires_at: pass.expires_at }];
  });
  return used.length === 0 ? undefined : used;
}
