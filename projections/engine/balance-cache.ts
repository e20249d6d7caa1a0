/**
 * Caches the last running sums of each key, so that the next batch need not look them up. A cache is valid as long as the tables are the same
 * and each ledger stands at the event where this process left it. After another writer, lost commits or a rebuild everything is dropped.
 * Changes of a transaction are kept once it has committed.
 */
export type Sums = bigint[];

/** Sums by name: the ledger, the key and the block of days, a line each. */
export interface CachedSums {
  get(name: string): Sums | undefined;
  set(name: string, sums: Sums): void;
  /** Adds to the sums, from zero where there are none. The array that it returns changes with the next call. */
  add(name: string, amounts: Sums): Sums;
}

/** Where a ledger stands in the tables; changes while a batch is applied. */
interface Standing {
  ledger: string;
  position: bigint | number;
  event_id?: string | null;
}

export interface BalanceCache {
  /** A transaction begins. `tables` identifies the set of tables that it writes; `ledgers` are those that it may change. */
  begin(tables: string, ledgers: readonly Standing[]): void;
  of(balances: string): CachedSums;
  /** All sums of the ledger are cached: a name without sums is new. */
  isComplete(ledger: string): boolean;
  /** The transaction has committed. Drops everything beyond `sums_max`. */
  keep(): void;
  /** Whether sums were ever dropped. */
  hasDropped(): boolean;
}

/** `sums_max`: by default about 40 MB. */
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
            // The kept sums stay until the transaction has committed.
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
