/** The payments of one ledger's orders: follows its stream, and does what react.ts says. */
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { ledgerStream } from '../../libs/event-store/streams.js';
import { decode } from '../../libs/ledger/codec.js';
import type { Command } from '../../libs/ledger/commands.js';
import { keyOf } from '../../libs/payment-process/charge-document.js';
import type { Charge, GatewayAnswer, PaymentGateway } from '../../libs/payment-process/gateway.js';
import { type Action, type Input, type Payment, paymentOf, react, resume } from '../../libs/payment-process/react.js';
import { type Trace, traceIn } from '../../libs/tracing/traceparent.js';
import type { UnsettledOrders } from '../../projections/read-models/unsettled-orders.js';
import type { LedgerCommands } from './ledger-commands.js';

interface Parts {
  store: Pick<EventStore, 'read'>;
  commands: LedgerCommands;
  gateway: PaymentGateway;
  log: (line: string) => void;
  now?: () => string;
}

/** Those that begin so are about orders. */
const ORDER_EVENTS = 'FlashOrder';
/** Many wait for the same moment after a restart. */
const JITTER = 0.25;
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

export class LedgerPayments {
  private readonly payments = new Map<string, Payment>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  /** Of orders whose trace is recorded. */
  private readonly traces = new Map<string, Trace>();
  private readonly closing = new AbortController();
  private position: number;
  private readonly currency: string;
  private reading: Promise<void> | undefined;
  /** Came while the stream was read, and may be behind what was read. */
  private is_behind = false;
  /** While the past is read nothing is done: what is still to do is known at its end. */
  private is_catching_up = true;

  constructor(
    readonly ledger_id: string,
    { position, currency, orders }: UnsettledOrders,
    private readonly parts: Parts,
  ) {
    this.position = position;
    this.currency = currency;
    for (const { order_id, status, amount, pay_by, payment_reference, release_reason } of orders) {
      const reference = payment_reference === null ? {} : { payment_reference };
      const payment = paymentOf(status, { amount, pay_by, ...reference }, release_reason ?? undefined);
      if (payment !== undefined) this.payments.set(order_id, payment);
    }
  }

  /** Reads on from where the read models stood, then takes up all that is under way. */
  async begin(): Promise<void> {
    await this.catchUp();
    this.is_catching_up = false;
    for (const [order_id, payment] of this.payments) this.perform(order_id, resume(payment, this.now()));
  }

  commandsWaiting(): number {
    return this.parts.commands.waiting();
  }
  open(): ReadonlyMap<string, Payment> {
    return this.payments;
  }

  /** Of the subscription; a gap is read. */
  take(event: StoredEvent): void {
    if (event.revision <= this.position || this.closing.signal.aborted) return;
    if (this.reading === undefined && event.revision === this.position + 1) this.apply(event);
    else void this.catchUp().catch((error: Error) => this.parts.log(`reading ${this.ledger_id}: ${error.message}`));
  }

  /** At once where nothing is missing. */
  catchUp(): Promise<void> {
    this.is_behind = true;
    this.reading ??= this.readOn().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }
  private async readOn(): Promise<void> {
    const { signal } = this.closing;
    while (this.is_behind && !signal.aborted) {
      this.is_behind = false;
      for await (const event of this.parts.store.read(ledgerStream(this.ledger_id), this.position + 1, { signal }))
        this.apply(event);
    }
  }

  private apply(event: StoredEvent): void {
    this.position = event.revision;
    if (!event.type.startsWith(ORDER_EVENTS)) return;
    const { order_id } = event.data as { order_id: string };
    const trace = traceIn(event.metadata);
    if (trace !== undefined) this.traces.set(order_id, trace);
    this.input(order_id, { type: 'recorded', event: decode(event) });
  }

  /** Whether what follows from it is recorded: only then may a call-back be acknowledged. */
  async callBack(order_id: string, answer: GatewayAnswer): Promise<boolean> {
    if (this.is_catching_up || this.closing.signal.aborted) return false;
    return this.allDone(this.input(order_id, { type: 'answered', answer }));
  }
  private async allDone(performed: readonly Promise<boolean>[]): Promise<boolean> {
    return !(await Promise.all(performed)).includes(false);
  }
  chargeOf(order_id: string): Pick<Charge, 'key'> & Partial<Charge> {
    const key = keyOf(this.ledger_id, order_id);
    const payment = this.payments.get(order_id);
    return payment === undefined ? { key } : { key, amount: payment.amount, currency: this.currency };
  }

  close(): void {
    this.closing.abort(new Error('the payments are closing'));
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  /** Of each action that follows, whether it was carried out. */
  private input(order_id: string, input: Input): Promise<boolean>[] {
    if (this.closing.signal.aborted) return [];
    const { payment, actions } = react(this.payments.get(order_id), input, this.now());
    if (payment === undefined || payment.step === 'done') this.forget(order_id);
    else this.payments.set(order_id, payment);
    return this.is_catching_up ? [] : this.perform(order_id, actions);
  }
  private forget(order_id: string): void {
    this.payments.delete(order_id);
    this.traces.delete(order_id);
    clearTimeout(this.timers.get(order_id));
    this.timers.delete(order_id);
  }

  private perform(order_id: string, actions: readonly Action[]): Promise<boolean>[] {
    return actions.map((action) =>
      this.carryOut(order_id, action).catch((error: Error) => {
        if (!this.closing.signal.aborted)
          this.parts.log(`${this.ledger_id}/${order_id}: ${action.do}: ${error.message}`);
        return false;
      }),
    );
  }

  private async carryOut(order_id: string, action: Action): Promise<boolean> {
    const { gateway } = this.parts;
    switch (action.do) {
      case 'wake':
        this.wakeAt(order_id, action.at);
        return true;
      case 'charge':
      case 'query':
      case 'refund': {
        const charge = this.chargeInFull(order_id);
        if (charge === undefined) return true;
        const answer = await call(gateway, action.do, charge);
        if (answer.status === 'unclear') this.parts.log(`${charge.key}: ${action.do}: ${answer.reason}`);
        return this.allDone(this.input(order_id, { type: 'answered', answer }));
      }
      default: {
        const { commands, log } = this.parts;
        const trace = this.traces.get(order_id);
        const command = commandOf(order_id, action);
        const name = `${order_id}:${command.type}`;
        const decided = await commands.give(this.ledger_id, name, command, this.closing.signal, trace);
        if (decided.outcome === 'recorded') return true;
        const { code, details } = decided;
        if (!EXPECTED.has(code))
          log(`${this.ledger_id}/${order_id}: ${command.type}: ${code} ${JSON.stringify(details)}`);
        return this.allDone(this.input(order_id, { type: 'refused', code }));
      }
    }
  }

  private chargeInFull(order_id: string): Charge | undefined {
    const payment = this.payments.get(order_id);
    if (payment === undefined) return undefined;
    const { amount, payment_reference } = payment;
    const reference = payment_reference === undefined ? {} : { payment_reference };
    const trace = this.traces.get(order_id);
    const key = keyOf(this.ledger_id, order_id);
    return { key, amount, currency: this.currency, ...reference, ...(trace !== undefined && { trace }) };
  }

  private wakeAt(order_id: string, at: string): void {
    const pause_ms = Math.max(0, Date.parse(at) - Date.parse(this.now())) * (1 + JITTER * Math.random());
    clearTimeout(this.timers.get(order_id));
    const timer = setTimeout(
      () => {
        this.timers.delete(order_id);
        this.input(order_id, { type: 'woken' });
      },
      Math.min(pause_ms, TIMEOUT_MS_MAX),
    );
    this.timers.set(order_id, timer);
  }

  private now(): string {
    return this.parts.now?.() ?? new Date().toISOString();
  }
}

/** The order ended in the meantime, or this was recorded before. */
const EXPECTED = new Set(['order_ended']);

function call(gateway: PaymentGateway, what: keyof PaymentGateway, charge: Charge): Promise<GatewayAnswer> {
  switch (what) {
    case 'charge':
      return gateway.charge(charge);
    case 'query':
      return gateway.query(charge);
    case 'refund':
      return gateway.refund(charge);
  }
}

type CommandAction = Exclude<Action, { do: 'wake' | 'charge' | 'query' | 'refund' }>;

function commandOf(order_id: string, action: CommandAction): Command {
  switch (action.do) {
    case 'start':
      return { type: 'start_charge', order_id };
    case 'confirm':
      return { type: 'confirm_order', order_id, charge_id: action.charge_id };
    case 'release': {
      const { reason, detail } = action;
      return { type: 'release_order', order_id, reason, ...(detail !== undefined && { detail }) };
    }
    case 'record_late_charge':
      return { type: 'record_late_charge', order_id, charge_id: action.charge_id };
    case 'record_refund':
      return { type: 'record_refund', order_id, refund_id: action.refund_id };
  }
}
