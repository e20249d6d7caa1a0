import { isSigned, sign } from './callback-signature.js';
import { answerIn, orderIn } from './charge-document.js';

const SECRET = 'a secret that the gateway shares';
const BODY = '{"type":"charge.captured","data":{}}';
const NOW_S = 1_790_000_000;
const headers = sign(SECRET, 'msg_1', NOW_S, BODY);

test('a call-back is believed as it was signed, for five minutes', () => {
  expect(isSigned(SECRET, headers, BODY, NOW_S)).toBe(true);
  expect(isSigned(SECRET, headers, BODY, NOW_S + 300)).toBe(true);
  expect(isSigned(SECRET, headers, BODY, NOW_S + 301)).toBe(false);
  expect(isSigned(SECRET, headers, BODY, NOW_S - 301)).toBe(false);
});

test('and not otherwise', () => {
  expect(isSigned('another secret', headers, BODY, NOW_S)).toBe(false);
  expect(isSigned(SECRET, headers, `${BODY} `, NOW_S)).toBe(false);
  expect(isSigned(SECRET, { ...headers, 'webhook-id': 'msg_2' }, BODY, NOW_S)).toBe(false);
  expect(isSigned(SECRET, { ...headers, 'webhook-timestamp': `${NOW_S + 1}` }, BODY, NOW_S)).toBe(false);
  expect(isSigned(SECRET, { ...headers, 'webhook-timestamp': 'soon' }, BODY, NOW_S)).toBe(false);
  expect(isSigned(SECRET, {}, BODY, NOW_S)).toBe(false);
  for (const signature of ['', 'v1,', 'v1,AAAA', headers['webhook-signature'].replace('v1,', 'v2,'), 'v1'])
    expect(isSigned(SECRET, { ...headers, 'webhook-signature': signature }, BODY, NOW_S)).toBe(false);
});

test('one of several signatures is enough, while a secret is changed', () => {
  const both = `${sign('old', 'msg_1', NOW_S, BODY)['webhook-signature']} ${headers['webhook-signature']}`;
  expect(isSigned(SECRET, { ...headers, 'webhook-signature': both }, BODY, NOW_S)).toBe(true);
});

test('an answer about another charge, or of another amount, says nothing', () => {
  const charge = { key: 'main/OR-261201-0001', amount: '250', currency: 'USD' };
  const document = { key: charge.key, status: 'captured', charge_id: 'ch_1', amount: 250, currency: 'USD' };
  expect(answerIn(document, charge)).toEqual({ status: 'captured', charge_id: 'ch_1' });
  for (const wrong of [
    { key: 'main/OR-261201-0002' },
    { amount: 249 },
    { amount: '2.5e2' },
    { currency: 'EUR' },
    { charge_id: undefined },
    { charge_id: 'two\nlines' },
    { status: 'paid' },
    { status: 'refunded' },
  ])
    expect(answerIn({ ...document, ...wrong }, charge)).toMatchObject({ status: 'unclear' });
  for (const nothing of [undefined, null, 'captured', 5, []])
    expect(answerIn(nothing, charge)).toMatchObject({ status: 'unclear' });
});

test('a key names an order of a ledger, or nothing', () => {
  expect(orderIn('plant-2/OR-261201-10000')).toEqual({ ledger_id: 'plant-2', order_id: 'OR-261201-10000' });
  for (const key of [
    'OR-261201-0001',
    'main/SO-261201-0001',
    '/OR-261201-0001',
    'MAIN/OR-261201-0001',
    'main/OR-1',
    null,
  ])
    expect(orderIn(key)).toBeUndefined();
});
