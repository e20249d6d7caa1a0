/** From postings alone, compared with the rules' books after every event. A check says its invariant's number. */
import { isControlAccount, REFUNDS_DUE } from '../../libs/ledger/accounts.js';
import { adjustedPostings } from '../../libs/ledger/adjustments.js';
import { billOf, openAmount } from '../../libs/ledger/bill.js';
import { calendarDay, calendarMonth, monthAfter, monthBefore } from '../../libs/ledger/calendar.js';
import { documentsNamed } from '../../libs/ledger/document-kinds.js';
import type {
  EventBody,
  HoldPosting,
  JournalPosting,
  LifecycleEvent,
  Postings,
  RecordedEvent,
  SalesPosting,
  StockPosting,
} from '../../libs/ledger/events.js';
import { type LedgerState, placeKey } from '../../libs/ledger/state/state.js';
import { PEOPLE } from './random-commands.js';

type Closing = Extract<LifecycleEvent, { type: 'PeriodClosed' }>['data'];
interface Place {
  on_hand: number;
  value: bigint;
  reserved: number;
}
interface Count {
  number: string;
  effective_at: string;
  counted_at_position: number;
  counted_quantity: number;
  difference: number;
}
export interface KeptTwice {
  add(event: RecordedEvent): void;
  compareWith(state: LedgerState): void;
  /** Too slow after every event: bills, parties, profit, stock along the effective timeline. */
  compareAll(state: LedgerState): void;
}

function must(holds: boolean, invariant: number, says: string): void {
  if (!holds) throw new Error(`invariant ${invariant}: ${says}`);
}

export function keptTwice(): KeptTwice {
  const places = new Map<string, Place>();
  const balances = new Map<string, bigint>();
  const accounts = new Map<string, { type: string; may_go_negative: boolean }>();
  const series = new Map<string, number>();
  const held = new Map<string, HoldPosting[]>();
  const ends = new Map<string, string>();
  const waiting = new Set<string>();
  const flash_sales = new Map<string, FlashSale>();
  const orders = new Map<string, Order>();
  const to_refund = new Map<string, bigint>();
  const lives = { created: 0, expired: 0, confirmed: 0, released: 0 };
  const requests = new Map<string, { amount: bigint; actor: string; dated: boolean }>();
  const moves: { effective_at: string; position: number; key: string; quantity: number }[] = [];
  const counts = new Map<string, Count[]>();
  const money_entries: { account_id: string; amount: bigint; effective_at: string }[] = [];
  const lenient = new Set<string>();
  const owed_entries: { account_id: string; amount: bigint; effective_at: string }[] = [];
  const months = new Map<string, Map<string, bigint>>();
  const sales = { revenue: 0n, cost: 0n };
  const keys = new Map<string, number>();
  let [stock_value, came_in, went_out] = [0n, 0n, 0n];
  let [recorded_at, closed_through, threshold, time_zone, position] = ['', '', 0n, 'UTC', -1];

  function timeAndPlaceInTheLog({ type, metadata, position: at }: RecordedEvent): void {
    must(at === position + 1, 6, `position ${at} follows ${position}`);
    must(metadata.recorded_at >= recorded_at, 6, 'recorded time runs backwards');
    must(metadata.effective_at <= metadata.recorded_at, 6, 'effective in the future');
    const { idempotency_key, request_hash } = metadata;
    const last = keys.get(idempotency_key);
    if (request_hash !== undefined)
      must(last === undefined || last === position, 6, `key ${idempotency_key} was carried out twice`);
    keys.set(idempotency_key, at);
    position = at;
    recorded_at = metadata.recorded_at;
    if (type === 'ReservationExpired' || type === 'ApprovalExpired') return;
    if (metadata.actor === 'system' && (type === 'FlashSaleClosed' || type === 'FlashOrderReleased')) return;
    for (const [id, expires_at] of ends) must(expires_at > recorded_at, 8, `${id} outlived ${expires_at}`);
  }

  function moveStock({ data, metadata, type }: RecordedEvent): void {
    const { stock = [] } = data as Postings;
    let value_of_event = 0n;
    for (const { item_id, location_id, quantity, value } of stock) {
      const key = placeKey(item_id, location_id);
      const { on_hand, value: worth, reserved } = places.get(key) ?? { on_hand: 0, value: 0n, reserved: 0 };
      const place = { on_hand: on_hand + quantity, value: worth + BigInt(value), reserved };
      must(place.on_hand >= 0, 1, `${key} holds ${place.on_hand}`);
      must(place.on_hand >= reserved, 8, `${key} holds ${place.on_hand}, ${reserved} set aside`);
      const is_late = quantity === 0;
      must(
        is_late || quantity > 0 === BigInt(value) > 0n || BigInt(value) === 0n,
        11,
        `${key}: pieces and value move apart`,
      );
      if (is_late ? BigInt(value) > 0n : quantity > 0) came_in += BigInt(value);
      else went_out -= BigInt(value);
      value_of_event += BigInt(value);
      moves.push({ effective_at: metadata.effective_at, position, key, quantity });
      places.set(key, place);
    }
    stock_value += value_of_event;
    for (const { postings, effective_ms } of adjustedPostings((data as Postings).adjusted)) {
      must(effective_ms <= Date.parse(metadata.recorded_at), 5, `${type} adjusts the future`);
      for (const { item_id, location_id, value } of postings.stock) {
        const key = placeKey(item_id, location_id);
        const place = places.get(key)!;
        places.set(key, { ...place, value: place.value + BigInt(value) });
        if (BigInt(value) > 0n) came_in += BigInt(value);
        else went_out -= BigInt(value);
        stock_value += BigInt(value);
      }
    }
    for (const [key, { on_hand, value }] of places) {
      must(value >= 0n, 1, `${key} holds ${on_hand} worth ${value}`);
      must(on_hand > 0 || value === 0n, 11, `${key} is empty and worth ${value}`);
    }
    must(came_in - went_out === stock_value, 11, 'what came in is not what left and what is there');
    const expected = stockValueOf({ data, type } as EventBody);
    must(
      expected === undefined || expected === value_of_event,
      11,
      `${type} moves stock worth ${value_of_event}, its lines say ${expected}`,
    );
    if (type === 'StockTransferred') {
      must(stock.reduce((sum, { quantity }) => sum + quantity, 0) === 0, 9, 'a stock transfer made or lost pieces');
      must(value_of_event === 0n, 9, 'a stock transfer made or lost value');
    }
  }

  function post({ data, metadata, type }: RecordedEvent): void {
    const { journal = [], adjusted } = data as Postings;
    for (const { postings, effective_ms } of adjustedPostings(adjusted)) {
      const month = calendarMonth(new Date(effective_ms).toISOString(), time_zone);
      must(month > closed_through, 2, `adjusts a month that is closed`);
      addToMonth(month, postings.journal);
      must(total(postings.journal.map(({ amount }) => amount)) === 0n, 2, `an adjustment by ${type} is not zero`);
      for (const { account_id, amount } of postings.journal)
        balances.set(account_id, (balances.get(account_id) ?? 0n) + BigInt(amount));
      for (const { cost } of postings.sales) sales.cost += BigInt(cost);
    }
    let sum = 0n;
    if (journal.length > 0) addToMonth(calendarMonth(metadata.effective_at, time_zone), journal);
    for (const { account_id, amount } of journal) {
      const balance = (balances.get(account_id) ?? 0n) + BigInt(amount);
      sum += BigInt(amount);
      balances.set(account_id, balance);
      must(BigInt(amount) !== 0n, 2, 'a line that moves nothing');
      const account = accounts.get(account_id);
      const normal = account?.type === 'asset' || account?.type === 'expense' ? 1n : -1n;
      if (account !== undefined && !isControlAccount(account_id))
        money_entries.push({ account_id, amount: BigInt(amount) * normal, effective_at: metadata.effective_at });
      if (/^(receivable|payable):/.test(account_id))
        owed_entries.push({ account_id, amount: BigInt(amount), effective_at: metadata.effective_at });
      // Below zero an account is left alone or made better.
      must(
        account?.may_go_negative !== false || balance * normal >= 0n || BigInt(amount) * normal > 0n,
        1,
        `${account_id} is overdrawn`,
      );
    }
    must(new Set(journal.map(({ account_id }) => account_id)).size === journal.length, 2, 'an account is named twice');
    must(sum === 0n, 2, `the journal of ${type} sums to ${sum}`);
    must((balances.get('inventory') ?? 0n) === stock_value, 2, 'inventory is not the value of all stock');
    if (journal.length > 0)
      must(calendarMonth(metadata.effective_at, time_zone) > closed_through, 2, `posts to a month that is closed`);
    if (type === 'JournalEntryRecorded') {
      const lines = data.lines.map(({ side, amount }) => (side === 'debit' ? BigInt(amount) : -BigInt(amount)));
      must(total(lines) === 0n, 9, 'the lines of a journal entry do not balance');
      must(lines.join() === journal.map(({ amount }) => amount).join(), 9, 'a journal entry posts other lines');
    }
    if (type === 'MoneyTransferred') must(journal.length === 2, 9, 'money was made or lost on its way');
  }

  function addToMonth(month: string, journal: readonly JournalPosting[]): void {
    const accounts = months.get(month) ?? new Map<string, bigint>();
    months.set(month, accounts);
    for (const { account_id, amount } of journal)
      accounts.set(account_id, (accounts.get(account_id) ?? 0n) + BigInt(amount));
  }

  /** Postings up to its effective month; no month closes without one. */
  function closing({ month, trial_balance, stock_value }: Closing): void {
    const posted = [...months.keys()].sort().find((each) => each > closed_through);
    const next = closed_through === '' ? [posted ?? month, month].sort()[0] : monthAfter(closed_through);
    must(month === next, 15, `${month} is closed, ${next} is open`);
    const sums = new Map<string, bigint>();
    for (const [each, accounts] of months)
      if (each <= month)
        for (const [account_id, amount] of accounts) sums.set(account_id, (sums.get(account_id) ?? 0n) + amount);
    for (const { account_id, amount } of trial_balance) {
      must(sums.get(account_id) === BigInt(amount), 15, `${account_id} is ${amount} in the closing of ${month}`);
      sums.delete(account_id);
    }
    must(
      [...sums.values()].every((amount) => amount === 0n),
      15,
      `the closing of ${month} leaves accounts out`,
    );
    const inventory = trial_balance.find(({ account_id }) => account_id === 'inventory')?.amount ?? '0';
    must(stock_value === inventory, 15, `the closing of ${month} says stock of ${stock_value}`);
  }

  function setAside({ data, type }: RecordedEvent): void {
    const { holds = [] } = data as Postings;
    for (const { item_id, location_id, quantity } of holds) {
      const key = placeKey(item_id, location_id);
      const place = places.get(key) ?? { on_hand: 0, value: 0n, reserved: 0 };
      const reserved = place.reserved + quantity;
      must(reserved >= 0 && reserved <= place.on_hand, 8, `${reserved} of ${place.on_hand} set aside at ${key}`);
      places.set(key, { ...place, reserved });
    }
    const id = holderOf({ data, type } as EventBody);
    if (id === undefined) return;
    if (type === 'StockReserved' || type === 'ApprovalRequested') held.set(id, holds);
    else {
      const back = (held.get(id) ?? []).map((hold) => ({ ...hold, quantity: -hold.quantity }));
      must(JSON.stringify(back) === JSON.stringify(holds), 8, `${id} lets go of what it does not hold`);
      held.delete(id);
    }
    ends.delete(id);
    if (type === 'StockReserved') {
      ends.set(id, data.expires_at);
      lives.created += 1;
    }
    if (type === 'ApprovalRequested') {
      ends.set(id, data.expires_at!);
      waiting.add(id);
    } else waiting.delete(id);
    if (type === 'ReservationExpired') lives.expired += 1;
    if (type === 'ReservationCheckedOut') lives.confirmed += 1;
    if (type === 'ReservationReleased') lives.released += 1;
  }

  /** Nothing is sold twice, nobody gets more than the limit, and what is not sold comes back. */
  function flashSales({ data, metadata, type }: RecordedEvent): void {
    switch (type) {
      case 'FlashSaleOpened': {
        const { flash_sale_id, item_id, location_id, quantity, per_customer_max, ends_at, queue } = data;
        const place = placeKey(item_id, location_id);
        const taken = new Map<string, number>();
        const passes = { has_queue: queue !== undefined, used: new Map<string, string>() };
        flash_sales.set(flash_sale_id, { place, quantity, per_customer_max, taken, passes, is_open: true });
        ends.set(flash_sale_id, ends_at);
        return;
      }
      case 'FlashSaleQueueChanged':
        flash_sales.get(data.flash_sale_id)!.passes.has_queue = data.queue !== undefined;
        return;
      case 'FlashSaleClosed': {
        const sale = flash_sales.get(data.flash_sale_id)!;
        must(sale.is_open, 17, `${data.flash_sale_id} is closed twice`);
        must(data.remaining === remainingOf(sale), 17, `${data.flash_sale_id} closes with ${data.remaining}`);
        sale.is_open = false;
        ends.delete(data.flash_sale_id);
        return;
      }
      case 'FlashOrderPlaced': {
        const { order_id, customer_id, line_items, total_price, pay_by, passes = [] } = data;
        for (const { flash_sale_id, quantity } of line_items) {
          const sale = flash_sales.get(flash_sale_id)!;
          const expires_at = passes.find((pass) => pass.flash_sale_id === flash_sale_id)?.expires_at;
          const { has_queue, used } = sale.passes;
          must(has_queue === (expires_at !== undefined), 17, `${order_id} jumps the queue of ${flash_sale_id}`);
          if (expires_at !== undefined) {
            must(expires_at > metadata.recorded_at, 17, `${order_id} has a pass that has expired`);
            must(expires_at > (used.get(customer_id) ?? ''), 17, `${order_id} has a pass that was used`);
            used.set(customer_id, expires_at);
          }
          must(sale.is_open, 17, `${order_id} is of ${flash_sale_id}, which is closed`);
          sale.taken.set(customer_id, (sale.taken.get(customer_id) ?? 0) + quantity);
          must(sale.taken.get(customer_id)! <= sale.per_customer_max, 17, `${customer_id} gets more than the limit`);
          must(remainingOf(sale) >= 0, 17, `${flash_sale_id} is oversold`);
        }
        const lines = line_items.map(({ flash_sale_id, quantity }) => ({ flash_sale_id, quantity }));
        orders.set(order_id, { customer_id, lines, amount: BigInt(total_price), is_open: true });
        ends.set(order_id, pay_by);
        return;
      }
      case 'FlashOrderChargeStarted':
        must(orders.get(data.order_id)!.is_open, 17, `${data.order_id} is charged when it has ended`);
        ends.delete(data.order_id);
        return;
      case 'FlashOrderConfirmed':
      case 'FlashOrderReleased': {
        const order = orders.get(data.order_id)!;
        must(order.is_open, 17, `${data.order_id} ends twice`);
        order.is_open = false;
        ends.delete(data.order_id);
        for (const { flash_sale_id, quantity } of order.lines) {
          const sale = flash_sales.get(flash_sale_id)!;
          if (type === 'FlashOrderReleased')
            sale.taken.set(order.customer_id, sale.taken.get(order.customer_id)! - quantity);
        }
        return;
      }
      case 'SaleRecorded': {
        if (data.order_id === undefined) return;
        const { lines, amount } = orders.get(data.order_id)!;
        const sold = data.line_items.map(({ quantity }) => quantity);
        must(
          sold.join() === lines.map(({ quantity }) => quantity).join(),
          17,
          `${data.number} is not what was ordered`,
        );
        must(BigInt(data.total_price) === amount, 17, `${data.number} is not of what was charged`);
        return;
      }
      case 'FlashOrderChargedLate':
        must(!orders.get(data.order_id)!.is_open && !to_refund.has(data.order_id), 17, `${data.order_id} is no refund`);
        to_refund.set(data.order_id, BigInt(data.amount));
        return;
      case 'FlashOrderRefunded':
        must(to_refund.get(data.order_id) === BigInt(data.amount), 17, `${data.order_id} is refunded otherwise`);
        to_refund.set(data.order_id, 0n);
    }
  }
  function remainingOf({ quantity, taken }: FlashSale): number {
    return quantity - [...taken.values()].reduce((sum, each) => sum + each, 0);
  }

  /** What is set aside is what reservations, requests, flash sales and orders hold. */
  function asHeld(): void {
    const by_place = new Map<string, number>();
    const add = (place: string, pieces: number) => by_place.set(place, (by_place.get(place) ?? 0) + pieces);
    for (const { item_id, location_id, quantity } of [...held.values()].flat())
      add(placeKey(item_id, location_id), quantity);
    for (const sale of flash_sales.values()) if (sale.is_open) add(sale.place, remainingOf(sale));
    for (const { lines, is_open } of orders.values())
      for (const { flash_sale_id, quantity } of is_open ? lines : [])
        add(flash_sales.get(flash_sale_id)!.place, quantity);
    for (const [key, { reserved }] of places)
      must(reserved === (by_place.get(key) ?? 0), 8, `${reserved} set aside at ${key}, ${by_place.get(key)} held`);
    const due = total([...to_refund.values()].map(String));
    must(-(balances.get(REFUNDS_DUE) ?? 0n) === due, 17, `refunds of ${due} are due, the account says otherwise`);
  }

  function fourEyes(event: RecordedEvent): void {
    const { actor } = event.metadata;
    const role = PEOPLE.find((person) => person.actor === actor)?.role;
    if (event.type === 'ApprovalRequested') {
      must(role === 'staff' && BigInt(event.data.amount) > threshold, 10, 'needs no approval');
      const dated = event.data.command.effective_at !== undefined;
      requests.set(event.data.approval_id, { amount: BigInt(event.data.amount), actor, dated });
      return;
    }
    const worth = worthOf(event);
    if (worth === 0n) return;
    const { approval_id, requested_by } = event.data as { approval_id?: string; requested_by?: string };
    if (approval_id === undefined) {
      must(role !== 'staff' || worth <= threshold, 10, `staff recorded a ${event.type} of ${worth} alone`);
      return;
    }
    const request = requests.get(approval_id);
    must(request?.actor === requested_by, 10, 'approved is not what was asked for');
    // Cost may have changed, not what was agreed or paid.
    if (OF_ITS_PRICE.includes(event.type)) {
      // A later count may give back more than the purchase was worth.
      const more = request?.dated && event.type === 'PurchaseRecorded' && worth < request.amount;
      must(
        more === true || request?.amount === worth,
        10,
        `${approval_id} of ${worth} was asked for as ${request?.amount}`,
      );
    }
    must(
      actor !== request?.actor && (role === 'manager' || role === 'admin'),
      10,
      `${actor} approved for ${request?.actor}`,
    );
    requests.delete(approval_id);
  }

  function count(event: RecordedEvent): void {
    const { first } = documentsNamed(event);
    if (first === undefined) return;
    const { prefix, day, sequence } = /^(?<prefix>[A-Z]{2})-(?<day>\d{6})-(?<sequence>\d{4,})$/.exec(first)!
      .groups as Record<'prefix' | 'day' | 'sequence', string>;
    const of_day = `${prefix}-${day}`;
    must(
      `20${day}` === calendarDay(event.metadata.recorded_at, time_zone).replaceAll('-', ''),
      12,
      `${first} is of another day`,
    );
    must(Number(sequence) === (series.get(of_day) ?? 0) + 1, 12, `${first} follows ${series.get(of_day) ?? 'nothing'}`);
    series.set(of_day, Number(sequence));
  }

  function terms(event: RecordedEvent): void {
    if (event.type === 'LedgerOpened') {
      threshold = BigInt(event.data.approval_threshold);
      time_zone = event.data.time_zone;
    }
    if (event.type === 'AccountRegistered' || event.type === 'AccountChanged') {
      accounts.set(event.data.id, event.data.attributes);
      if (event.data.attributes.may_go_negative) lenient.add(event.data.id);
    }
    if (event.type === 'PeriodClosed') {
      closing(event.data);
      closed_through = event.data.month;
    }
    if (event.type === 'ApprovalThresholdChanged') {
      must(BigInt(event.data.old) === threshold, 10, `the threshold was ${threshold}`);
      threshold = BigInt(event.data.new);
    }
    if (event.type === 'PeriodReopened') closed_through = monthBefore(event.data.month);
  }

  function compareWith(state: LedgerState): void {
    must(state.position === position, 3, `the state is at ${state.position}, the log at ${position}`);
    for (const [key, place] of places) {
      const { on_hand, value, reserved } = state.stock.get(key)!;
      must(on_hand === place.on_hand && value === place.value && reserved === place.reserved, 3, `${key} differs`);
    }
    for (const [account_id, balance] of balances)
      must((state.balances.get(account_id) ?? 0n) === balance, 3, `${account_id} differs`);
    const active = lives.created - lives.expired - lives.confirmed - lives.released;
    must(
      state.reservations.size === active,
      8,
      `${active} reservations are left, the state has ${state.reservations.size}`,
    );
    must(
      state.requests.size === waiting.size,
      8,
      `${waiting.size} requests wait, the state has ${state.requests.size}`,
    );
    const open = [...orders].filter(([, { is_open }]) => is_open).map(([id]) => id);
    must(
      open.sort().join() === [...state.orders.keys()].sort().join(),
      8,
      `the state has other open orders than ${open}`,
    );
    for (const [id, sale] of flash_sales)
      must(
        state.flash_sales.get(id)?.remaining === (sale.is_open ? remainingOf(sale) : undefined),
        17,
        `${id} has other pieces in the state`,
      );
    for (const [id, { expires_at }] of [
      ...[...state.reservations, ...state.requests, ...state.flash_sales],
      ...[...state.orders].filter(([, order]) => order.expires_at !== ''),
    ])
      must(state.next_expiry !== '' && state.next_expiry <= expires_at, 8, `${id} runs out before the next expiry`);
  }

  function compareAll(state: LedgerState): void {
    compareWith(state);
    must([...balances.values()].reduce((sum, each) => sum + each, 0n) === 0n, 2, 'the trial balance is not zero');
    must(
      [...places.values()].reduce((sum, { value }) => sum + value, 0n) === stock_value,
      2,
      'places do not sum to the stock value',
    );
    const owed = new Map<string, bigint>();
    for (const history of state.documents.values()) {
      const bill = billOf(history);
      if (bill === undefined) continue;
      const account_id = bill.kind === 'sale' ? `receivable:${bill.party_id}` : `payable:${bill.party_id}`;
      owed.set(
        account_id,
        (owed.get(account_id) ?? 0n) + (bill.kind === 'sale' ? openAmount(bill) : -openAmount(bill)),
      );
      for (const { quantity, returned, total_price, returned_price } of bill.lines) {
        must(returned >= 0 && returned <= quantity, 3, `${bill.number}: more came back than it held`);
        must(returned < quantity || returned_price === total_price, 3, `${bill.number}: the parts are not the bill`);
      }
    }
    for (const [account_id, open] of owed)
      must((balances.get(account_id) ?? 0n) === open, 3, `${account_id} is not what its bills leave open`);
    must(
      -(balances.get('revenue') ?? 0n) === sales.revenue && (balances.get('cogs') ?? 0n) === sales.cost,
      3,
      'profit reports and accounts differ',
    );
    alongTheTimeline();
    asCounted();
    asHeld();
    agingAtEveryMoment(state);
  }

  /** At any time: a party's open bills are its account. */
  function agingAtEveryMoment({ documents }: LedgerState): void {
    const differences = new Map<string, bigint>();
    const add = (account_id: string, instant: string, amount: bigint) => {
      const key = `${account_id} at ${instant}`;
      differences.set(key, (differences.get(key) ?? 0n) + amount);
    };
    for (const { account_id, amount, effective_at } of owed_entries) add(account_id, effective_at, amount);
    for (const history of documents.values()) {
      const bill = billOf(history);
      if (bill === undefined) continue;
      const [account, sign] = bill.kind === 'sale' ? ['receivable', -1n] : ['payable', 1n];
      let before = 0n;
      for (const instant of new Set(history.map(({ metadata }) => metadata.effective_at).sort())) {
        const then = billOf(history.filter(({ metadata }) => metadata.effective_at <= instant));
        const open = then === undefined ? 0n : openAmount(then);
        add(`${account}:${bill.party_id}`, instant, (open - before) * (sign as bigint));
        before = open;
      }
    }
    for (const [key, difference] of differences)
      must(difference === 0n, 16, `${key}: postings and open bills part by ${difference}`);
  }

  function remember({ type, data, metadata }: RecordedEvent): void {
    if (type === 'StockCounted')
      for (const { item_id, counted_quantity, difference } of data.counts) {
        const key = placeKey(item_id, data.location_id);
        const { number, counted_at_position } = data;
        const { effective_at } = metadata;
        const counted = { number, effective_at, counted_at_position, counted_quantity, difference };
        counts.set(key, [...(counts.get(key) ?? []), counted]);
      }
    if (type === 'DocumentVoided')
      for (const [key, of_place] of counts)
        counts.set(
          key,
          of_place.filter(({ number }) => number !== data.number),
        );
  }

  /** What was counted stays so, whatever is recorded later. */
  function asCounted(): void {
    for (const [key, of_place] of counts) {
      const of_key = moves.filter((move) => move.key === key);
      for (const { number, effective_at, counted_at_position, counted_quantity, difference } of of_place) {
        const before = of_key
          .filter((move) =>
            move.effective_at === effective_at
              ? move.position <= counted_at_position
              : move.effective_at < effective_at,
          )
          .reduce((sum, { quantity }) => sum + quantity, 0);
        must(
          before + difference === counted_quantity,
          1,
          `${number} counted ${counted_quantity} at ${key}; the books say ${before} and ${difference}`,
        );
      }
    }
  }

  /** Never negative in effective time; at one moment, in recorded order. */
  function alongTheTimeline(): void {
    const on_hand = new Map<string, number>();
    for (const { key, quantity, effective_at } of moves.toSorted(byTime)) {
      const left = (on_hand.get(key) ?? 0) + quantity;
      must(left >= 0, 1, `${key} held ${left} at ${effective_at}`);
      on_hand.set(key, left);
    }
    const balance = new Map<string, bigint>();
    for (const { account_id, amount, effective_at } of money_entries.toSorted(byTime)) {
      const left = (balance.get(account_id) ?? 0n) + amount;
      must(left >= 0n || lenient.has(account_id), 1, `${account_id} stood at ${left} at ${effective_at}`);
      balance.set(account_id, left);
    }
  }

  return {
    add(event) {
      timeAndPlaceInTheLog(event);
      terms(event);
      setAside(event);
      flashSales(event);
      moveStock(event);
      remember(event);
      post(event);
      fourEyes(event);
      count(event);
      for (const { revenue, cost } of ((event.data as Postings).sales ?? []) as SalesPosting[]) {
        sales.revenue += BigInt(revenue);
        sales.cost += BigInt(cost);
      }
    },
    compareWith,
    compareAll,
  };
}

function byTime(one: { effective_at: string }, other: { effective_at: string }): number {
  return one.effective_at < other.effective_at ? -1 : Number(one.effective_at > other.effective_at);
}

const OF_ITS_PRICE = ['PurchaseRecorded', 'MoneyTransferred', 'PaymentReceived', 'PaymentMade', 'BillWrittenOff'];

/** The larger of price and cost, by the document's lines. */
function worthOf({ type, data }: EventBody): bigint {
  switch (type) {
    case 'PurchaseRecorded':
      return BigInt(data.total_price);
    case 'SaleRecorded':
    case 'SaleReturned':
      return most(data.total_price, data.total_cost);
    case 'PurchaseReturned':
      return most(data.total_price, lost(data.stock!));
    case 'LateCostRecorded':
      return most(data.amount, -BigInt(data.amount));
    case 'WasteRecorded':
      return BigInt(data.total_cost);
    case 'StockTransferred':
      return total(data.line_items.map(({ cost }) => cost));
    case 'BlowRecorded': {
      const [put_in, made] = [data.inputs, data.outputs].map((lines) => total(lines.map(({ cost }) => cost)));
      return most(put_in!, made!, data.conversion_cost, data.rejected_cost);
    }
    case 'JournalEntryRecorded':
      return most(...data.lines.map(({ amount }) => amount));
    case 'MoneyTransferred':
    case 'PaymentReceived':
    case 'PaymentMade':
    case 'BillWrittenOff':
      return BigInt(data.amount);
    case 'StockCounted': {
      const values = data.counts.map(({ value }) => BigInt(value));
      return most(total(values.filter((value) => value > 0n)), -total(values.filter((value) => value < 0n)));
    }
    case 'DocumentVoided': {
      const { stock = [], journal = [] } = data;
      const gained = total(stock.map(({ value }) => BigInt(value)).filter((value) => value > 0n));
      return most(gained, lost(stock), ...journal.flatMap(({ amount }) => [BigInt(amount), -BigInt(amount)]));
    }
    default:
      return 0n;
  }
}
function lost(stock: readonly StockPosting[]): bigint {
  return -total(stock.map(({ value }) => BigInt(value)).filter((value) => value < 0n));
}
function total(amounts: readonly (bigint | string)[]): bigint {
  return amounts.reduce<bigint>((sum, amount) => sum + BigInt(amount), 0n);
}
function most(...amounts: (bigint | string)[]): bigint {
  return amounts.map(BigInt).reduce((larger, amount) => (amount > larger ? amount : larger), 0n);
}

function stockValueOf({ type, data }: EventBody): bigint | undefined {
  switch (type) {
    case 'PurchaseRecorded':
      return BigInt(data.total_price);
    case 'LateCostRecorded':
      return BigInt(data.capitalised);
    case 'BlowRecorded':
      return BigInt(data.conversion_cost) - BigInt(data.rejected_cost);
    case 'SaleRecorded':
    case 'WasteRecorded':
      return -BigInt(data.total_cost);
    case 'SaleReturned':
      return BigInt(data.total_cost);
    case 'StockCounted':
      return data.counts.reduce((sum, { value }) => sum + BigInt(value), 0n);
    case 'StockTransferred':
      return 0n;
    case 'PurchaseReturned':
      return -BigInt(data.total_cost);
    case 'CountAdjusted':
    case 'DocumentVoided':
      return undefined;
    default:
      return 0n;
  }
}

interface FlashSale {
  place: string;
  quantity: number;
  per_customer_max: number;
  /** Held or bought. */
  taken: Map<string, number>;
  /** `used`: until when the last one was good, by customer. */
  passes: { has_queue: boolean; used: Map<string, string> };
  is_open: boolean;
}
interface Order {
  customer_id: string;
  lines: { flash_sale_id: string; quantity: number }[];
  amount: bigint;
  is_open: boolean;
}

function holderOf({ type, data }: EventBody): string | undefined {
  switch (type) {
    case 'StockReserved':
    case 'ReservationExpired':
    case 'ReservationCheckedOut':
    case 'ReservationReleased':
      return data.reservation_id;
    case 'ApprovalRequested':
    case 'ApprovalGranted':
    case 'ApprovalRejected':
    case 'ApprovalWithdrawn':
    case 'ApprovalExpired':
      return data.approval_id;
    default:
      return undefined;
  }
}
