/** Compares what was acknowledged under load with what the system then says: without right books there is no figure. */

export interface Books {
  numbers: string[];
  stock: ReadonlyMap<string, number>;
}

export interface Verdict {
  /** Pieces gone beyond what was acknowledged, and below zero. */
  oversold: number;
  /** Pieces left beyond it, and buyers refused what is still there. */
  undersold: number;
  /** Numbers given twice, and documents that no answer names and no client waits for. */
  duplicate: number;
  /** Numbers acknowledged and missing, and gaps in a series. */
  lost: number;
}

export interface Tally {
  recorded(number: string, moves: Readonly<Record<string, number>>): void;
  refused(item_id: string): void;
  unanswered(moves: Readonly<Record<string, number>>): void;
  verdict(after: Books): Verdict;
}

export function tally(before: Books): Tally {
  const told = new Set<string>();
  const expected = new Map(before.stock);
  const wanting = new Set<string>();
  const uncertain = new Map<string, number>();
  let [told_twice, unanswered] = [0, 0];
  return {
    recorded(number, moves) {
      if (told.has(number)) told_twice += 1;
      told.add(number);
      for (const [item_id, pieces] of Object.entries(moves))
        expected.set(item_id, (expected.get(item_id) ?? 0) + pieces);
    },
    refused: (item_id) => void wanting.add(item_id),
    unanswered(moves) {
      unanswered += 1;
      for (const [item_id, pieces] of Object.entries(moves))
        uncertain.set(item_id, (uncertain.get(item_id) ?? 0) + pieces);
    },
    verdict({ numbers, stock }) {
      const there = new Set(numbers);
      const known = new Set(before.numbers);
      const untold = [...there].filter((number) => !told.has(number) && !known.has(number)).length;
      const off = [...expected].map(([item_id, pieces]) => {
        const difference = (stock.get(item_id) ?? 0) - pieces;
        const perhaps = uncertain.get(item_id) ?? 0;
        return perhaps < 0
          ? difference - Math.min(0, Math.max(perhaps, difference))
          : difference - Math.max(0, Math.min(perhaps, difference));
      });
      const left = [...wanting].map((item_id) => stock.get(item_id) ?? 0);
      return {
        oversold: sum(off.map((pieces) => Math.max(0, -pieces))) + sum([...stock.values()].map((n) => Math.max(0, -n))),
        undersold: sum(off.map((pieces) => Math.max(0, pieces))) + sum(left),
        duplicate: told_twice + (numbers.length - there.size) + Math.max(0, untold - unanswered),
        lost: [...told].filter((number) => !there.has(number)).length + gaps(there),
      };
    },
  };
}

/** Without parsing the answer: the generator shares the machine with what it measures. */
export function numberIn(body: string): string {
  return /"number":"([^"]+)"/.exec(body)?.[1] ?? '';
}

function gaps(numbers: ReadonlySet<string>): number {
  const series = new Map<string, { count: number; last: number }>();
  for (const number of numbers) {
    const cut = number.lastIndexOf('-');
    const { count, last } = series.get(number.slice(0, cut)) ?? { count: 0, last: 0 };
    series.set(number.slice(0, cut), { count: count + 1, last: Math.max(last, Number(number.slice(cut + 1))) });
  }
  return sum([...series.values()].map(({ count, last }) => last - count));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
