/**
 * Whether a load left the books right. What was acknowledged is counted while it runs, and afterwards compared with what the system
 * itself then says: it was asked in its own way, by queries, so that a figure without right books is never a figure.
 */

/** What a system says of itself. */
export interface Books {
  /** Of all documents. */
  numbers: string[];
  /** Pieces by item, at all places together. */
  stock: ReadonlyMap<string, number>;
}

export interface Verdict {
  /** Pieces gone beyond what was acknowledged, and pieces below zero. */
  oversold: number;
  /** Pieces left beyond what was acknowledged, and buyers refused what is still there. */
  undersold: number;
  /** Numbers given twice, and documents that nobody was told of and nobody still waits for. */
  duplicate: number;
  /** Numbers that somebody was told and that are not there, and gaps in a series. */
  lost: number;
}

export interface Tally {
  /** A document was acknowledged; `moves` are its pieces by item, what went out negative. */
  recorded(number: string, moves: Readonly<Record<string, number>>): void;
  /** Somebody was refused one or more pieces of an item that only shrinks. */
  refused(item_id: string): void;
  /** There was no answer: it may be in the books, once, or not. */
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

/** The document's number in an answer, without parsing the whole of it: the generator shares the machine with what it measures. */
export function numberIn(body: string): string {
  return /"number":"([^"]+)"/.exec(body)?.[1] ?? '';
}

/** SO-251223-0001, -0002 …: what is missing below the highest of each day's series. */
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
