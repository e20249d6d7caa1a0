import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../projections/database/tables.js';

const POLL_MS = 10;

/** False after `timeout_ms`. A database that is away holds nothing yet. */
export async function waitForPosition(db: Db, ledger: string, position: number, timeout_ms: number): Promise<boolean> {
  for (const give_up_at_ms = performance.now() + timeout_ms; ; ) {
    const row = await db
      .selectFrom('ledgers')
      .select('position')
      .where('ledger', '=', ledger)
      .executeTakeFirst()
      .catch(() => undefined);
    if (Number(row?.position ?? -1) >= position) return true;
    if (performance.now() > give_up_at_ms) return false;
    await sleep(POLL_MS);
  }
}
