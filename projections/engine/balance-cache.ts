/**
 * The last running sums of the keys of a series, as this process left them, so that the next batch need not ask for them. They follow from
 * the events of a ledger, so they hold as long as the tables are the same ones and each ledger stands at the event where it was left: after
 * another writer, lost commits or a rebuild it does not, and everything is forgotten. What a transaction makes of them is kept once it is
 * committed.
 */
export type Sums = bigint[];

/** Sums by name: the ledger, the key and the block of days, each in a line of its own. */
export interface KnownSums {
  get(name: string): Sums | undefined;
  set(name: string, sums: Sums): void;
  /** Adds to the sums, from nothing where there are none; answers them. They go on with the next amounts. */
  add(name: string, amounts: Sums): Sums;
}

/** Where a ledger stands in the tables; it is moved on while a batch is applied. */
interface Standing {
  ledger: string;
  position: bigint | number;
  event_id?: string | null;
}

export interface BalanceCache {
  /** A transaction begins: `tables` names the set of tables that it writes, `ledgers` are those that it may move. */
  begin(tables: string, ledgers: readonly Standing[]): void;
  of(series: string): KnownSums;
  /** Nothing of the ledger is in the tables that is not known here: a name without sums is new. */
  isWhole(ledger: string): boolean;
  /** The transaction is committed. Where there are too many sums by now, all are forgotten. */
  keep(): void;
  /** Whether something known was ever forgotten. */
  forgotten(): boolean;
}

/** `sums_max`: by default about 40 MB. */
export function emptyBalanceCache(sums_max = 100_000): BalanceCache {
  const kept = new Map<string, Map<string, Sums>>();
  const changed = new Map<string, Map<string, Sums>>();
  const left_at = new Map<string, string>();
  const whole = new Set<string>();
  let made_of = '';
  let moving: readonly Standing[] = [];
  const standing = ({ position, event_id }: Standing) => `${position} ${event_id}`;
  let forgot = false;
  function forget(): void {
    forgot ||= left_at.size > 0;
    for (const memory of [kept, left_at, whole]) memory.clear();
  }
  return {
    begin(tables, ledgers) {
      changed.clear();
      const isLeft = (at: Standing) => (left_at.get(at.ledger) ?? standing(at)) === standing(at);
      if (tables !== made_of || !ledgers.every(isLeft)) forget();
      made_of = tables;
      moving = ledgers;
      for (const at of ledgers) {
        if (at.position !== -1) continue;
        whole.add(at.ledger);
        left_at.set(at.ledger, standing(at));
      }
    },
    of(series) {
      const before = mapIn(kept, series);
      const now = mapIn(changed, series);
      return {
        get: (name) => now.get(name) ?? before.get(name),
        set: (name, sums) => void now.set(name, sums),
        add: (name, amounts) => {
          let sums = now.get(name);
          if (sums === undefined) {
            // What was kept stays as it is until the transaction is committed.
            sums = before.get(name)?.slice() ?? amounts.map(() => 0n);
            now.set(name, sums);
          }
          for (let index = 0; index < sums.length; index += 1) sums[index]! += amounts[index]!;
          return sums;
        },
      };
    },
    isWhole: (ledger) => whole.has(ledger),
    keep() {
      for (const [series, sums] of changed) for (const [name, sum] of sums) mapIn(kept, series).set(name, sum);
      changed.clear();
      for (const ledger of moving) left_at.set(ledger.ledger, standing(ledger));
      if ([...kept.values()].reduce((count, { size }) => count + size, 0) > sums_max) forget();
    },
    forgotten: () => forgot,
  };
}

function mapIn(maps: Map<string, Map<string, Sums>>, name: string): Map<string, Sums> {
  const known = maps.get(name) ?? new Map<string, Sums>();
  maps.set(name, known);
  return known;
}
