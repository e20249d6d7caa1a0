import { execFileSync } from 'node:child_process';
import { Draws, drawn, drawOf, seedHash } from './draw.js';
import { letIn, measuredRate, type Standing } from './inlet.js';
import { Passes } from './pass.js';

const SECRET = 'a secret of thirty-two characters';

describe('the draw', () => {
  const draws = new Draws(SECRET);
  const customers = Array.from({ length: 1000 }, (_, n) => `CUST-${n}`);

  it('is the same from the seed again, in whatever order they came', () => {
    const seed = draws.seedOf('a draw');
    const numbered = drawn(seed, customers);
    expect(drawn(seed, customers.toReversed())).toEqual(numbered);
    expect(new Set(numbered)).toEqual(new Set(customers));
    expect(numbered).not.toEqual(customers);
    expect(drawn(draws.seedOf('another one'), customers)).not.toEqual(numbered);
  });

  it('can be made again with a shell, as docs/flash-sales.md says', () => {
    const sum = (text: string) => execFileSync('sha256sum', { input: text, encoding: 'utf8' }).slice(0, 64);
    const { draw_id, seed_hash } = draws.make();
    const seed = draws.seedOf(draw_id);
    expect([sum(seed), sum(`${seed}:CUST-7`)]).toEqual([seed_hash, drawOf(seed, 'CUST-7')]);
    expect(seedHash(seed)).toBe(seed_hash);
  });

  it('prefers neither who comes first nor any name: each tenth of them goes to each tenth of the numbers', () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < 20; round += 1)
      for (const [number, customer_id] of drawn(draws.seedOf(`round ${round}`), customers).entries()) {
        const cell = `${Math.floor(Number(customer_id.slice(5)) / 100)} ${Math.floor(number / 100)}`;
        counts.set(cell, (counts.get(cell) ?? 0) + 1);
      }
    // 200 expected in each of 100 cells; the same draws each time, so no chance is left.
    const chi_squared = [...counts.values()].reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
    expect(counts.size).toBe(100);
    expect(chi_squared).toBeLessThan(130);
  });

  it('is of this secret alone, and new each time', () => {
    expect(new Draws('another secret').seedOf('a draw')).not.toBe(draws.seedOf('a draw'));
    expect(draws.make()).not.toEqual(draws.make());
  });
});

describe('the inlet', () => {
  const standing: Standing = {
    ...{ per_minute: 600, passes_max: undefined, passes_per_piece: 1, remaining: 1000 },
    ...{ out: 0, waiting: 1000, credit: 0, elapsed_ms: 500 },
  };

  it('lets in as many as the rate allows, and carries what is less than one', () => {
    expect(letIn(standing)).toEqual({ count: 5, credit: 0 });
    let [credit, count] = [0, 0];
    for (let look = 0; look < 1010; look += 1) {
      const let_in = letIn({ ...standing, per_minute: 7, credit, elapsed_ms: 300 });
      credit = let_in.credit;
      count += let_in.count;
    }
    expect(count).toBe(35);
  });

  it('is the smallest of rate, places, pieces and those who wait', () => {
    expect(letIn({ ...standing, passes_max: 8, out: 5 }).count).toBe(3);
    expect(letIn({ ...standing, remaining: 7, out: 4 }).count).toBe(3);
    expect(letIn({ ...standing, remaining: 7, passes_per_piece: 2, out: 12 }).count).toBe(2);
    expect(letIn({ ...standing, waiting: 1 }).count).toBe(1);
  });

  it('lets nobody in where nothing is left, or more passes are out than there should be', () => {
    for (const less of [{ remaining: 0 }, { passes_max: 3, out: 5 }, { waiting: 0 }, { elapsed_ms: 0 }])
      expect(letIn({ ...standing, ...less }).count).toBe(0);
  });

  it('does not make up for a time in which it stood still', () => {
    expect(letIn({ ...standing, elapsed_ms: 3_600_000 }).count).toBe(21);
    const after = letIn({ ...standing, waiting: 0, elapsed_ms: 3_600_000 });
    expect(letIn({ ...standing, credit: after.credit }).count).toBe(21);
    expect(letIn({ ...standing, per_minute: 1, elapsed_ms: 3_600_000 }).count).toBe(1);
  });

  it('measures how many it lets in', () => {
    let rate = 0;
    for (let look = 0; look < 1000; look += 1) rate = measuredRate(rate, 5, 500);
    expect(rate).toBeCloseTo(600);
    expect(measuredRate(rate, 0, 0)).toBe(rate);
    for (let look = 0; look < 1000; look += 1) rate = measuredRate(rate, 0, 500);
    expect(rate).toBeCloseTo(0);
  });
});

describe('a pass', () => {
  const passes = new Passes(SECRET);
  const pass = {
    ...{ ledger_id: 'main', flash_sale_id: 'FS-260302-0001', customer_id: 'CUST-001', number: 42 },
    expires_at: '2026-03-02T08:02:00.000Z',
  };

  it('says what it was signed for', () => {
    expect(passes.read(passes.sign(pass))).toEqual(pass);
    expect(passes.sign(pass)).toBe(passes.sign(pass));
  });

  it('is none when a bit of it is other, or another secret signed it', () => {
    const text = passes.sign(pass);
    for (let at = 0; at < text.length; at += 1) {
      const other = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
      const read = passes.read(other);
      // The last digit of a text in base64 has bits that say nothing.
      if (read !== undefined) expect([at, read]).toEqual([text.length - 1, pass]);
    }
    expect(passes.read(new Passes('another secret').sign(pass))).toBeUndefined();
  });

  it.each(['', '.', 'a.b', `${'A'.repeat(30)}.${'A'.repeat(22)}`, `${'A'.repeat(10_000)}.${'A'.repeat(22)}`])(
    'is not any text %#',
    (text) => expect(passes.read(text)).toBeUndefined(),
  );
});
