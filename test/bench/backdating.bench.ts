/**
 * A purchase and a sale dated before many later movements of their item, while other items are sold in the same ledger:
 * npm run bench -- backdating [--later 10,1000,100000] [--rate 100] [--seconds 10]
 */
import { type Factory, itemId, type Line, PLENTY, saleOf, startFactory } from './factory.js';
import { flagsOf } from './flags.js';
import { percentiles, round, runLoad, sleep } from './load.js';

export const title = 'Backdated past later movements, while other items are sold';

const OTHERS = 100;
const CHUNK = 2000;
/** Of ten later movements one is a purchase, the others are sales; with blows one more is a blow, and what is bought are preforms. */
const BLOWS = [false, true];

interface Answer {
  adjusts?: { documents: number; amount: number };
}

export async function run(): Promise<object> {
  const { later, rate, seconds } = flagsOf({ later: '10,1000,100000', rate: 100, seconds: 10 });
  const scenarios = later.split(',').flatMap((count) => BLOWS.map((blows) => ({ count: Number(count), blows })));
  const ledgers = scenarios.map((_, index) => `past-${index}`);
  const items = Array.from({ length: OTHERS }, (_, n) => itemId(n));
  const factory = await startFactory({ ledgers, items, stock: PLENTY });
  const figures: Record<string, object> = {};
  try {
    for (const [index, { count, blows }] of scenarios.entries()) {
      const ledger = ledgers[index]!;
      const before = await furnish(factory, ledger, count, blows);
      const name = `${count.toLocaleString('en')} later movements${blows ? ', with blows between' : ''}`;
      figures[name] = await measure(
        factory,
        ledger,
        { effective_at: before, item_id: blows ? 'preform' : 'bottle' },
        rate,
        seconds,
      );
      console.log(name, figures[name]);
    }
    return {
      'a backdated purchase and a sale': figures,
      'for comparison, as published': {
        'an ERP that reposts': { steps: 22_364, 'queued jobs': 30_000, duration: 'hours' },
      },
    };
  } finally {
    await factory.stop();
  }
}

/** The moment before the later movements. */
async function furnish(factory: Factory, ledger: string, count: number, blows: boolean): Promise<string> {
  const bought = (item_id: string, quantity: number, unit_price: number): Line => ({
    type: 'purchases',
    body: { supplier_id: 'SUP', line_items: [{ item_id, quantity, unit_price }] },
  });
  const named = (item_id: string): Line => ({ type: 'items', body: { item_id, name: item_id, kind: 'other' } });
  await factory.give(
    [named('preform'), named('bottle'), bought('preform', 1000, 1.37), bought('bottle', 1000, 2.2)],
    ledger,
  );
  await sleep(10);
  const before = new Date().toISOString();
  await sleep(10);
  const later = (n: number): Line => {
    if (n % 10 === 0) return bought(blows ? 'preform' : 'bottle', 20, 1 + (n % 7) / 10);
    if (blows && n % 10 === 1) {
      const pieces = (item_id: string) => [{ item_id, quantity: 18 }];
      return { type: 'blows', body: { inputs: pieces('preform'), outputs: pieces('bottle'), conversion_cost: 1.5 } };
    }
    return {
      type: 'sales',
      body: { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 2, unit_price: 5 }] },
    };
  };
  for (let from = 0; from < count; from += CHUNK)
    await factory.give(
      Array.from({ length: Math.min(CHUNK, count - from) }, (_, n) => later(from + n)),
      ledger,
    );
  await factory.caughtUp(ledger);
  return before;
}

async function measure(
  factory: Factory,
  ledger: string,
  { effective_at, item_id }: { effective_at: string; item_id: string },
  rate: number,
  seconds: number,
): Promise<object> {
  const latencies: number[] = [];
  const others = runLoad({
    url: factory.url,
    token: factory.token,
    connections: 16,
    rate,
    next: (n) =>
      n >= rate * seconds
        ? undefined
        : {
            method: 'POST',
            path: '/api/v1/sales',
            body: JSON.stringify(saleOf(itemId(n % OTHERS))),
            headers: { ledger },
          },
    onAnswer: (_n, _status, _body, ms) => latencies.push(ms),
  });
  await sleep((seconds * 1000) / 4);
  const line = { item_id, quantity: 10, unit_price: 9 };
  const post = async (path: string, body: object) => {
    const began_ms = performance.now();
    const response = await fetch(`${factory.url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${factory.token}`, ledger, 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, line_items: [line], effective_at }),
    });
    const answer = (await response.json()) as Answer;
    if (response.status !== 201) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    return { ms: performance.now() - began_ms, documents: answer.adjusts?.documents ?? 0 };
  };
  const purchase = await post('/purchases', { supplier_id: 'SUP' });
  await sleep((seconds * 1000) / 4);
  const sale = await post('/sales', { customer_id: 'CUST' });
  const { statuses } = await others;
  const { p50, p99, max } = percentiles(latencies);
  const { seconds: behind_s } = await factory.caughtUp(ledger);
  return {
    'purchase, ms': round(purchase.ms),
    'documents adjusted': purchase.documents,
    'sale, ms': round(sale.ms),
    'others p50, ms': round(p50),
    'others p99, ms': round(p99),
    'others max, ms': round(max),
    'others not 201': Object.entries(statuses).reduce((sum, [status, n]) => sum + (status === '201' ? 0 : n), 0),
    'read models behind, s': round(behind_s),
  };
}
