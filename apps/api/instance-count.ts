/** How many instances share a limit. Each says every two seconds in Postgres that it lives; while Postgres is away the last count stays. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { IdentityDb } from '../../libs/identity/tables.js';

const SAY_EVERY_MS = 2000;
const LIVES_S = 6;
const FORGOTTEN_S = 600;

export class InstanceCount {
  count = 1;
  private readonly instance_id = randomUUID();

  /** @param peers those that this instance hears itself, and itself; undefined where it knows none */
  constructor(
    private readonly db: IdentityDb,
    private readonly peers: () => number | undefined = () => undefined,
  ) {}

  async keepCounting(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.count = this.peers() ?? (await this.look().catch(() => this.count));
      await sleep(SAY_EVERY_MS, undefined, { signal }).catch(() => {});
    }
    await this.db
      .deleteFrom('api_instances')
      .where('instance_id', '=', this.instance_id)
      .execute()
      .catch(() => {});
  }

  private async look(): Promise<number> {
    await sql`
      WITH forgotten AS (
        DELETE FROM api_instances
        WHERE seen_at < clock_timestamp() - make_interval(secs => ${FORGOTTEN_S}) AND instance_id <> ${this.instance_id})
      INSERT INTO api_instances (instance_id) VALUES (${this.instance_id})
      ON CONFLICT (instance_id) DO UPDATE SET seen_at = clock_timestamp()`.execute(this.db);
    const { alive } = await this.db
      .selectFrom('api_instances')
      .select((eb) => eb.fn.countAll<string>().as('alive'))
      .where('seen_at', '>', sql<Date>`clock_timestamp() - make_interval(secs => ${LIVES_S})`)
      .executeTakeFirstOrThrow();
    return Math.max(1, Number(alive));
  }
}
