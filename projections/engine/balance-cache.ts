/**
 * Dropped where the tables are others, or a ledger stands elsewhere than this process left it. Changes are kept after
 * commit.
 */
export type Sums = bigint[];

/** By name: ledger, key and block of days, a line each. */
export interface CachedSums {
  get(name: string): Sums | undefined;
  set(name: string, sums: Sums): void;
  /** From zero where there are none. The returned array changes with the next call. */
  add(name: string, amounts: Sums): Sums;
}

interface Standing {
  ledger: string;
  position: bigint | number;
  event_id?: string | null;
}

export interface BalanceCache {
  /** `tables`: the set of tables written; `ledgers`: those that may change. */
  begin(tables: string, ledgers: readonly Standing[]): void;
  of(balances: string): CachedSums;
  isComplete(ledger: string): boolean;
  keep(): void;
  hasDropped(): boolean;
}

/** `sums_max`: about 40 MB by default. */
export function emptyBalanceCache(sums_max = 100_000): BalanceCache {
  const kept = new Map<string, Map<string, Sums>>();
  const changed = new Map<string, Map<string, Sums>>();
  const left_at = new Map<string, string>();
  const complete = new Set<string>();
  let made_of = '';
  let moving: readonly Standing[] = [];
  const standing = ({ position, event_id }: Standing) => `${position} ${event_id}`;
  let dropped = false;
  function drop(): void {
    dropped ||= left_at.size > 0;
    for (const memory of [kept, left_at, complete]) memory.clear();
  }
  return {
    begin(tables, ledgers) {
      changed.clear();
      const isLeft = (at: Standing) => (left_at.get(at.ledger) ?? standing(at)) === standing(at);
      if (tables !== made_of || !ledgers.every(isLeft)) drop();
      made_of = tables;
      moving = ledgers;
      for (const at of ledgers) {
        if (at.position !== -1) continue;
        complete.add(at.ledger);
        left_at.set(at.ledger, standing(at));
      }
    },
    of(balances) {
      const before = mapIn(kept, balances);
      const now = mapIn(changed, balances);
      return {
        get: (name) => now.get(name) ?? before.get(name),
        set: (name, sums) => void now.set(name, sums),
        add: (name, amounts) => {
          let sums = now.get(name);
          if (sums === undefined) {
            sums = before.get(name)?.slice() ?? amounts.map(() => 0n);
            now.set(name, sums);
          }
          for (let index = 0; index < sums.length; index += 1) sums[index]! += amounts[index]!;
          return sums;
        },
      };
    },
    isComplete: (ledger) => complete.has(ledger),
    keep() {
      for (const [balances, sums] of changed) for (const [name, sum] of sums) mapIn(kept, balances).set(name, sum);
      changed.clear();
      for (const ledger of moving) left_at.set(ledger.ledger, standing(ledger));
      if ([...kept.values()].reduce((count, { size }) => count + size, 0) > sums_max) drop();
    },
    hasDropped: () => dropped,
  };
}

function mapIn(maps: Map<string, Map<string, Sums>>, name: string): Map<string, Sums> {
  const known = maps.get(name) ?? new Map<string, Sums>();
  maps.set(name, known);
  return known;
}
