import type { EventBody, RecordedEvent } from '../ledger/events.js';
import { ORDER_STATUSES } from '../ledger/order.js';
import type { GatewayAnswer } from './gateway.js';
import { type Action, type Input, type Payment, paymentOf, react, resume } from './react.js';

const NOON = '2026-12-01T12:00:00.000Z';
const at = (seconds: number) => new Date(Date.parse(NOON) + seconds * 1000).toISOString();
const PAY_BY = at(600);
const OR = 'OR-261201-0001';

const fact = (type: EventBody['type'], data: object = {}): Input => ({
  type: 'recorded',
  event: { type, data: { order_id: OR, ...data }, metadata: {}, position: 1 } as unknown as RecordedEvent,
});
const PLACED = fact('FlashOrderPlaced', { total_price: '250', pay_by: PAY_BY, payment_reference: 'tok_1' });
const STARTED = fact('FlashOrderChargeStarted');
const CONFIRMED = fact('FlashOrderConfirmed');
const released = (reason: string) => fact('FlashOrderReleased', { reason });
const CHARGED_LATE = fact('FlashOrderChargedLate', { amount: '250', charge_id: 'ch_1' });
const REFUNDED = fact('FlashOrderRefunded');
const says = (answer: GatewayAnswer): Input => ({ type: 'answered', answer });
const CAPTURED = says({ status: 'captured', charge_id: 'ch_1' });
const DECLINED = says({ status: 'declined', reason: 'no money' });
const UNCLEAR = says({ status: 'unclear', reason: 'timeout' });
const PROCESSING = says({ status: 'processing' });
const NOT_FOUND = says({ status: 'not_found' });
const REFUND_DONE = says({ status: 'refunded', charge_id: 'ch_1', refund_id: 're_1' });
const WOKEN: Input = { type: 'woken' };
const refusedAs = (code: string): Input => ({ type: 'refused', code });

const CONFIRM: Action = { do: 'confirm', charge_id: 'ch_1' };
const REPORT: Action = { do: 'record_late_charge', charge_id: 'ch_1' };

/** Inputs at noon unless a time stands before them. */
function given(...inputs: (Input | string)[]) {
  let payment: Payment | undefined;
  let actions: Action[] = [];
  let now = NOON;
  const take = (input: Input | string) => {
    if (typeof input === 'string') now = input;
    else ({ payment, actions } = react(payment, input, now));
  };
  inputs.forEach(take);
  return {
    payment: () => payment,
    when(...more: (Input | string)[]) {
      more.forEach(take);
      return {
        thenDo(...expected: Action[]) {
          expect(actions).toEqual(expected);
          return this;
        },
        is(step: Payment['step'] | undefined) {
          expect(payment?.step).toBe(step);
        },
      };
    },
  };
}

describe('an order that is paid', () => {
  test('is placed: the ledger is asked whether a charge may begin', () =>
    given().when(PLACED).thenDo({ do: 'start' }).is('placed'));
  test('is charged once the ledger has said so, and not before', () => {
    given(PLACED).when(CAPTURED).thenDo().is('placed');
    given(PLACED).when(STARTED).thenDo({ do: 'charge' }).is('charging');
    // In time for the ledger, whatever the payer's clock says.
    given(PLACED).when(at(9000), STARTED).thenDo({ do: 'charge' });
  });
  test('is confirmed when it is captured, and done when that is recorded', () => {
    given(PLACED, STARTED).when(CAPTURED).thenDo(CONFIRM).is('confirming');
    given(PLACED, STARTED, CAPTURED).when(CONFIRMED).thenDo().is(undefined);
  });
  test('whose call-back comes before the answer, and twice, is confirmed once', () => {
    given(PLACED, STARTED, CAPTURED).when(CAPTURED).thenDo().is('confirming');
    given(PLACED, STARTED, CAPTURED, CAPTURED).when(UNCLEAR).thenDo().is('confirming');
  });
  test('and called back when all is over: the ledger knows that it was paid', () => {
    given(PLACED, STARTED, CAPTURED, CONFIRMED).when(CAPTURED).thenDo(REPORT).is(undefined);
    given(PLACED, STARTED, CAPTURED, CONFIRMED).when(DECLINED).thenDo().is(undefined);
  });
});

describe('an order that is not paid', () => {
  test('was cancelled or has run out before a charge began: nothing is left to do', () => {
    given(PLACED).when(released('cancelled')).thenDo().is(undefined);
    given(PLACED).when(released('expired')).thenDo().is(undefined);
    given(PLACED).when(refusedAs('order_ended')).thenDo().is(undefined);
  });
  test('is released when it is declined', () => {
    given(PLACED, STARTED)
      .when(DECLINED)
      .thenDo({ do: 'release', reason: 'declined', detail: 'no money' })
      .is('releasing');
    given(PLACED, STARTED, DECLINED).when(released('declined')).thenDo().is(undefined);
  });
  test('is declined, and then captured all the same: that is owed back', () => {
    given(PLACED, STARTED, DECLINED, CAPTURED).when(released('declined')).thenDo(REPORT).is('reporting_late_charge');
  });
});

describe('an outcome that is not known', () => {
  const asking = given(PLACED, STARTED);
  test('is asked for after a pause, again and again, and never charged anew', () => {
    asking
      .when(UNCLEAR)
      .thenDo({ do: 'wake', at: at(0.5) })
      .is('charging');
    asking.when(WOKEN).thenDo({ do: 'query' });
    asking.when(PROCESSING).thenDo({ do: 'wake', at: at(1) });
    asking.when(WOKEN).thenDo({ do: 'query' });
    asking.when(UNCLEAR).thenDo({ do: 'wake', at: at(2) });
    for (let n = 0; n < 30; n += 1) asking.when(UNCLEAR);
    asking.when(UNCLEAR).thenDo({ do: 'wake', at: at(60) });
  });
  test('is asked for as long as it takes, even when the time to pay has passed', () => {
    asking.when(at(90_000), WOKEN).thenDo({ do: 'query' });
    asking
      .when(PROCESSING)
      .thenDo({ do: 'wake', at: at(90_060) })
      .is('charging');
    asking.when(CAPTURED).thenDo(CONFIRM).is('confirming');
  });
  test('is what a gateway that is down for minutes leaves: nothing is charged that was not asked for in time', () => {
    const down = given(PLACED, STARTED);
    for (let seconds = 0; seconds < 1200; seconds += 60) down.when(at(seconds), UNCLEAR, WOKEN).thenDo({ do: 'query' });
    down.when(NOT_FOUND).thenDo({ do: 'release', reason: 'unpaid' }).is('releasing');
    const in_time = given(PLACED, STARTED);
    for (let seconds = 0; seconds < 540; seconds += 60) in_time.when(at(seconds), UNCLEAR, WOKEN);
    in_time.when(NOT_FOUND).thenDo({ do: 'charge' }).is('charging');
  });
  test('is that the gateway knows of no charge: it is charged, as long as there is time', () => {
    given(PLACED, STARTED, UNCLEAR).when(NOT_FOUND).thenDo({ do: 'charge' }).is('charging');
    given(PLACED, STARTED, UNCLEAR).when(PAY_BY, NOT_FOUND).thenDo({ do: 'release', reason: 'unpaid' }).is('releasing');
  });
  test('is watched when the order was released: the charge may still arrive', () => {
    const watching = given(PLACED, STARTED, UNCLEAR, PAY_BY, NOT_FOUND);
    watching
      .when(released('unpaid'))
      .thenDo({ do: 'wake', at: at(601) })
      .is('watching');
    watching.when(WOKEN).thenDo({ do: 'query' });
    watching.when(NOT_FOUND).thenDo({ do: 'wake', at: at(602) });
    watching.when(CAPTURED).thenDo(REPORT).is('reporting_late_charge');
    watching.when(CHARGED_LATE).thenDo({ do: 'refund' }).is('refunding');
  });
  test('is not watched for ever, nor when it was declined', () => {
    const forgotten = given(PLACED, STARTED, UNCLEAR, PAY_BY, NOT_FOUND, released('unpaid'));
    let waited_s = 0;
    for (let asked = 0; forgotten.payment() !== undefined; asked += 1) {
      expect(asked).toBeLessThan(30);
      const { payment, actions } = react(forgotten.payment(), NOT_FOUND, NOON);
      if (actions[0]?.do === 'wake') waited_s += (Date.parse(actions[0].at) - Date.parse(NOON)) / 1000;
      forgotten.when(NOT_FOUND);
      expect(forgotten.payment()).toEqual(payment);
    }
    expect(waited_s).toBeGreaterThan(24 * 3600);
    given(PLACED, STARTED, UNCLEAR, PAY_BY, NOT_FOUND, released('unpaid')).when(DECLINED).thenDo().is(undefined);
  });
});

describe('a charge that comes too late', () => {
  test('of an order that nobody knows any more is reported to the ledger', () => {
    given().when(CAPTURED).thenDo(REPORT).is(undefined);
    given().when(CHARGED_LATE).thenDo({ do: 'refund' }).is('refunding');
    for (const answer of [DECLINED, UNCLEAR, PROCESSING, NOT_FOUND, REFUND_DONE]) given().when(answer).thenDo();
  });
  test('is refunded until the gateway says so, and then recorded', () => {
    const owed = given(CHARGED_LATE);
    owed
      .when(UNCLEAR)
      .thenDo({ do: 'wake', at: at(0.5) })
      .is('refunding');
    owed.when(WOKEN).thenDo({ do: 'refund' });
    owed.when(REFUND_DONE).thenDo({ do: 'record_refund', refund_id: 're_1' }).is('recording_refund');
    owed.when(REFUND_DONE).thenDo();
    owed.when(REFUNDED).thenDo().is(undefined);
  });
  test('is refunded at the gateway, but the books have not the money yet: they are asked again', () => {
    const owed = given(CHARGED_LATE, REFUND_DONE);
    owed
      .when(refusedAs('insufficient_funds'))
      .thenDo({ do: 'wake', at: at(0.5) })
      .is('recording_refund');
    owed.when(WOKEN).thenDo({ do: 'record_refund', refund_id: 're_1' });
    owed.when(refusedAs('order_ended')).thenDo().is(undefined);
  });
});

describe('a captured order that the ledger does not make a sale of', () => {
  test('is released, reported and refunded', () => {
    const refused = given(PLACED, STARTED, CAPTURED);
    refused
      .when(refusedAs('amount_out_of_bounds'))
      .thenDo({ do: 'release', reason: 'refused', detail: 'amount_out_of_bounds' })
      .is('releasing');
    refused.when(released('refused')).thenDo(REPORT).is('reporting_late_charge');
    refused.when(refusedAs('amount_out_of_bounds')).thenDo({ do: 'wake', at: at(0.5) });
    refused.when(WOKEN).thenDo(REPORT);
  });
  test('because it has ended is reported; the ledger tells whether it was paid or released', () => {
    given(PLACED, STARTED, CAPTURED).when(refusedAs('order_ended')).thenDo(REPORT).is('reporting_late_charge');
    given(PLACED, STARTED, CAPTURED, refusedAs('order_ended')).when(refusedAs('order_ended')).thenDo().is(undefined);
  });
});

describe('after a restart', () => {
  const order = { amount: '250', pay_by: PAY_BY };
  const begun = (status: (typeof ORDER_STATUSES)[number], now = NOON, reason?: string) => {
    const payment = paymentOf(status, order, reason);
    return payment === undefined ? undefined : resume(payment, now);
  };
  test('each order is taken up where it stood', () => {
    expect(Object.fromEntries(ORDER_STATUSES.map((status) => [status, begun(status)]))).toEqual({
      pending: [{ do: 'start' }],
      paying: [{ do: 'charge' }],
      refund_due: [{ do: 'refund' }],
      confirmed: undefined,
      released: undefined,
      refunded: undefined,
    });
    expect(begun('released', NOON, 'unpaid')).toEqual([{ do: 'query' }]);
    expect(begun('released', NOON, 'declined')).toBeUndefined();
  });
  test('nothing is charged any more whose time has passed', () => {
    expect(begun('paying', PAY_BY)).toEqual([{ do: 'query' }]);
  });
});
