/**
 * One payer at a time for each ledger: an advisory lock of a Postgres session. Two payers would do no harm, since gateway and ledger know what
 * comes twice; they would only do everything twice.
 */
import pg from 'pg';

const CONNECT_MS_MAX = 5000;

export class LedgerLocks {
  private readonly held = new Set<string>();
  private client: pg.Client | undefined;

  constructor(private readonly url: string) {}

  /** Those of the ledgers that are locked here. @throws where Postgres does not answer */
  async take(ledgers: readonly string[]): Promise<ReadonlySet<string>> {
    try {
      const client = await this.connected();
      for (const ledger of ledgers) {
        if (this.held.has(ledger)) continue;
        const { rows } = await client.query<{ is_locked: boolean }>(
          `SELECT pg_try_advisory_lock(hashtextextended('factory-ledger payments ' || $1, 0)) AS is_locked`,
          [ledger],
        );
        if (rows[0]!.is_locked) this.held.add(ledger);
      }
      return this.held;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    this.held.clear();
    await client?.end().catch(() => {});
  }

  private async connected(): Promise<pg.Client> {
    if (this.client !== undefined) {
      await this.client.query('SELECT');
      return this.client;
    }
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      query_timeout: CONNECT_MS_MAX,
      keepAlive: true,
    });
    const lose = () => {
      if (this.client !== client) return;
      this.client = undefined;
      this.held.clear();
    };
    client.on('error', lose);
    client.on('end', lose);
    await client.connect();
    this.client = client;
    return client;
  }
}
